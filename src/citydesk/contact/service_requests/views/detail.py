"""The request page: what and where, timeline, next moves; and its small parts loaded beside it."""

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.views.decorators.http import require_GET

from citydesk.city.places.rules import distance_text
from citydesk.city.profile import queries as profile
from citydesk.contact.service_requests import choices, labels, queries
from citydesk.contact.service_requests.choices import VIEW
from citydesk.contact.service_requests.views.queue import choices_of_forms, with_defaults
from citydesk.kernel.clock import utc_now
from citydesk.kernel.pages import access_of, needs, render
from citydesk.kernel.registries import registries
from citydesk.kernel.texts import words_of

TEMPLATE = "service_requests/detail.jinja"
TIMELINE_SHOWN = 40
# Where rooms above may put a fold of theirs: under the referrals, or a fold of its own among the last ones.
FOLDS = ("referrals", "more")


@needs(VIEW)
@require_GET
def detail(request: HttpRequest, number: str) -> HttpResponse:
    """One request."""
    return show(request, number, fragment="request_main")


def show(
    request: HttpRequest,
    number: str,
    *,
    fragment: str = "",
    status: int = 200,
    more: dict[str, Any] | None = None,
) -> HttpResponse:
    """The request page or its changing part, with whatever a refused act gives back."""
    access, now = access_of(request), utc_now()
    page = queries.get_request(access, number, now=now)
    shown = request.GET.get("show", "all")
    entries = [one for one in page.timeline if _fits(one, shown)]
    folds = {place: registries.folds_on(f"{choices.OBJECT_TYPE}.{place}", access) for place in FOLDS}
    context = {
        "page": page,
        "row": page.row,
        "at": now,
        "labels": labels,
        "show": shown,
        "entries": entries if request.GET.get("all") else entries[:TIMELINE_SHOWN],
        "entry_count": len(entries),
        "counts": {
            "all": len(page.timeline),
            "said": sum(one.is_said for one in page.timeline),
            "changes": sum(one.kind == "change" for one in page.timeline),
        },
        "in_list": request.GET.get("in", ""),
        "notify": [(code, words_of(labels.NOTIFY)[code]) for code in choices.NOTIFY_CHANNELS if code != "none"],
        "typed": {},
        "errors": {},
        "opened_move": "",
        "folds": folds,
        "folds_key": tuple(one.url_name for one in folds["more"]),
        **(more or {}),
    }
    if context["opened_move"]:
        context |= choices_of_forms(now)
    return render(request, TEMPLATE, context, fragment=fragment, status=status)


def _fits(entry: Any, shown: str) -> bool:
    if shown == "said":
        return bool(entry.is_said)
    return entry.kind == "change" if shown == "changes" else True


@needs(VIEW)
@require_GET
def near(request: HttpRequest, number: str) -> HttpResponse:
    """Requests that may be the same thing."""
    access, now = access_of(request), utc_now()
    context = {
        "number": number,
        "near": queries.find_near_request(access, number, now=now),
        "distance_text": distance_text,
        "units": profile.city().units,
        "labels": labels,
        "at": now,
        "may_close": access.may(choices.CLOSE),
    }
    return render(request, "service_requests/near.jinja", context, fragment="inside")


@needs(VIEW)
@require_GET
def beside(request: HttpRequest, number: str) -> HttpResponse:
    """The earlier and the later request of the list the reader came from."""
    access, now = access_of(request), utc_now()
    asked = with_defaults(QueryDict(request.GET.get("in", "")), access)
    earlier, later = queries.neighbors(access, number, asked, now=now)
    context = {"earlier": earlier, "later": later, "in_list": request.GET.get("in", "")}
    return render(request, "service_requests/_beside.jinja", context)


@needs(VIEW)
@require_GET
def route(request: HttpRequest, number: str) -> HttpResponse:
    """Why did this go there: every rule asked, the facts, the first that held."""
    access, now = access_of(request), utc_now()
    page = queries.get_request(access, number, now=now)
    context = {
        "page": page,
        "row": page.row,
        "routings": queries.explain_routings(page),
        "labels": labels,
        "at": now,
    }
    return render(request, "service_requests/route.jinja", context)

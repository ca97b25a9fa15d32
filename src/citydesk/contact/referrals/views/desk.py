"""The desk's pages: the chase list, a new referral, one referral, those of a request."""

from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from citydesk.contact.referrals import forms, labels, queries, services
from citydesk.contact.referrals.choices import OBLIGE, SEND, VIEW
from citydesk.contact.service_requests import queries as requests
from citydesk.kernel.actors import Access
from citydesk.kernel.acts import REFUSALS, Act, Refusal, act_on, said, shown_again
from citydesk.kernel.clock import utc_now
from citydesk.kernel.errors import CitydeskError
from citydesk.kernel.files import links_to
from citydesk.kernel.lists import list_page, take_out
from citydesk.kernel.pages import access_of, needs, render


@needs(VIEW)
@require_GET
def referral_list(request: HttpRequest) -> HttpResponseBase:
    """The chase list: open ones unless asked otherwise."""
    access, now = access_of(request), utc_now()
    asked = request.GET.copy()
    if not asked:
        asked["show"] = "open"
    rows = queries.list_referrals(access)
    if asked.get("as"):
        return take_out(
            request, queries.spec(now), rows, asked, form=str(asked["as"]), name="referrals", access=access, now=now
        )
    context = {
        "page": list_page(queries.spec(now), rows, asked, access=access, now=now),
        "counts": queries.count_chase(access, now),
        "may_oblige": access.may(OBLIGE),
        "labels": labels,
        "at": now,
    }
    return render(request, "referrals/list.jinja", context, fragment="rows")


@needs(VIEW)
@require_GET
def of_request(request: HttpRequest, number: str) -> HttpResponse:
    """A request's referrals, for the fold on its page."""
    access, now = access_of(request), utc_now()
    brief, rows = queries.of_request(access, number)
    context = {"brief": brief, "rows": rows, "labels": labels, "at": now, "may_send": access.may(SEND)}
    return render(request, "referrals/of_request.jinja", context, fragment="inside")


@needs(SEND)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, number: str) -> HttpResponse:
    """Refer a request."""
    access, now = access_of(request), utc_now()
    error: CitydeskError | None = None
    if request.method == "POST":
        try:
            made = services.send_referral(request_number=number, **forms.sent(request.POST), access=access, now=now)
            return redirect("referrals:detail", made)
        except REFUSALS as refused:
            error = refused
    return _new_page(request, number, access, error)


def _new_page(request: HttpRequest, number: str, access: Access, error: CitydeskError | None) -> HttpResponse:
    brief = requests.get_brief(access, number)
    # What was reported in confidence is not handed on by a slip: the clerk writes what the others may read.
    first = "" if brief.is_confidential else brief.description
    context = {
        "brief": brief,
        "service": labels.in_language(brief.service_names),
        "agencies": queries.agency_choices(),
        "file_choices": [] if brief.is_confidential else [(str(one.id), one.name) for one in links_to(brief.file_ids)],
        "typed": request.POST if error else {"text": first},
        "ticked": request.POST.getlist("file"),
        "errors": said(error) if error else {},
    }
    return render(request, "referrals/new.jinja", context, status=error.status if error else 200)


@needs(VIEW)
@require_GET
def detail(request: HttpRequest, number: str) -> HttpResponse:
    """One referral."""
    return _page(request, number)


def _page(request: HttpRequest, number: str, refusal: Refusal | None = None) -> HttpResponse:
    access, now = access_of(request), utc_now()
    page = queries.get_referral(access, number, now=now)
    context = {
        "page": page,
        "row": page.row,
        "labels": labels,
        "at": now,
        "may_send": access.may(SEND),
        "link": f"{settings.SITE_URL}{page.link}" if page.link and access.may(SEND) else "",
        **shown_again(refusal),
    }
    return render(request, "referrals/detail.jinja", context, status=refusal.status if refusal else 200)


@needs(SEND)
@require_POST
def act(request: HttpRequest, number: str) -> HttpResponse:
    """One door for what we do about a referral; a refused act comes back with what was typed."""
    return act_on(
        request,
        _ACTS,
        find=lambda access: queries.id_of(access, number),
        refused=lambda refusal: _page(request, number, refusal),
        done=lambda: redirect("referrals:detail", number),
    )


def _write(request: HttpRequest, referral_id: int, access: Access, now: datetime) -> None:
    services.write_message(referral_id=referral_id, text=request.POST.get("text", ""), access=access, now=now)


def _plain(service: Callable[..., None]) -> Act:
    def run(request: HttpRequest, referral_id: int, access: Access, now: datetime) -> None:
        service(referral_id=referral_id, access=access, now=now)

    return run


def _reasoned(service: Callable[..., None]) -> Act:
    def run(request: HttpRequest, referral_id: int, access: Access, now: datetime) -> None:
        service(referral_id=referral_id, reason=request.POST.get("reason", ""), access=access, now=now)

    return run


_ACTS: dict[str, Act] = {
    "write": _write,
    "seen": _plain(services.mark_seen),
    "new_link": _plain(services.renew_link),
    "revoke": _reasoned(services.revoke_link),
    "end": _reasoned(services.end_referral),
}

"""The last step of a report: check it, say who, send it once, see its number. And "the same here"."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from citydesk.contact.service_requests.rules.catalog import Service, answers_in_words
from citydesk.kernel.clock import utc_now
from citydesk.kernel.errors import CitydeskError, ManyInvalid
from citydesk.kernel.numbering import spoken_groups
from citydesk.kernel.pages import public
from citydesk.kernel.throttle import client_network
from citydesk.portal import forms, labels, rules, services
from citydesk.portal.queries import offered, sent
from citydesk.portal.rules import Draft, Step
from citydesk.portal.views.drafts import keep_draft, keep_sent, load_draft, load_sent
from citydesk.portal.views.pages import language_of, show
from citydesk.portal.views.report import page_methods, service_or_none, steps_of

_REASON = "anybody may report a problem"
_BACK = {"where": "portal:report", "details": "portal:report_details"}


@public(_REASON)
@page_methods
def contact(request: HttpRequest) -> HttpResponse:
    """Step 3: everything once more, who reports and how they want to be told (all optional where the kind allows),
    then it is sent. Twice is once: the draft carries the key."""
    draft = load_draft(request)
    if request.method == "POST" and not draft.words and load_sent(request):
        return redirect("portal:report_sent")
    service = service_or_none(draft)
    if service is None or not rules.is_reached(Step.CONTACT, draft):
        return redirect("portal:report_details")
    if request.method != "POST":
        return _page(request, draft, service, [])
    errors = forms.read_contact(request.POST, draft, must_be_known=not service.allow_anonymous)
    draft.is_contact_seen = True
    draft.language = language_of()
    if back := _BACK.get(request.POST.get("change", "")):
        keep_draft(request, draft)
        return redirect(back)
    if not errors:
        try:
            return _send(request, draft)
        except CitydeskError as error:
            errors = _errors_of(error)
    keep_draft(request, draft)
    return _page(request, draft, service, errors, status=422)


def _page(
    request: HttpRequest, draft: Draft, service: Service, errors: forms.Errors, *, status: int = 200
) -> HttpResponse:
    try:
        place = offered.place_of(draft)
    except CitydeskError as error:
        place, errors = None, errors or [("place", str(error.message))]
    language = language_of()
    words = {code: str(name) for code, name in labels.YES_NO.items()}
    values = {
        "draft": draft,
        "errors": errors,
        "service": service,
        "name": service.name_in(language),
        "place": place,
        "answers": [
            (one.ask.get(language) or next(iter(one.ask.values())), text)
            for one, text in answers_in_words(service, draft.answers, language, words)
        ],
        **steps_of(Step.CONTACT),
    }
    return show(request, "report/contact", values, status=status)


def _send(request: HttpRequest, draft: Draft) -> HttpResponse:
    done = services.send_report(draft=draft, network=client_network(request), now=utc_now())
    promised = done.promised_at.isoformat() if done.promised_at else ""
    service = service_or_none(draft)
    is_confidential = draft.is_confidential or (service is not None and service.is_confidential)
    told = draft.tell if not (draft.is_anonymous or is_confidential) else "none"
    keep_sent(
        request,
        {"raw_id": done.raw_id, "number": done.number, "token": done.token, "promised": promised, "told": told},
    )
    return redirect("portal:report_sent")


def _errors_of(error: CitydeskError) -> forms.Errors:
    if isinstance(error, ManyInvalid):
        return [(one.field or "send", str(one.message)) for one in error.errors]
    return [(error.field or "send", str(error.message))]


@public(_REASON)
@require_safe
def done(request: HttpRequest) -> HttpResponse:
    """The number in groups, what happens next and by when."""
    found = load_sent(request)
    if not found:
        return redirect("portal:report")
    number = found.get("number") or sent.number_of(found.get("raw_id", 0))
    promised = found.get("promised")
    values = {
        "number": number,
        "spoken": " ".join(spoken_groups(number)) if number else "",
        "token": found.get("token", ""),
        "promised": datetime.fromisoformat(promised) if promised else None,
        "told": found.get("told", "none"),
        "is_joined": found.get("is_joined", False),
    }
    return show(request, "report/sent", values)


@public(_REASON)
@page_methods
def same(request: HttpRequest, number: str) -> HttpResponse:
    """Somebody has the same trouble as a report that is open: counted, and told how it goes on if they want."""
    now = utc_now()
    language = language_of()
    shown = sent.open_public(number, language=language)
    draft = load_draft(request)
    errors: forms.Errors = []
    if request.method == "POST":
        errors = forms.read_contact(request.POST, draft, must_be_known=False, is_told="silent" not in request.POST)
        draft.language = language
        if not errors:
            token = services.join_report(number=shown.number, draft=draft, network=client_network(request), now=now)
            keep_sent(
                request,
                {"number": shown.number, "token": token, "promised": "", "told": draft.tell, "is_joined": True},
            )
            return redirect("portal:report_sent")
    values = {"draft": draft, "errors": errors, "shown": shown}
    return show(request, "report/same", values, status=422 if errors else 200)

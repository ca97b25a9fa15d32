"""One complaint: its page, one door for everything done to it, its letters on paper."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from citydesk.city.profile import queries as profile
from citydesk.city.staff import queries as staff
from citydesk.contact.complaints import forms, labels, queries, services
from citydesk.contact.complaints.choices import DECISIONS, TALKED, VIEW
from citydesk.contact.complaints.forms import at_or, read
from citydesk.kernel.actors import Access
from citydesk.kernel.clock import utc_now
from citydesk.kernel.documents import render_pdf
from citydesk.kernel.errors import CitydeskError, Conflict, Invalid, NotFound
from citydesk.kernel.money import format_money
from citydesk.kernel.pages import access_of, needs, raise_as_http, render


@needs(VIEW)
@require_GET
def detail(request: HttpRequest, number: str) -> HttpResponse:
    return _page(request, number)


def _page(request: HttpRequest, number: str, error: CitydeskError | None = None) -> HttpResponse:
    access, now = access_of(request), utc_now()
    try:
        page = queries.get_complaint(access, number, now=now)
    except NotFound as missing:
        raise_as_http(missing)
    act_name = request.POST.get("act", "") if error else ""
    context = {
        "page": page,
        "row": page.row,
        "at": now,
        "lang": (get_language() or "en").split("-")[0],
        "labels": labels,
        "money": format_money,
        "why_not": labels.WHY_NOT.get(page.why_not, ""),
        "handlers": _handlers(page, now),
        "talked": [(one.value, labels.ENTRIES[one]) for one in TALKED],
        "outcomes": [(one.value, labels.OUTCOMES[one]) for one in DECISIONS],
        "languages": [(code, labels.LANGUAGES.get(code, code)) for code in profile.city().languages],
        "offer_kinds": [(one.value, labels.OFFERS[one]) for one in page.klass.offers],
        "offer_rows": range(forms.OFFER_ROWS),
        "act_name": act_name,
        "typed": request.POST if error else {},
        "errors": {error.field or "form": [str(error.message)]} if error else {},
    }
    response = render(request, "complaints/detail.jinja", context, status=error.status if error else 200)
    response["Cache-Control"] = "no-store, private"
    return response


def _handlers(page: queries.ComplaintPage, now: datetime) -> list[tuple[int, str]]:
    if "hand_over" not in page.moves:
        return []
    return [(one.id, one.name) for one in staff.people_of_team(page.row.team_id, now)]


@needs(VIEW)
@require_POST
def act(request: HttpRequest, number: str) -> HttpResponse:
    """One door for what is done to a complaint; `act` names it. A refused act comes back with what was typed."""
    access, now = access_of(request), utc_now()
    try:
        complaint_id = queries.id_of(access, number)
        chosen = _ACTS.get(request.POST.get("act", ""))
        if chosen is None:
            raise Invalid(_("There is no such act."))
        chosen(request, complaint_id, access, now)
    except (Invalid, Conflict) as error:
        return _page(request, number, error)
    except CitydeskError as error:
        raise_as_http(error)
    return redirect("complaints:detail", number)


def _version(request: HttpRequest) -> int | None:
    given = request.POST.get("version", "")
    return int(given) if given.isdecimal() else None


def _plain(service: Callable[..., Any]) -> Callable[[HttpRequest, int, Access, datetime], None]:
    """An act that asks for nothing."""

    def run(request: HttpRequest, complaint_id: int, access: Access, now: datetime) -> None:
        service(complaint_id=complaint_id, access=access, now=now, version=_version(request))

    return run


def _reasoned(service: Callable[..., Any]) -> Callable[[HttpRequest, int, Access, datetime], None]:
    """An act with its reason."""

    def run(request: HttpRequest, complaint_id: int, access: Access, now: datetime) -> None:
        reason = request.POST.get("reason", "")
        service(complaint_id=complaint_id, reason=reason, access=access, now=now, version=_version(request))

    return run


def _answer(service: Callable[..., Any]) -> Callable[[HttpRequest, int, Access, datetime], None]:
    """An offer made, accepted, refused: what was said, and when."""

    def run(request: HttpRequest, complaint_id: int, access: Access, now: datetime) -> None:
        typed = read(forms.AnswerForm(request.POST))
        service(
            complaint_id=complaint_id,
            words=typed["words"],
            happened_at=at_or(typed["happened_at"], now),
            access=access,
            now=now,
            version=_version(request),
        )

    return run


def _hand_over(request: HttpRequest, complaint_id: int, access: Access, now: datetime) -> None:
    typed = read(forms.HandOverForm(request.POST))
    services.hand_over(
        complaint_id=complaint_id,
        handler_id=typed["handler"],
        reason=typed["reason"],
        access=access,
        now=now,
        version=_version(request),
    )


def _plan(request: HttpRequest, complaint_id: int, access: Access, now: datetime) -> None:
    services.propose_plan(
        complaint_id=complaint_id,
        summary=request.POST.get("summary", ""),
        offers=[services.NewOffer(**row) for row in forms.read_offers(request.POST)],
        access=access,
        now=now,
        version=_version(request),
    )


def _log(request: HttpRequest, complaint_id: int, access: Access, now: datetime) -> None:
    typed = read(forms.LogForm(request.POST))
    typed["happened_at"] = at_or(typed["happened_at"], now)
    services.write_log(complaint_id=complaint_id, access=access, now=now, **typed)


def _decide(request: HttpRequest, complaint_id: int, access: Access, now: datetime) -> None:
    typed = read(forms.DecisionForm(request.POST))
    if typed["language"] not in profile.city().languages:
        typed["language"] = ""
    services.decide(
        complaint_id=complaint_id,
        decision=services.Decision(**typed),
        access=access,
        now=now,
        version=_version(request),
    )


def _rewrite(request: HttpRequest, complaint_id: int, access: Access, now: datetime) -> None:
    typed = read(forms.RewriteForm(request.POST))
    services.rewrite(complaint_id=complaint_id, access=access, now=now, version=_version(request), **typed)


def _appeal(request: HttpRequest, complaint_id: int, access: Access, now: datetime) -> None:
    typed = read(forms.AppealForm(request.POST))
    services.receive_appeal(
        complaint_id=complaint_id,
        words=typed["words"],
        came_at=at_or(typed["came_at"], now),
        access=access,
        now=now,
        version=_version(request),
    )


def _decide_appeal(request: HttpRequest, complaint_id: int, access: Access, now: datetime) -> None:
    typed = read(forms.AppealDecisionForm(request.POST))
    services.decide_appeal(
        complaint_id=complaint_id,
        outcome=typed["outcome"],
        words=typed["words"],
        letter_to=typed["letter_to"],
        access=access,
        now=now,
        version=_version(request),
    )


def _keep(request: HttpRequest, complaint_id: int, access: Access, now: datetime) -> None:
    offer = request.POST.get("offer", "")
    services.keep_offer(
        complaint_id=complaint_id, offer_id=int(offer) if offer.isdecimal() else 0, access=access, now=now
    )


def _print(request: HttpRequest, complaint_id: int, access: Access, now: datetime) -> None:
    services.print_letter(complaint_id=complaint_id, access=access, now=now)


_ACTS: dict[str, Callable[[HttpRequest, int, Access, datetime], None]] = {
    "take_up": _plain(services.take_up),
    "hand_over": _hand_over,
    "plan": _plan,
    "submit": _plain(services.submit_plan),
    "approve": _plain(services.approve_plan),
    "send_back": _reasoned(services.send_plan_back),
    "offer": _answer(services.make_offer),
    "accept": _answer(services.accept),
    "refuse": _answer(services.refuse),
    "log": _log,
    "keep": _keep,
    "decide": _decide,
    "rewrite": _rewrite,
    "approve_letter": _plain(services.approve_letter),
    "send_letter_back": _reasoned(services.send_letter_back),
    "print": _print,
    "mail": _plain(services.mail_letter),
    "appeal": _appeal,
    "decide_appeal": _decide_appeal,
    "close": _reasoned(services.close),
    "withdraw": _reasoned(services.withdraw),
}


@needs(VIEW)
@require_GET
def letter_paper(request: HttpRequest, letter_id: int) -> HttpResponse:
    """A letter as a PDF for a window envelope; a draft says so across its head."""
    access, now = access_of(request), utc_now()
    try:
        language, data = queries.paper_of_letter(access=access, letter_id=letter_id, now=now)
    except NotFound as missing:
        raise_as_http(missing)
    pdf = render_pdf("complaints/decision.typ", data, language=language, now=now)
    headers = {"Content-Disposition": f'inline; filename="{data["number"]}.pdf"', "Cache-Control": "no-store, private"}
    return HttpResponse(pdf, content_type="application/pdf", headers=headers)

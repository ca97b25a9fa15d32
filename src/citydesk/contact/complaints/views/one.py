"""One complaint: its page, one door for everything done to it, its letters on paper."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_POST

from citydesk.city.profile import queries as profile
from citydesk.city.staff import queries as staff
from citydesk.contact.complaints import forms, labels, queries, services
from citydesk.contact.complaints.choices import DECISIONS, TALKED, VIEW
from citydesk.contact.complaints.forms import at_or
from citydesk.kernel.actors import Access
from citydesk.kernel.acts import Act, Refusal, act_on, plain, read, shown_again, version_of, with_reason
from citydesk.kernel.clock import utc_now
from citydesk.kernel.documents import render_pdf
from citydesk.kernel.money import format_money
from citydesk.kernel.pages import access_of, needs, render


@needs(VIEW)
@require_GET
def detail(request: HttpRequest, number: str) -> HttpResponse:
    return _page(request, number)


def _page(request: HttpRequest, number: str, refusal: Refusal | None = None) -> HttpResponse:
    access, now = access_of(request), utc_now()
    page = queries.get_complaint(access, number, now=now)
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
        "act_name": refusal.act if refusal else "",
        **shown_again(refusal),
    }
    response = render(request, "complaints/detail.jinja", context, status=refusal.status if refusal else 200)
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
    return act_on(
        request,
        _ACTS,
        find=lambda access: queries.id_of(access, number),
        refused=lambda refusal: _page(request, number, refusal),
        done=lambda: redirect("complaints:detail", number),
    )


def _answer(service: Callable[..., Any]) -> Act:
    """An offer made, accepted, refused: what was said, and when."""

    def run(request: HttpRequest, complaint_id: int, access: Access, now: datetime) -> None:
        typed = read(forms.AnswerForm, request.POST)
        service(
            complaint_id=complaint_id,
            words=typed["words"],
            happened_at=at_or(typed["happened_at"], now),
            access=access,
            now=now,
            version=version_of(request.POST),
        )

    return run


def _hand_over(request: HttpRequest, complaint_id: int, access: Access, now: datetime) -> None:
    typed = read(forms.HandOverForm, request.POST)
    services.hand_over(
        complaint_id=complaint_id,
        handler_id=typed["handler"],
        reason=typed["reason"],
        access=access,
        now=now,
        version=version_of(request.POST),
    )


def _plan(request: HttpRequest, complaint_id: int, access: Access, now: datetime) -> None:
    services.propose_plan(
        complaint_id=complaint_id,
        summary=request.POST.get("summary", ""),
        offers=[services.NewOffer(**row) for row in forms.read_offers(request.POST)],
        access=access,
        now=now,
        version=version_of(request.POST),
    )


def _log(request: HttpRequest, complaint_id: int, access: Access, now: datetime) -> None:
    typed = read(forms.LogForm, request.POST)
    typed["happened_at"] = at_or(typed["happened_at"], now)
    services.write_log(complaint_id=complaint_id, access=access, now=now, **typed)


def _decide(request: HttpRequest, complaint_id: int, access: Access, now: datetime) -> None:
    typed = read(forms.DecisionForm, request.POST)
    if typed["language"] not in profile.city().languages:
        typed["language"] = ""
    services.decide(
        complaint_id=complaint_id,
        decision=services.Decision(**typed),
        access=access,
        now=now,
        version=version_of(request.POST),
    )


def _rewrite(request: HttpRequest, complaint_id: int, access: Access, now: datetime) -> None:
    typed = read(forms.RewriteForm, request.POST)
    services.rewrite(complaint_id=complaint_id, access=access, now=now, version=version_of(request.POST), **typed)


def _appeal(request: HttpRequest, complaint_id: int, access: Access, now: datetime) -> None:
    typed = read(forms.AppealForm, request.POST)
    services.receive_appeal(
        complaint_id=complaint_id,
        words=typed["words"],
        came_at=at_or(typed["came_at"], now),
        access=access,
        now=now,
        version=version_of(request.POST),
    )


def _decide_appeal(request: HttpRequest, complaint_id: int, access: Access, now: datetime) -> None:
    typed = read(forms.AppealDecisionForm, request.POST)
    services.decide_appeal(
        complaint_id=complaint_id,
        outcome=typed["outcome"],
        words=typed["words"],
        letter_to=typed["letter_to"],
        access=access,
        now=now,
        version=version_of(request.POST),
    )


def _keep(request: HttpRequest, complaint_id: int, access: Access, now: datetime) -> None:
    offer = request.POST.get("offer", "")
    services.keep_offer(
        complaint_id=complaint_id, offer_id=int(offer) if offer.isdecimal() else 0, access=access, now=now
    )


def _print(request: HttpRequest, complaint_id: int, access: Access, now: datetime) -> None:
    services.print_letter(complaint_id=complaint_id, access=access, now=now)


_ACTS: dict[str, Act] = {
    "take_up": plain(services.take_up, "complaint_id"),
    "hand_over": _hand_over,
    "plan": _plan,
    "submit": plain(services.submit_plan, "complaint_id"),
    "approve": plain(services.approve_plan, "complaint_id"),
    "send_back": with_reason(services.send_plan_back, "complaint_id"),
    "offer": _answer(services.make_offer),
    "accept": _answer(services.accept),
    "refuse": _answer(services.refuse),
    "log": _log,
    "keep": _keep,
    "decide": _decide,
    "rewrite": _rewrite,
    "approve_letter": plain(services.approve_letter, "complaint_id"),
    "send_letter_back": with_reason(services.send_letter_back, "complaint_id"),
    "print": _print,
    "mail": plain(services.mail_letter, "complaint_id"),
    "appeal": _appeal,
    "decide_appeal": _decide_appeal,
    "close": with_reason(services.close, "complaint_id"),
    "withdraw": with_reason(services.withdraw, "complaint_id"),
}


@needs(VIEW)
@require_GET
def letter_paper(request: HttpRequest, letter_id: int) -> HttpResponse:
    """A letter as a PDF for a window envelope; a draft says so across its head."""
    access, now = access_of(request), utc_now()
    language, data = queries.paper_of_letter(access=access, letter_id=letter_id, now=now)
    pdf = render_pdf("complaints/decision.typ", data, language=language, now=now)
    headers = {"Content-Disposition": f'inline; filename="{data["number"]}.pdf"', "Cache-Control": "no-store, private"}
    return HttpResponse(pdf, content_type="application/pdf", headers=headers)

"""My leave, and one request: for who asks and for who decides."""

from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_POST

from citydesk.city.profile import queries as profile
from citydesk.kernel.actors import Access
from citydesk.kernel.acts import Act, Refusal, act_on, plain, read, version_of, with_reason
from citydesk.kernel.clock import utc_now
from citydesk.kernel.pages import access_of, needs
from citydesk.kernel.panels import panels_for
from citydesk.management.timekeeping import forms, queries, services
from citydesk.management.timekeeping.choices import OWN, REQUEST_PAGE, VIEW
from citydesk.management.timekeeping.views.shown import show


@needs(OWN)
@require_GET
def my_leave(request: HttpRequest) -> HttpResponse:
    """Balances today and on a day, requests, the ledger."""
    return _mine(request)


def _mine(request: HttpRequest, refusal: Refusal | None = None) -> HttpResponse:
    access, now = access_of(request), utc_now()
    today = profile.city_today(now)
    on = forms.day_or(request.GET.get("on", ""), today + timedelta(days=90))
    on = max(today, min(on, today + timedelta(days=3 * 366)))
    language = (get_language() or "en").split("-")[0]
    context = {
        "page": queries.my_leave(access, on=on, now=now),
        "types": [(code, rules.name_in(language)) for code, rules in queries.leave_rules_on(today).items()],
    }
    return show(request, "leave.jinja", context, now, refusal)


@needs(OWN)
@require_POST
def leave_act(request: HttpRequest) -> HttpResponse:
    """Ask for leave, or keep the wish as a draft."""
    return act_on(
        request,
        {"ask": _ask, "draft": _draft},
        find=lambda access: 0,
        refused=lambda refusal: _mine(request, refusal),
        done=lambda: redirect("timekeeping:leave"),
    )


def _ask(request: HttpRequest, record_id: int, access: Access, now: datetime, *, is_draft: bool = False) -> None:
    typed = read(forms.LeaveForm, request.POST)
    wish = services.LeaveWish(
        leave_type=typed["leave_type"],
        first=typed["first"],
        last=typed["last"] or typed["first"],
        reason=typed["reason"],
        part_seconds=max(0, typed["hours"]),
        part_minute=forms.minute_of(typed["starts"]),
    )
    services.ask_leave(wish=wish, is_draft=is_draft, access=access, now=now)


def _draft(request: HttpRequest, record_id: int, access: Access, now: datetime) -> None:
    _ask(request, record_id, access, now, is_draft=True)


@needs(VIEW)
@require_GET
def request_page(request: HttpRequest, request_id: int) -> HttpResponse:
    """One request with balance, overlaps, days without leave, and what rooms above know of coverage."""
    return _page(request, request_id)


@needs(VIEW)
@require_GET
def request_reason(request: HttpRequest, request_id: int) -> HttpResponse:
    """The request with its reason, for who has to decide; the reading is logged."""
    reason = queries.reason_of(access_of(request), request_id, now=utc_now())
    return _page(request, request_id, reason=reason)


def _page(request: HttpRequest, request_id: int, refusal: Refusal | None = None, reason: str = "") -> HttpResponse:
    access, now = access_of(request), utc_now()
    page = queries.get_request(access, request_id, now=now)
    context = {
        "page": page,
        "row": page.row,
        "reason": reason or (page.row.reason if page.is_own else ""),
        "name": page.rules.name_in((get_language() or "en").split("-")[0]),
        "panels": [] if page.is_own else panels_for(request, REQUEST_PAGE, request_id, now),
    }
    return show(request, "request.jinja", context, now, refusal)


@needs(VIEW)
@require_POST
def request_act(request: HttpRequest, request_id: int) -> HttpResponse:
    """One door for what is done to a request."""
    return act_on(
        request,
        _ACTS,
        find=lambda access: queries.get_request(access, request_id, now=utc_now()).row.pk,
        refused=lambda refusal: _page(request, request_id, refusal),
        done=lambda: redirect("timekeeping:request", request_id),
    )


def _approve(request: HttpRequest, request_id: int, access: Access, now: datetime) -> None:
    services.approve_leave(
        request_id=request_id,
        decision=request.POST.get("decision", ""),
        access=access,
        now=now,
        version=version_of(request.POST),
    )


_ACTS: dict[str, Act] = {
    "submit": plain(services.submit_leave, "request_id"),
    "approve": _approve,
    "deny": with_reason(services.deny_leave, "request_id"),
    "cancel": with_reason(services.cancel_leave, "request_id"),
    "paper": plain(services.note_paper, "request_id"),
}

"""What waits for a supervisor: sheets, leave, who has not submitted, who approves while they are away."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from citydesk.city.profile import queries as profile
from citydesk.kernel.actors import Access
from citydesk.kernel.acts import Act, Refusal, act_on, plain, read, with_reason
from citydesk.kernel.clock import utc_now
from citydesk.kernel.pages import access_of, needs
from citydesk.management.timekeeping import forms, labels, queries, services
from citydesk.management.timekeeping.choices import APPROVE, TEAM, VIEW
from citydesk.management.timekeeping.views.shown import show


@needs(APPROVE)
@require_GET
def approvals(request: HttpRequest) -> HttpResponse:
    """Sheets and requests that wait for the reader."""
    return _waiting(request)


def _waiting(request: HttpRequest, refusal: Refusal | None = None) -> HttpResponse:
    access, now = access_of(request), utc_now()
    context = {
        "found": queries.approvals(access, now),
        "delegates": queries.may_delegate_to(access, now) if access.may(TEAM) else None,
        "today": profile.city_today(now),
    }
    return show(request, "approvals.jinja", context, now, refusal)


@needs(APPROVE)
@require_POST
def approvals_act(request: HttpRequest) -> HttpResponse:
    """Let somebody approve for a while, or no more."""
    given = request.POST.get("delegation", "")
    return act_on(
        request,
        {"delegate": _delegate, "end": _end},
        find=lambda access: int(given) if given.isdecimal() and len(given) < 18 else 0,
        refused=lambda refusal: _waiting(request, refusal),
        done=lambda: redirect("timekeeping:approvals"),
    )


def _delegate(request: HttpRequest, record_id: int, access: Access, now: datetime) -> None:
    typed = read(forms.DelegateForm, request.POST)
    services.delegate_approval(delegate_id=typed.pop("delegate"), **typed, access=access, now=now)


def _end(request: HttpRequest, record_id: int, access: Access, now: datetime) -> None:
    services.end_delegation(delegation_id=record_id, access=access, now=now)


@needs(VIEW)
@require_GET
def sheet(request: HttpRequest, sheet_id: int) -> HttpResponse:
    """One person's week, to be looked at before it is approved."""
    return _sheet(request, sheet_id)


def _sheet(request: HttpRequest, sheet_id: int, refusal: Refusal | None = None) -> HttpResponse:
    access, now = access_of(request), utc_now()
    page = queries.get_sheet(access, sheet_id, now=now)
    why_not = ""
    if page.why_not and page.state == "submitted" and access.may(APPROVE):
        why_not = str(labels.WHY_NOT[page.why_not])
    return show(request, "sheet.jinja", {"page": page, "why_not": why_not}, now, refusal)


@needs(VIEW)
@require_POST
def sheet_act(request: HttpRequest, sheet_id: int) -> HttpResponse:
    """Approve a sheet, or send it back."""
    return act_on(
        request,
        _ACTS,
        find=lambda access: sheet_id,
        refused=lambda refusal: _sheet(request, sheet_id, refusal),
        done=lambda: redirect("timekeeping:approvals"),
    )


_ACTS: dict[str, Act] = {
    "approve": plain(services.approve_sheet, "sheet_id"),
    "reject": with_reason(services.reject_sheet, "sheet_id"),
}


@needs(APPROVE)
@require_GET
def unsubmitted(request: HttpRequest) -> HttpResponse:
    """Whose sheet of a week is not submitted; of the week that ended last unless the address names a day."""
    access, now = access_of(request), utc_now()
    week = queries.week_of(forms.day_or(request.GET.get("week", ""), queries.last_week(now)))
    context = {"week": week, "people": queries.unsubmitted(access, week.first_day, now)}
    return show(request, "unsubmitted.jinja", context, now)

"""Changes of published weeks, for whoever plans: swaps, open shifts, missing people, and what was changed."""

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from citydesk.city.profile import queries as profile
from citydesk.kernel.actors import Access
from citydesk.kernel.acts import Act, Refusal, act_on, plain, version_of, with_reason
from citydesk.kernel.clock import utc_now
from citydesk.kernel.errors import Invalid
from citydesk.kernel.pages import access_of, needs
from citydesk.management.workforce import services
from citydesk.management.workforce.choices import OWN, PLAN, CallState
from citydesk.management.workforce.queries import calls
from citydesk.management.workforce.queries import changes as queries
from citydesk.management.workforce.views.shown import chosen_day, number, show


@needs(PLAN)
@require_GET
def changes(request: HttpRequest) -> HttpResponse:
    """What waits for a decision, and what was changed of late."""
    return _page(request)


def _page(request: HttpRequest, refusal: Refusal | None = None) -> HttpResponse:
    now = utc_now()
    context: dict[str, Any] = {
        "page": queries.changes(access_of(request), now=now),
        "today": profile.city_today(now),
        "refused_id": refusal.typed.get("id", "") if refusal else "",
    }
    return show(request, "changes.jinja", context, now, refusal)


@needs(PLAN)
@require_POST
def changes_act(request: HttpRequest) -> HttpResponse:
    """Open a shift, give or close it, note that somebody cannot come."""
    return act_on(
        request,
        _ACTS,
        find=lambda access: number(request.POST.get("id", "")),
        refused=lambda refusal: _page(request, refusal),
        done=lambda: redirect("workforce:changes"),
    )


def _open(request: HttpRequest, record_id: int, access: Access, now: datetime) -> None:
    template, _colon, start = request.POST.get("shift", "").rpartition(":")
    day = chosen_day(request.POST.get("day", ""), date.min)
    if day == date.min:
        raise Invalid(_("Write the day."), field="day")
    services.open_shift(
        group_id=number(request.POST.get("group", "")),
        day=day,
        template=template,
        start=number(start),
        reason=request.POST.get("why", ""),
        access=access,
        now=now,
    )


def _give(request: HttpRequest, record_id: int, access: Access, now: datetime) -> None:
    services.give_shift(
        open_shift_id=record_id,
        person_id=number(request.POST.get("person", "")),
        reason=request.POST.get("reason", ""),
        access=access,
        now=now,
        version=version_of(request.POST),
    )


def _sick(request: HttpRequest, record_id: int, access: Access, now: datetime) -> None:
    person = number(request.POST.get("person", ""))
    if not person:
        raise Invalid(_("Choose who cannot come."), field="person")
    day = chosen_day(request.POST.get("missed", ""), profile.city_today(now))
    services.call_in_sick(day=day, person_id=person, access=access, now=now)


_ACTS: dict[str, Act] = {
    "open": _open,
    "give": _give,
    "close": plain(services.close_shift, "open_shift_id"),
    "sick": _sick,
}


@needs(OWN)
@require_GET
def swap(request: HttpRequest, swap_id: int) -> HttpResponse:
    """One swap: what it would break, what it does to coverage; for the two and for who decides."""
    return _swap(request, swap_id)


def _swap(request: HttpRequest, swap_id: int, refusal: Refusal | None = None) -> HttpResponse:
    now = utc_now()
    page = queries.get_swap(access_of(request), swap_id, now=now)
    return show(request, "swap.jinja", {"page": page, "row": page.row}, now, refusal)


@needs(PLAN)
@require_POST
def swap_act(request: HttpRequest, swap_id: int) -> HttpResponse:
    """Approve or deny."""
    return act_on(
        request,
        {
            "approve": with_reason(services.approve_swap, "swap_id"),
            "deny": with_reason(services.deny_swap, "swap_id"),
        },
        find=lambda access: queries.get_swap(access, swap_id, now=utc_now()).row.pk,
        refused=lambda refusal: _swap(request, swap_id, refusal),
        done=lambda: redirect("workforce:changes"),
    )


@needs(PLAN)
@require_GET
def call(request: HttpRequest, call_id: int) -> HttpResponse:
    """A missing person: the hole, three ways to fill it by hand, and what the solver found."""
    return _call(request, call_id)


def _call(request: HttpRequest, call_id: int, refusal: Refusal | None = None) -> HttpResponse:
    now = utc_now()
    page = calls.get_call(access_of(request), call_id, now=now)
    return show(request, "call.jinja", {"page": page, "row": page.row, "is_part": False}, now, refusal)


@needs(PLAN)
@require_GET
def call_solver(request: HttpRequest, call_id: int) -> HttpResponse:
    """How far the solver is, as part of the call's page; once it is done, the ways beside each other. Without scripts
    the call's page itself is asked for again."""
    access, now = access_of(request), utc_now()
    row = calls.get_progress(access, call_id)
    if not request.headers.get("HX-Request"):
        return redirect("workforce:call", call_id)
    if row.state == CallState.SOLVING:
        return show(request, "call.jinja", {"row": row, "is_part": True}, now, fragment="solver")
    page = calls.get_call(access, call_id, now=now)
    response = show(request, "call.jinja", {"page": page, "row": page.row, "is_part": True}, now, fragment="ways")
    if row.state == CallState.SETTLED:
        response["HX-Refresh"] = "true"
    response["HX-Retarget"] = "#ways"
    return response


@needs(PLAN)
@require_POST
def call_act(request: HttpRequest, call_id: int) -> HttpResponse:
    """Take a way, ask the solver, take what it found, or leave the hole."""
    return act_on(
        request,
        {
            "option": _option,
            "ask": plain(services.ask_plan, "call_id"),
            "stop": plain(services.stop_plan, "call_id"),
            "plan": plain(services.take_plan, "call_id"),
            "leave": with_reason(services.leave_hole, "call_id"),
        },
        find=lambda access: calls.get_call(access, call_id, now=utc_now()).row.pk,
        refused=lambda refusal: _call(request, call_id, refusal),
        done=lambda: redirect(reverse("workforce:call", args=[call_id])),
    )


def _option(request: HttpRequest, record_id: int, access: Access, now: datetime) -> None:
    services.take_option(
        call_id=record_id,
        person_id=number(request.POST.get("person", "")),
        access=access,
        now=now,
        version=version_of(request.POST),
    )

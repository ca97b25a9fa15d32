"""Schedules: the weeks, one version with its cells and slots, what is done to it, the solver's progress, paper."""

from datetime import date, datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from citydesk.city.profile import queries as profile
from citydesk.kernel.actors import Access
from citydesk.kernel.acts import Act, Refusal, act_on, read, shown_again, version_of
from citydesk.kernel.clock import utc_now
from citydesk.kernel.documents import render_pdf
from citydesk.kernel.errors import NotFound
from citydesk.kernel.pages import access_of, needs, render
from citydesk.management.workforce import forms, labels, services
from citydesk.management.workforce.choices import PLAN, SCHEDULES
from citydesk.management.workforce.queries.editor import EditorPage, Why, get_editor, get_run, list_weeks, why_short
from citydesk.management.workforce.queries.paper import paper_of_week
from citydesk.management.workforce.queries.seen import monday_of
from citydesk.management.workforce.queries.weeks import templates_on
from citydesk.management.workforce.views.planning import planning_tabs

WEEK = timedelta(days=7)
BEFORE, AFTER = 4, 8  # weeks on the list


@needs(SCHEDULES)
@require_GET
def schedules(request: HttpRequest) -> HttpResponse:
    """The weeks around this one, of every group in the reader's sight."""
    return _weeks(request)


def _weeks(request: HttpRequest, refusal: Refusal | None = None) -> HttpResponse:
    access, now = access_of(request), utc_now()
    this = monday_of(profile.city_today(now))
    mondays = [this + number * WEEK for number in range(-BEFORE, AFTER + 1)]
    context = {
        "title": _("Schedules"),
        "weeks": list_weeks(access, mondays),
        "this": this,
        "may_plan": access.may(PLAN),
        "tabs": planning_tabs(access),
        **_words(now),
        **shown_again(refusal),
    }
    return _private(render(request, "workforce/schedules.jinja", context, status=refusal.status if refusal else 200))


@needs(PLAN)
@require_POST
def schedules_act(request: HttpRequest) -> HttpResponse:
    """Begin a version of a week."""
    made: list[int] = []

    def begin(request: HttpRequest, record_id: int, access: Access, now: datetime, *, is_copy: bool = False) -> None:
        group, day = _number(request.POST.get("group", "")), _day(request.POST.get("week", ""), now)
        made.append(services.plan_week(group_id=group, day=day, is_copy=is_copy, access=access, now=now))

    def copy(request: HttpRequest, record_id: int, access: Access, now: datetime) -> None:
        begin(request, record_id, access, now, is_copy=True)

    return act_on(
        request,
        {"begin": begin, "copy": copy},
        find=lambda access: 0,
        refused=lambda refusal: _weeks(request, refusal),
        done=lambda: redirect("workforce:schedule", made[0]),
    )


@needs(SCHEDULES)
@require_GET
def schedule(request: HttpRequest, schedule_id: int) -> HttpResponse:
    """A version of a week. The address says which cell is chosen and which slot is asked about."""
    return _editor(request, schedule_id)


def _editor(request: HttpRequest, schedule_id: int, refusal: Refusal | None = None) -> HttpResponse:
    access, now = access_of(request), utc_now()
    page = get_editor(access, schedule_id, now=now)
    context = {
        "title": f"{page.group.name}, {labels.week_named(page.row.week_start)}",
        "page": page,
        "row": page.row,
        "chosen": _chosen(request, page, refusal),
        **_asked(request, page),
        "templates": [
            (one.code, page.template(one.code)) for one in templates_on(page.group.code, page.row.week_start)
        ],
        "endings": [(one, labels.solver_time(one)) for one in services.ENDINGS],
        "gathering_kinds": [(one.value, labels.ACTIVITIES[one]) for one in services.KINDS],
        "act_name": refusal.act if refusal else "",
        **_words(now),
        **shown_again(refusal),
    }
    return _private(render(request, "workforce/schedule.jinja", context, status=refusal.status if refusal else 200))


def _templates(page: EditorPage) -> list[tuple[str, str]]:
    known = templates_on(page.group.code, page.row.week_start)
    return [(one.code, page.template(one.code)) for one in known]


def _words(now: datetime) -> dict[str, Any]:
    return {"labels": labels, "at": now}


def _private(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store, private"
    return response


def _chosen(request: HttpRequest, page: EditorPage, refusal: Refusal | None) -> Any:
    """The cell that is chosen, and its line; None where none is."""
    key = request.GET.get("cell", "")
    if refusal is not None:
        key = f"{refusal.typed.get('user', '')}-{refusal.typed.get('day', '')}"
    for line in page.lines:
        for cell in line.cells:
            if cell.key == key:
                return line, cell
    return None


def _asked(request: HttpRequest, page: EditorPage) -> dict[str, Any]:
    """The slot that was asked about, and whether its day is a holiday."""
    why = _why(request, page)
    calendar = profile.calendar(page.group.calendar_code, why.day) if why else None
    return {"why": why, "is_holiday": bool(why and calendar and calendar.holiday_on(why.day))}


def _why(request: HttpRequest, page: EditorPage) -> Why | None:
    day, start, skill = [*request.GET.get("slot", "").split("-", 2), "", ""][:3]
    if not (day.isdecimal() and start.isdecimal() and len(day) < 3 and len(start) < 5):
        return None
    try:
        return why_short(page, int(day), int(start), skill)
    except NotFound:
        return None


@needs(PLAN)
@require_POST
def schedule_act(request: HttpRequest, schedule_id: int) -> HttpResponse:
    """One door for what is done to a version."""
    access = access_of(request)

    def back() -> HttpResponse:
        address = reverse("workforce:schedule", args=[schedule_id])
        user, day = request.POST.get("user", ""), request.POST.get("day", "")
        return redirect(f"{address}?cell={user}-{day}&at=grid" if user and day else address)

    return act_on(
        request,
        _ACTS,
        find=lambda _access: get_run(access, schedule_id)[0].pk,
        refused=lambda refusal: _editor(request, schedule_id, refusal),
        done=back,
    )


def _cell(request: HttpRequest, now: datetime) -> dict[str, Any]:
    """Whose day an act is about."""
    given = request.POST
    return {"user_id": _number(given.get("user", "")), "day": _day(given.get("day", ""), now)}


def _plain(request: HttpRequest, schedule_id: int, access: Access, now: datetime) -> dict[str, Any]:
    return {"schedule_id": schedule_id, "access": access, "now": now, "version": version_of(request.POST)}


def _set(request: HttpRequest, schedule_id: int, access: Access, now: datetime) -> None:
    typed = read(forms.ShiftForm, request.POST)
    meal = typed["meal"] if typed["has_meal"] else 0
    shift = services.HandShift(
        **_cell(request, now), template=typed["template"], start=typed["start"], length=typed["length"], meal=meal
    )
    services.set_shift(
        **_plain(request, schedule_id, access, now), shift=shift, is_anyway=typed["anyway"], reason=typed["reason"]
    )


def _step(name: str) -> Act:
    def run(request: HttpRequest, schedule_id: int, access: Access, now: datetime) -> None:
        services.step_shift(
            **_plain(request, schedule_id, access, now), **_cell(request, now), step=name, is_anyway=_anyway(request)
        )

    return run


def _anyway(request: HttpRequest) -> bool:
    return bool(request.POST.get("anyway"))


def _remove(request: HttpRequest, schedule_id: int, access: Access, now: datetime) -> None:
    services.remove_shift(
        **_plain(request, schedule_id, access, now), **_cell(request, now), is_anyway=_anyway(request)
    )


def _pin(request: HttpRequest, schedule_id: int, access: Access, now: datetime) -> None:
    reason = request.POST.get("reason", "")
    services.pin_shift(**_plain(request, schedule_id, access, now), **_cell(request, now), reason=reason)


def _unpin(request: HttpRequest, schedule_id: int, access: Access, now: datetime) -> None:
    services.unpin_shift(**_plain(request, schedule_id, access, now), **_cell(request, now))


def _solve(request: HttpRequest, schedule_id: int, access: Access, now: datetime) -> None:
    services.ask_solve(
        **_plain(request, schedule_id, access, now),
        seconds=_number(request.POST.get("seconds", "")),
        seed=min(_number(request.POST.get("seed", "1")), 10_000) or 1,
    )


def _stop(request: HttpRequest, schedule_id: int, access: Access, now: datetime) -> None:
    services.stop_solve(schedule_id=schedule_id, access=access, now=now)


def _publish(request: HttpRequest, schedule_id: int, access: Access, now: datetime) -> None:
    services.publish_schedule(
        **_plain(request, schedule_id, access, now),
        is_anyway=_anyway(request),
        reason=request.POST.get("reason", ""),
    )


def _gather(request: HttpRequest, schedule_id: int, access: Access, now: datetime) -> None:
    typed = read(forms.GatheringForm, request.POST)
    row, _run = get_run(access, schedule_id)
    services.plan_gathering(group_id=row.group_id, new=services.NewGathering(**typed), access=access, now=now)


def _drop(request: HttpRequest, schedule_id: int, access: Access, now: datetime) -> None:
    services.drop_gathering(gathering_id=_number(request.POST.get("gathering", "")), access=access, now=now)


_ACTS: dict[str, Act] = {
    "set": _set,
    "earlier": _step("earlier"),
    "later": _step("later"),
    "longer": _step("longer"),
    "shorter": _step("shorter"),
    "remove": _remove,
    "pin": _pin,
    "unpin": _unpin,
    "solve": _solve,
    "stop": _stop,
    "publish": _publish,
    "gather": _gather,
    "drop": _drop,
}


@needs(SCHEDULES)
@require_GET
def solving(request: HttpRequest, schedule_id: int) -> HttpResponse:
    """How far the solver is; the whole page is asked for anew once it is over."""
    row, run = get_run(access_of(request), schedule_id)
    context = {"row": row, "run": run, **_words(utc_now())}
    response = _private(render(request, "workforce/solving.jinja", context, fragment="progress"))
    if request.headers.get("HX-Request") and (run is None or run.finished_at is not None):
        response["HX-Refresh"] = "true"
    return response


@needs(SCHEDULES)
@require_GET
def schedule_pdf(request: HttpRequest, schedule_id: int) -> HttpResponse:
    """The week on paper."""
    now, language = utc_now(), get_language() or "en"
    page = get_editor(access_of(request), schedule_id, now=now)
    content = render_pdf("workforce/week.typ", paper_of_week(page, now), language=language, now=now)
    response = _private(HttpResponse(content, content_type="application/pdf"))
    response["Content-Disposition"] = f'inline; filename="schedule-{page.row.week_start.isoformat()}.pdf"'
    return response


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 18 else 0


def _day(text: str, now: datetime) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return profile.city_today(now)
    return found if 2000 <= found.year < 2100 else profile.city_today(now)

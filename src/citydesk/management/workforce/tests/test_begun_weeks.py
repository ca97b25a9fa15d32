"""A published week that has begun, or is over: what is past, or too near to be told of, is moved by no solver."""

from datetime import timedelta

import pytest

from citydesk.kernel.errors import Conflict
from citydesk.management.workforce import services
from citydesk.management.workforce.choices import ScheduleState
from citydesk.management.workforce.models import Pin, Requirement, Schedule
from citydesk.management.workforce.queries import calls
from citydesk.management.workforce.queries.editor import get_editor
from citydesk.management.workforce.queries.groups import notice_days_on
from citydesk.management.workforce.rules.groups import settings_of
from citydesk.management.workforce.services import schedules
from citydesk.management.workforce.tests.planning_cases import MONDAY, NOW, planned, shifts, solve_now, solved, solver

pytestmark = pytest.mark.django_db
WEDNESDAY = NOW + timedelta(days=8)
AFTER = NOW + timedelta(days=14)


@pytest.fixture
def published():
    """The week as it was published the week before, one person in each slot."""
    case = planned(required=1)
    row = solved(case)
    services.publish_schedule(schedule_id=row.pk, access=case.boss, now=NOW)
    return case, row


def at_wednesday(case, row_id):
    """Ask for it on Wednesday, and do what the worker does."""
    run = services.ask_solve(schedule_id=row_id, access=case.boss, now=WEDNESDAY)
    services.run_solve(run_id=run, solver=solver, clock=lambda: WEDNESDAY)


def of_days(pk, *days):
    return {one for one in shifts(pk) if one[1] in days}


def test_the_days_that_are_past_stay_and_the_others_are_planned_anew(published):
    case, old = published
    new = services.plan_week(group_id=case.group.pk, day=MONDAY, access=case.boss, now=WEDNESDAY)
    assert shifts(new) == of_days(old.pk, 0, 1), "Monday and Tuesday are over; it is Wednesday"
    assert set(Pin.objects.filter(shift__schedule=new).values_list("shift__day", flat=True)) == {
        MONDAY, MONDAY + timedelta(days=1),
    }  # fmt: skip
    # Twice as many are asked for, on the days that are past too.
    Requirement.objects.update(required=2, scheduled=2)
    at_wednesday(case, new)
    assert Schedule.objects.get(pk=new).state == ScheduleState.SOLVED
    assert of_days(new, 0, 1) == of_days(old.pk, 0, 1)
    assert len(of_days(new, 2, 3, 4)) > len(of_days(old.pk, 2, 3, 4))
    page = get_editor(case.boss, new, now=WEDNESDAY)
    assert not [one for one in page.breaches if one.person]
    services.publish_schedule(schedule_id=new, is_anyway=True, reason="More calls", access=case.boss, now=WEDNESDAY)


def test_a_copy_pins_what_is_past_and_leaves_the_rest_free(published):
    case, old = published
    new = services.plan_week(group_id=case.group.pk, day=MONDAY, is_copy=True, access=case.boss, now=WEDNESDAY)
    assert shifts(new) == shifts(old.pk)
    assert Pin.objects.filter(shift__schedule=new).count() == len(of_days(old.pk, 0, 1))


def test_days_of_notice_stay_too(published, monkeypatch):
    case, old = published
    assert notice_days_on("nobody", MONDAY) == 0
    monkeypatch.setattr(schedules, "notice_days_on", lambda code, on: 2)
    new = services.plan_week(group_id=case.group.pk, day=MONDAY, access=case.boss, now=WEDNESDAY)
    assert shifts(new) == of_days(old.pk, 0, 1, 2, 3), "people are told two days before"


def test_the_profile_says_how_long_before():
    none = {"planned": 0, "unplanned": 0}
    body = {"shrinkage": none, "shrinkage_by": [], "queues": [], "notice_days": 3, "open_with": []}
    assert settings_of("desk", body).notice_days == 3
    assert settings_of("desk", {**body, "notice_days": 0}).notice_days == 0
    del body["notice_days"], body["open_with"]
    assert settings_of("desk", body).notice_days == 0, "a profile of before"


def test_a_new_plan_after_a_sick_call_moves_nobody_within_the_notice(published, monkeypatch):
    case, old = published
    person = next(name for name, day in sorted(shifts(old.pk)) if day == 3)
    call = services.call_in_sick(
        day=MONDAY + timedelta(days=3), person_id=case.id_of(person), access=case.boss, now=WEDNESDAY
    )
    services.ask_plan(call_id=call, access=case.boss, now=WEDNESDAY)
    pinned = {(one.person, one.day) for one in calls.lost_plan(call, now=WEDNESDAY).problem.pinned}
    assert {day for _person, day in pinned} == {0, 1}
    monkeypatch.setattr(calls, "notice_days_on", lambda code, on: 2)
    pinned = {(one.person, one.day) for one in calls.lost_plan(call, now=WEDNESDAY).problem.pinned}
    assert {day for _person, day in pinned} >= {0, 1, 2} and (str(case.id_of(person)), 3) not in pinned


def test_a_week_that_is_over_is_closed(published):
    case, _old = published
    with pytest.raises(Conflict, match="This week is over"):
        services.plan_week(group_id=case.group.pk, day=MONDAY, access=case.boss, now=AFTER)
    # A version begun before its end is not published after it.
    new = services.plan_week(group_id=case.group.pk, day=MONDAY, is_copy=True, access=case.boss, now=WEDNESDAY)
    with pytest.raises(Conflict, match="This week is over"):
        services.publish_schedule(schedule_id=new, access=case.boss, now=AFTER)


def test_a_week_nobody_planned_may_still_be_written_down():
    case = planned(required=1)
    new = services.plan_week(group_id=case.group.pk, day=MONDAY, access=case.boss, now=AFTER)
    solve_now(case, new)
    assert shifts(new)

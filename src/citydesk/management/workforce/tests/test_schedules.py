"""Weeks planned, solved, changed by hand and published, on the real tables."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from citydesk.city.profile.rules import ProfileRefused
from citydesk.city.profile.services import check_folder
from citydesk.city.profile.tests.factories import small_folder
from citydesk.kernel.errors import Conflict, Invalid, ManyInvalid, NotAllowed, NotFound, StaleVersion
from citydesk.kernel.tests.jobs import run_jobs
from citydesk.management.timekeeping.tests import factories as timekeeping
from citydesk.management.workforce import services
from citydesk.management.workforce.models import Activity, Contract, Pin, Schedule, Shift, ShiftNotice, SolveRun
from citydesk.management.workforce.queries import leave_panel, seen
from citydesk.management.workforce.queries.groups import get_group
from citydesk.management.workforce.queries.schedules import coverage, shifts_of
from citydesk.management.workforce.queries.weeks import planned_week
from citydesk.management.workforce.rules.roster.cost import cost_of
from citydesk.management.workforce.rules.roster.reasons import explain, unmet
from citydesk.management.workforce.rules.roster.verifier import Rule, verify
from citydesk.management.workforce.tests.planning_cases import (
    FULL,
    MONDAY,
    NOW,
    begun,
    give,
    planned,
    shifts,
    solve_now,
    solved,
    solver,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(db):
    return planned()


def week_of(desk, pk=None):
    row = Schedule.objects.get(pk=pk) if pk else None
    return planned_week(get_group("desk"), MONDAY, schedule=row, now=NOW)


def test_a_solved_week_keeps_every_rule_and_its_own_cost_and_is_kept_whole(desk):
    row = solved(desk)
    week = week_of(desk, row.pk)
    assert (row.state, SolveRun.objects.get().state) == ("solved", "done")
    assert verify(week.problem, week.roster) == []
    assert row.cost == cost_of(week.problem, week.roster) >= row.bound
    for shift in Shift.objects.filter(schedule=row):
        inside = list(shift.activities.order_by("starts_at"))
        assert inside[0].starts_at == shift.starts_at and inside[-1].ends_at == shift.ends_at
        assert all(a.ends_at == b.starts_at for a, b in pairwise(inside))
        assert sorted(it.kind for it in inside if it.kind != "work") == ["break", "break", "meal"]


def test_the_job_solves_in_a_process_of_its_own(desk):
    pk = begun(desk)
    run = services.ask_solve(schedule_id=pk, ticks=1, access=desk.boss, now=NOW)
    run_jobs(only={"workforce.solve"})
    found = SolveRun.objects.get(pk=run)
    assert (found.state, found.problem, Schedule.objects.get(pk=pk).state) == ("done", "", "solved")


def test_what_is_pinned_stays_when_it_is_solved_again(desk):
    pk = solved(desk).pk
    name = next(one for one in ("dana", "osei", "rosa", "theo") if (one, 2) not in shifts(pk))
    give(desk, pk, name, 2, 600)
    solve_now(desk, pk)
    held = Shift.objects.get(schedule_id=pk, user_id=desk.id_of(name), day=MONDAY + timedelta(days=2))
    assert held.origin == "manual" and Pin.objects.filter(shift=held).exists()
    services.unpin_shift(
        schedule_id=pk, user_id=held.user_id, day=held.day, access=desk.boss, now=NOW,
    )  # fmt: skip
    assert not Pin.objects.filter(shift=held).exists()


def test_a_hand_that_breaks_rules_is_told_which_and_may_mean_it(desk):
    pk = begun(desk)
    give(desk, pk, "dana", 0, 690)
    with pytest.raises(services.RulesBroken) as told:
        give(desk, pk, "dana", 1, 405)
    assert {one.rule for one in told.value.rules} == {Rule.REST, Rule.AVAILABILITY}
    assert "rest" in str(told.value)
    assert shifts(pk) == {("dana", 0)}
    give(desk, pk, "dana", 1, 405, is_anyway=True, reason="She asked for it")
    pin = Pin.objects.get(shift__schedule_id=pk, shift__day=MONDAY + timedelta(days=1))
    assert {one["rule"] for one in pin.breaches} == {"R2", "R4"} and pin.reason == "She asked for it"
    assert solve_now(desk, pk).state == "done"
    assert ("dana", 1) in shifts(pk)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"template": "night"}, "template"),
        ({"start": 541}, "start"),
        ({"length": 30}, "length"),
        ({"length": 2000}, "length"),
        ({"day": MONDAY + timedelta(days=7)}, "day"),
        ({"user_id": 1}, "user"),
        ({"meal": 541}, "meal"),
    ],
)
def test_a_shift_that_cannot_be_is_refused_beside_its_field(desk, wrong, field):
    pk = begun(desk)
    shift = replace(services.HandShift(desk.id_of("dana"), MONDAY, "day", 540, 510), **wrong)
    with pytest.raises(Invalid) as told:
        services.set_shift(schedule_id=pk, shift=shift, access=desk.boss, now=NOW)
    assert told.value.field == field and not Shift.objects.filter(schedule_id=pk).exists()


def test_steps_of_the_keyboard_move_and_lengthen_and_the_version_is_asked(desk):
    pk = begun(desk)
    give(desk, pk, "dana", 0, 540)
    given = {"schedule_id": pk, "user_id": desk.id_of("dana"), "day": MONDAY, "access": desk.boss, "now": NOW}
    for step, starts, length in (
        ("later", 570, 510),
        ("longer", 570, 540),
        ("shorter", 570, 510),
        ("earlier", 540, 510),
    ):
        services.step_shift(**given, step=step)
        held = next(one for one in week_of(desk, pk).roster)
        assert (held.pattern.start, held.pattern.length) == (starts, length)
    with pytest.raises(StaleVersion):
        services.remove_shift(**given, version=1)
    services.remove_shift(**given)
    assert not shifts(pk)


def test_leave_holidays_and_availability_bind_the_solver(desk):
    grant = timekeeping.grant
    pay = timekeeping.person("pay", "finance")
    grant(desk.who["dana"], "vacation", 40, by=pay)
    wish = timekeeping.ask(desk.who["dana"], MONDAY, MONDAY + timedelta(days=1), now=NOW)
    from citydesk.management.timekeeping import services as time

    time.approve_leave(request_id=wish, access=desk.boss, now=NOW)
    new = services.NewAvailability("cannot", weekday=2)
    services.say_availability(user_id=desk.id_of("osei"), new=new, access=desk.boss, now=NOW)
    pk = solved(desk).pk
    assert not {("dana", 0), ("dana", 1), ("osei", 2)} & shifts(pk)
    person = week_of(desk).problem.person_of[str(desk.id_of("dana"))]
    assert (person.contract.max_minutes, person.contract.max_days) == (2400 - 960, 3)


def test_trainings_find_a_place_or_are_named(desk):
    new = services.NewGathering("training", "New phones", 60, MONDAY, MONDAY + timedelta(days=4))
    services.plan_gathering(group_id=desk.group.pk, new=new, access=desk.boss, now=NOW)
    row = solved(desk)
    placed = Activity.objects.filter(shift__schedule=row, kind="training", label="New phones")
    assert placed.count() + len(row.unplaced) == 4
    assert {one.shift.user_id for one in placed}.isdisjoint({user for user, _label in row.unplaced})


def test_why_nobody_takes_a_slot(desk):
    row = solved(desk, using=solver)
    week = week_of(desk, row.pk)
    more = replace(week.problem, slot_needs=tuple(replace(one, target=4) for one in week.problem.slot_needs))
    hole = unmet(more, week.roster)[0]
    for one in explain(more, week.roster, hole):
        assert one.is_able or one.breaches


def test_contradictions_are_named_before_any_work(desk):
    pk = begun(desk)
    few = replace(FULL, first=MONDAY, min_minutes=2400, weekdays=(0, 1, 2, 3, 4), max_days=5, earliest=480, latest=960)
    services.set_contract(user_id=desk.id_of("dana"), new=few, access=desk.boss, now=NOW)
    with pytest.raises(Invalid, match="No shift fits the days and hours of the contract of Dana"):
        services.ask_solve(schedule_id=pk, access=desk.boss, now=NOW)
    assert not SolveRun.objects.exists() and Schedule.objects.get(pk=pk).state == "draft"
    with pytest.raises(ManyInvalid) as told:
        wrong = replace(few, max_minutes=100, latest=400, weekdays=())
        services.set_contract(user_id=desk.id_of("dana"), new=wrong, access=desk.boss, now=NOW)
    assert {one.field for one in told.value.errors} >= {"max_minutes", "latest", "weekdays"}


def test_a_demand_that_nobody_can_meet_is_solved_as_far_as_it_goes(desk):
    from citydesk.management.workforce.models import Requirement

    Requirement.objects.update(required=9, scheduled=9)
    row = solved(desk)
    week = week_of(desk, row.pk)
    assert row.state == "solved" and unmet(week.problem, week.roster)


def test_what_the_solver_or_the_verifier_refuses_is_kept_in_words_and_nothing_else(desk):
    def none(week, gatherings, **more):
        raise services.NoRoster(str(desk.id_of("osei")))

    def cheating(week, gatherings, **more):
        found, left = solver(week, gatherings, **more)
        return replace(found, roster=tuple(replace(one, day=0) for one in found.roster)), left

    pk = begun(desk)
    for using in (none, cheating):
        run = solve_now(desk, pk, using=using)
        assert run.state == "failed" and "keeps the rules" in run.problem
        assert (Schedule.objects.get(pk=pk).state, shifts(pk)) == ("draft", set())


def test_a_stop_is_heard_and_keeps_the_best(desk):
    def stopped(week, gatherings, *, is_stopped, **more):
        services.stop_solve(schedule_id=pk, access=desk.boss, now=NOW)
        assert is_stopped()
        return solver(week, gatherings, is_stopped=lambda: False, **more)

    pk = begun(desk)
    assert solve_now(desk, pk, using=stopped).state == "done"
    assert shifts(pk)


def test_publishing_freezes_and_the_next_version_supersedes(desk):
    first = solved(desk)
    services.publish_schedule(schedule_id=first.pk, access=desk.boss, now=NOW)
    assert ShiftNotice.objects.filter(code="week_published").count() == len({name for name, _day in shifts(first.pk)})
    for table, changes in ((Shift, {"origin": "swap"}), (Activity, {"label": "x"})):
        rows = table.objects.filter(**{"schedule" if table is Shift else "shift__schedule": first})
        with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
            rows.update(**changes)
    with pytest.raises(Conflict):
        give(desk, first.pk, "dana", 0)
    second = services.plan_week(group_id=desk.group.pk, day=MONDAY, is_copy=True, access=desk.boss, now=NOW)
    assert shifts(second) == shifts(first.pk)
    name, day = sorted(shifts(second))[0]
    services.remove_shift(
        schedule_id=second, user_id=desk.id_of(name), day=MONDAY + timedelta(days=day), is_anyway=True,
        access=desk.boss, now=NOW,
    )  # fmt: skip
    services.publish_schedule(schedule_id=second, access=desk.second, now=NOW)
    first.refresh_from_db()
    assert (first.state, Schedule.objects.get(pk=second).state) == ("superseded", "published")
    told = ShiftNotice.objects.filter(code="week_changed")
    assert [one.person_id for one in told] == [desk.id_of(name)]


def test_published_shifts_and_coverage_are_told_to_others(desk):
    row = solved(desk)
    services.publish_schedule(schedule_id=row.pk, access=desk.boss, now=NOW)
    found = shifts_of([one for one in map(desk.id_of, desk.who)], MONDAY, MONDAY + timedelta(days=6))
    assert len(found) == len(shifts(row.pk))
    slots = coverage(desk.group.pk, MONDAY, MONDAY)
    assert len(slots) == 16 and all(one.required == 1 for one in slots)
    without = coverage(desk.group.pk, MONDAY, MONDAY, without=[one.user_id for one in found])
    assert sum(one.scheduled for one in slots) > sum(one.scheduled for one in without) == 0


def test_coverage_before_and_after_leave(desk):
    row = solved(desk)
    pay = timekeeping.person("pay", "finance")
    timekeeping.grant(desk.who["dana"], "vacation", 40, by=pay)
    wish = timekeeping.ask(desk.who["dana"], MONDAY, MONDAY + timedelta(days=4), now=NOW)
    with CaptureQueriesContext(connection) as none:
        assert leave_panel.build(access=desk.boss, object_id=wish, now=NOW)["slots"] == []
    services.publish_schedule(schedule_id=row.pk, access=desk.boss, now=NOW)
    with CaptureQueriesContext(connection) as some:
        found = leave_panel.build(access=desk.boss, object_id=wish, now=NOW)
    assert (len(none), len(some)) <= (3, 6)
    mine = {day for name, day in shifts(row.pk) if name == "dana"}
    assert {(one.day - MONDAY).days for one in found["slots"]} == mine
    assert all(one.after == one.before - 1 for one in found["slots"])
    assert found["short"] == [one for one in found["slots"] if one.before == one.required]


def test_rules_broken_are_published_only_with_a_word(desk):
    pk = begun(desk)
    give(desk, pk, "dana", 0, 690)
    give(desk, pk, "dana", 1, 405, is_anyway=True)
    with pytest.raises(Conflict, match="rest"):
        services.publish_schedule(schedule_id=pk, access=desk.boss, now=NOW)
    with pytest.raises(Invalid):
        services.publish_schedule(schedule_id=pk, is_anyway=True, access=desk.boss, now=NOW)
    services.publish_schedule(schedule_id=pk, is_anyway=True, reason="Agreed with her", access=desk.boss, now=NOW)
    assert Schedule.objects.get(pk=pk).reason == "Agreed with her"


def test_only_who_supervises_the_team_plans_it(desk):
    pk = solved(desk).pk
    for access, error in ((desk.stranger, NotFound), (desk.director, NotAllowed), (desk.who["dana"], NotFound)):
        with pytest.raises(error):
            services.publish_schedule(schedule_id=pk, access=access, now=NOW)
    with pytest.raises(NotFound):
        services.set_contract(user_id=desk.id_of("dana"), new=FULL, access=desk.stranger, now=NOW)
    assert not seen.seen_groups(desk.stranger) and seen.seen_groups(desk.director)
    with pytest.raises(Conflict):
        begun(desk)


def test_a_new_contract_ends_the_one_before(desk):
    later = replace(FULL, first=MONDAY, max_minutes=1200)
    services.set_contract(user_id=desk.id_of("dana"), new=later, access=desk.boss, now=NOW)
    rows = Contract.objects.filter(user_id=desk.id_of("dana")).order_by("first")
    assert [one.last for one in rows] == [MONDAY - timedelta(days=1), None]


def test_a_week_is_read_in_as_many_statements_whatever_its_size(desk):
    row = solved(desk)
    with CaptureQueriesContext(connection) as few:
        week_of(desk, row.pk)
    assert len(few) <= 20


def test_templates_of_the_profile_are_checked():
    wrong = """
[template.night]
name = {en = "Night", es = "Noche"}
length = 65
first = "25:00"
meal = {minutes = 15, first = 300, last = 100}
breaks = [45]
"""
    with pytest.raises(ProfileRefused) as told:
        check_folder(folder=small_folder({"shift_templates.toml": wrong}))
    for word in ("multiple of 15", "07:30", "at least 30", "before first", "paid breaks"):
        assert word in str(told.value)

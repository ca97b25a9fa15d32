"""Patience from hang-ups, chats side by side, lagged loads, work that can wait."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from citydesk.kernel.errors import Invalid
from citydesk.management.workforce.rules.chat import best_concurrency, effective_handle
from citydesk.management.workforce.rules.deferrable import Work, fill, needed_hours, valleys
from citydesk.management.workforce.rules.erlang_a import figures_a
from citydesk.management.workforce.rules.lagged import doubts, is_lag_needed, lagged
from citydesk.management.workforce.rules.loads import Load, load_of
from citydesk.management.workforce.rules.patience import patience_of
from citydesk.management.workforce.rules.square_root import people_for


def test_patience_is_all_waiting_by_hang_ups():
    found = patience_of(waited=9_000.0, abandoned=60)
    assert (found.seconds, found.is_usual) == (150.0, False)
    few = patience_of(waited=9_000.0, abandoned=29)
    assert (few.seconds, few.abandoned, few.is_usual) == (180.0, 29, True)


def test_estimate_gives_back_the_patience_that_made_the_figures():
    figures = figures_a(load_of(100, 1800.0, 180.0, 240.0), 11, 20.0, 0.0)
    found = patience_of(waited=figures.wait * 10_000, abandoned=round(figures.abandoned * 10_000))
    assert found.seconds == pytest.approx(240.0, rel=1e-3)


def test_chats_at_once():
    measured = {1: 400.0, 2: 520.0, 3: 960.0}
    assert effective_handle(measured, 2) == 260.0
    assert best_concurrency(measured) == 2
    with pytest.raises(Invalid, match="never measured"):
        effective_handle(measured, 4)
    with pytest.raises(Invalid):
        effective_handle(measured, 0)


def test_load_is_felt_a_handle_time_later():
    loads = [load_of(one, 1800.0, 900.0) for one in (0, 60, 60, 0)]
    felt = [one.rate * 1800 for one in lagged(loads, 1800.0)]
    assert felt == pytest.approx([0, 30, 60, 30])
    assert [one.place for one in doubts(loads, 1800.0)] == [0, 1, 2, 3]
    steady = [load_of(60, 1800.0, 300.0)] * 3
    assert [round(one.rate * 1800, 6) for one in lagged(steady, 1800.0)] == [50, 60, 60]
    assert not is_lag_needed(steady, 1800.0)


def test_jump_is_a_third_more_or_less_while_open():
    loads = [load_of(one, 1800.0, 300.0) for one in (0, 40, 50, 70, 45, 0)]
    found = doubts(loads, 1800.0)
    assert [(one.place, one.is_long, one.is_jump) for one in found] == [(3, False, True), (4, False, True)]


@settings(max_examples=30, deadline=None)
@given(some.lists(some.floats(0, 200), min_size=1, max_size=30), some.floats(1, 5000))
def test_lag_loses_only_what_is_felt_after_the_end(volumes, handle):
    loads = [Load(one / 1800, handle) for one in volumes]
    felt = lagged(loads, 1800.0)
    end = len(loads) * 1800.0 - handle
    inside = math.fsum(max(0.0, min(end - one * 1800.0, 1800.0)) * load.rate for one, load in enumerate(loads))
    assert math.fsum(one.rate * 1800 for one in felt) == pytest.approx(inside, abs=1e-6)


def test_mail_goes_into_valleys_earliest_due_first():
    room = valleys([10, 10, 10], [9.5, 6.0, 8.0], hours=0.5)
    assert room == pytest.approx([0.25, 2.0, 1.0])
    plan = fill([Work("permits", 1.5, due=3), Work("mail", 1.0, due=2)], room)
    assert [(one.interval, one.code, one.hours) for one in plan.placed] == [
        (0, "mail", 0.25),
        (1, "mail", 0.75),
        (1, "permits", 1.25),
        (2, "permits", 0.25),
    ]
    assert (plan.first_late, plan.left) == (None, 0)
    assert plan.spare == pytest.approx((0, 0, 0.75))


def test_first_moment_that_fails_is_named():
    plan = fill([Work("mail", 3.0, due=2), Work("permits", 9.0, due=4)], [1.0, 1.0, 1.0, 1.0])
    assert (plan.first_late, plan.short_hours) == (2, 1.0)
    added = needed_hours([Work("mail", 3.0, due=2), Work("permits", 9.0, due=4)], [1.0] * 4)
    assert added == pytest.approx([0, 1.0, 0, 7.0])
    assert fill([Work("later", 9.0, due=8)], [1.0, 1.0]).left == 7.0
    assert needed_hours([Work("overdue", 2.0, due=0)], [0.5, 0.5]) == pytest.approx([1.5, 0])


works = some.lists(some.tuples(some.floats(0.1, 6), some.integers(1, 8)), max_size=8)


@settings(max_examples=60, deadline=None)
@given(works, some.lists(some.floats(0, 5), min_size=8, max_size=8))
def test_plan_fails_exactly_where_work_exceeds_room(given_works, room):
    known = [Work(str(one), hours, due) for one, (hours, due) in enumerate(given_works)]
    plan = fill(known, room)
    late = [due for due in range(1, 9) if sum(one.hours for one in known if one.due <= due) > sum(room[:due]) + 1e-6]
    assert (plan.first_late is not None and plan.short_hours > 1e-6) == bool(late)
    if late:
        assert plan.first_late == late[0]
    repaired = [one + more for one, more in zip(room, needed_hours(known, room), strict=True)]
    assert fill(known, repaired).short_hours <= 1e-6


def test_square_root_rule_rounds_up():
    assert people_for(13.3, 1.0) == 17

"""Burdens shared over weeks, meetings in sittings, pins that break rules, planning again with few changes.

Nothing here waits for a clock: work is bounded by ticks.
"""

from dataclasses import replace

import pytest

from citydesk.management.workforce.engines.roster.budget import Budget
from citydesk.management.workforce.engines.roster.meetings import Meeting, seat
from citydesk.management.workforce.engines.roster.solve import Wanted, changes, solve, solve_again
from citydesk.management.workforce.rules.roster.cost import cost_of, slacks_of
from citydesk.management.workforce.rules.roster.fairness import fairness
from citydesk.management.workforce.rules.roster.options import without
from citydesk.management.workforce.rules.roster.people import Contract, Person
from citydesk.management.workforce.rules.roster.problem import Problem, ShiftNeed, SlotNeed, Weights
from citydesk.management.workforce.rules.roster.shifts import Assignment, Kind, Pattern, ShiftTemplate
from citydesk.management.workforce.rules.roster.verifier import Rule, verify
from citydesk.management.workforce.tests.roster_cases import DAY_SHIFT, MORNING, desk, week_of

EARLY, LATE = ShiftTemplate("early", 480, (480,)), ShiftTemplate("late", 480, (720,))
TERMS = Contract("all", 0, 2400, max_run=6, max_days=5)


def lates(weights: Weights, *, by_slot: bool) -> Problem:
    """Two a day, one early, one late, every day of a week, for four people."""
    people = tuple(Person(code, TERMS) for code in "abcd")
    shifts = tuple(ShiftNeed(day, code, 1, 10, 10) for day in range(7) for code in ("early", "late"))
    slots = tuple(SlotNeed(day, start, 1, 1) for day in range(7) for start in (480, 1140))
    needs = {"slot_needs": slots} if by_slot else {"shift_needs": shifts}
    return Problem(7, (EARLY, LATE), people, weights=weights, slot=60, **needs)


@pytest.mark.parametrize("by_slot", [True, False])
def test_burdens_even_out_over_the_weeks(by_slot) -> None:
    history: tuple[Assignment, ...] = ()
    for _ in range(3):
        problem = replace(lates(Weights(drift=0, fairness=1), by_slot=by_slot), history=history)
        found = solve(problem, Budget(ticks=3))
        assert found.is_verified
        assert not [one for one in slacks_of(problem, found.roster) if one.kind == "under"]
        assert cost_of(problem, found.roster) == found.cost >= found.bound
        spread = fairness(problem, found.roster).spread
        history = tuple(replace(one, day=one.day - 7) for one in (*history, *found.roster))
    assert spread["lates"] <= 3  # of 21 among four; without the price 9 to 15


def test_who_carried_most_pays_most_and_others_nothing() -> None:
    problem = lates(Weights(fairness=2), by_slot=True)
    pattern = problem.patterns[1]
    past = (*(Assignment("a", -day, pattern) for day in (3, 4, 5)), Assignment("b", -60, pattern))
    problem = replace(problem, history=past)
    assert problem.carried["a"] == (3, 0) and problem.carried["b"] == (0, 0)
    parts = slacks_of(problem, [Assignment("a", 2, pattern), Assignment("a", 3, pattern), Assignment("b", 5, pattern)])
    assert [(one.kind, one.person, one.cost) for one in parts if one.kind in ("late", "weekend")] == [
        ("late", "a", 6), ("late", "a", 8),
    ]  # fmt: skip


def test_a_team_meets_in_sittings_and_the_desk_stays_covered() -> None:
    people = tuple(Person(f"p{one}", replace(TERMS, code="x")) for one in range(6))
    needs = tuple(SlotNeed(0, start, 4, 1) for start in range(480, 990, 30))
    problem = Problem(7, (DAY_SHIFT,), people, slot_needs=needs)
    last = Assignment("p5", 0, replace(MORNING, meal_start=780))
    roster = (*(Assignment(one.code, 0, MORNING) for one in people[:5]), last)
    team = Meeting(tuple(one.code for one in people), 60, 0, 1, sittings=3, label="team")
    after, sittings, unseated = seat(problem, roster, [team])
    assert unseated == () and verify(problem, after) == []
    assert sorted(len(one.people) for one in sittings) == [2, 2, 2]
    few = replace(team, sittings=1)
    _, sittings, left = seat(problem, roster, [few])
    assert len(sittings[0].people) + len(left) == 6 and len(sittings) == 1 and all(one.is_working for one in left)
    _, sittings, left = seat(problem, tuple(replace(one, is_pinned=True) for one in roster), [team])
    assert sittings == () and len(left) == 6


def test_pins_that_break_rules_stay_and_are_named() -> None:
    problem = desk()
    ana = replace(problem.person_of["ana"], days_off=frozenset({1}))
    by_hand = Pattern("day", 300, 900, 600, 30)
    pins = (
        Assignment("ana", 1, MORNING, is_pinned=True),
        Assignment("ben", 0, replace(MORNING, start=1140, meal_start=1380), is_pinned=True),
        Assignment("ben", 1, MORNING, is_pinned=True),
        *(Assignment("dee", day, by_hand, is_pinned=True) for day in range(6)),
    )
    problem = replace(problem, people=(ana, *problem.people[1:]), pinned=pins)
    found = solve(problem, Budget(ticks=3))
    assert set(pins) <= set(found.roster)
    named = {(one.rule, one.person) for one in found.breaches}
    assert {(Rule.AVAILABILITY, "ana"), (Rule.REST, "ben"), (Rule.MINUTES, "dee"), (Rule.RUN, "dee")} <= named
    alone = verify(replace(problem, people=tuple(_without_least(one) for one in problem.people)), pins)
    assert {(one.rule, one.person, one.day) for one in found.breaches} <= {
        (one.rule, one.person, one.day) for one in alone
    }


def _without_least(person: Person) -> Person:
    return replace(person, contract=replace(person.contract, min_minutes=0))


def test_planning_again_changes_little_and_keeps_what_lies_in_the_shifts() -> None:
    problem = week_of(6, seed=2, slot=60)
    team = Meeting(tuple(one.code for one in problem.people), 60, 0, 4, label="team")
    before = solve(problem, Budget(ticks=3), wanted=Wanted(meetings=(team,)))
    assert before.sittings and any(it.kind == Kind.MEETING for one in before.roster for it in one.activities)
    same = solve_again(problem, before.roster, Budget(ticks=3))
    assert changes(problem, before.roster, same).people <= 1
    sick = before.roster[0].person
    changed, left = without(problem, before.roster, sick, range(2))
    after = solve_again(changed, left, Budget(ticks=3))
    told = changes(changed, left, after)
    assert after.is_verified and not [one for one in after.roster if one.person == sick and one.day < 2]
    assert told.people < 4
    unmoved = {(one.person, one.day, one.pattern): one for one in left}
    assert all(unmoved.get((one.person, one.day, one.pattern), one) == one for one in after.roster)

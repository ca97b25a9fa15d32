"""Planning again when somebody is missing: what is left open, and what a new plan moves."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from .roster.cost import cost_of
from .roster.difference import Difference, difference
from .roster.options import without
from .roster.problem import Problem
from .roster.reasons import Unmet, unmet
from .roster.shifts import Activity, Assignment, Kind, Pattern, Roster

# A day that changes costs more than any wish and any drift, and about as much as five people missing for half an hour:
# a person is disturbed only where the desk would be short for long.
CHANGE = 50


@dataclass(frozen=True)
class Moved:
    """How much a new plan disturbs: people whose days change, and minutes on duty that came and went."""

    people: int
    minutes_added: int
    minutes_taken: int

    @property
    def minutes(self) -> int:
        return self.minutes_added + self.minutes_taken


def moved(found: Difference) -> Moved:
    """What a difference between two plans comes to."""
    return Moved(found.people, found.minutes_added, found.minutes_taken)


def gone(
    problem: Problem, roster: Iterable[Assignment], person: str, days: Iterable[int], today: int
) -> tuple[Problem, Roster]:
    """The problem and what stands of the roster when somebody does not come on some days. What began before `today` is
    past and pinned (a later day where people are told so long before); every later day that changes has its price."""
    left_problem, left = without(problem, roster, person, days)
    past = tuple(replace(one, is_pinned=True) for one in left if one.day < today)
    after = tuple(one for one in left if one.day >= today)
    pinned = {(one.person, one.day): one for one in (*left_problem.pinned, *past)}
    weights = replace(problem.weights, change=CHANGE)
    return replace(left_problem, pinned=tuple(pinned.values()), published=left, weights=weights), (*past, *after)


def holes(problem: Problem, before: Iterable[Assignment], after: Iterable[Assignment]) -> list[Unmet]:
    """Needs that are met less than before, the worst first: most people missing, then by day and time."""
    old = {_key(one): one.missing for one in unmet(problem, before)}
    found = [one for one in unmet(problem, after) if one.missing > old.get(_key(one), 0)]
    return sorted(found, key=lambda one: (-one.missing, one.day, one.start or 0, one.template, one.skill))


def _key(one: Unmet) -> tuple[int, str, int | None, str]:
    return one.day, one.template, one.start, one.skill


@dataclass(frozen=True)
class Weighed:
    """What one way costs, so that ways stand beside each other: days that change, needs of the week that stay unmet
    (half-hours or shifts), and minutes of overtime beyond those that people have anyway."""

    changed: int
    short: int
    overtime: int


def weighed(problem: Problem, before: Iterable[Assignment], after: Iterable[Assignment]) -> Weighed:
    """What becomes of a week by going one way instead of leaving it as it is."""
    before, after = tuple(before), tuple(after)
    changed = len(difference(problem, before, after).changes)
    return Weighed(changed, len(unmet(problem, after)), overtime_of(problem, after) - overtime_of(problem, before))


def overtime_of(problem: Problem, roster: Iterable[Assignment]) -> int:
    """Paid minutes beyond what each contract has before overtime begins; none where it was never asked."""
    paid: dict[str, int] = {}
    for one in roster:
        paid[one.person] = paid.get(one.person, 0) + one.pattern.paid
    limits = {one.code: one.contract.overtime_after for one in problem.people}
    return sum(max(0, minutes - limit) for code, minutes in paid.items() if (limit := limits.get(code)) is not None)


def taken(roster: Iterable[Assignment], given: Assignment) -> Roster:
    """The roster with somebody's day as a way has it."""
    return (*(one for one in roster if (one.person, one.day) != (given.person, given.day)), given)


def told_assignment(one: Assignment) -> dict[str, Any]:
    """An assignment as it is kept until somebody takes the plan."""
    pattern = one.pattern
    return {
        "person": one.person,
        "day": one.day,
        "pattern": [pattern.template, pattern.start, pattern.length, pattern.meal_start, pattern.meal_length],
        "inside": [[it.start, it.end, it.kind, it.label, it.part] for it in one.activities],
    }


def read_assignment(told: Mapping[str, Any]) -> Assignment:
    """An assignment from what was kept of it."""
    inside = tuple(Activity(start, end, Kind(kind), *rest) for start, end, kind, *rest in told["inside"])
    return Assignment(told["person"], told["day"], Pattern(*told["pattern"]), inside, origin="repair")


def proposal_of(problem: Problem, before: Roster, after: Roster) -> dict[str, Any]:
    """A new plan as it is kept until somebody takes it: the days that change, whom they touch, what both plans cost."""
    found = difference(problem, before, after)
    now = {(one.person, one.day): one for one in after}
    was = {(one.person, one.day): one for one in before}
    days = []
    for one in found.changes:
        key = (one.person, one.day)
        days.append(
            {
                "person": one.person,
                "day": one.day,
                "was": told_assignment(was[key]) if key in was else None,
                "now": told_assignment(now[key]) if key in now else None,
            }
        )
    plain = replace(problem, weights=replace(problem.weights, change=0))
    return {
        "days": days,
        **asdict(moved(found)),
        **asdict(weighed(problem, before, after)),
        "cost_before": cost_of(plain, before),
        "cost": cost_of(plain, after),
    }

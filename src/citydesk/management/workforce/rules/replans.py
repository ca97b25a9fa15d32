"""Planning again when somebody is missing: what is left open, and what a new plan moves."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from .roster.difference import Difference
from .roster.options import without
from .roster.problem import Problem
from .roster.reasons import Unmet, unmet
from .roster.shifts import Assignment, Roster

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
    past and pinned; every later day that changes has its price."""
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

"""What can be done by hand about a hole: three ranked ways, each of which keeps every rule."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from .cost import cost_of, personal_slacks
from .people import Person
from .problem import Problem, lines_of
from .reasons import Unmet, explain, meets
from .shifts import Assignment, Pattern, Roster
from .verifier import verify_person


@dataclass(frozen=True)
class Option:
    """One way to fill a hole by hand: who, what they would work instead of what, and what the roster then costs."""

    person: str
    pattern: Pattern
    instead: Pattern | None
    saves: int  # what the whole roster costs less; below 0 it costs more
    minutes: int  # paid minutes that change hands or are added


def options(problem: Problem, roster: Iterable[Assignment], hole: Unmet, count: int = 3) -> list[Option]:
    """The best ways to fill a hole by changing one person's day, ranked by what the roster then costs, then by the
    minutes moved; one way for each person. All of them keep every rule; there may be fewer than `count`."""
    roster = tuple(roster)
    lines = lines_of(roster)
    day = replace(
        problem,
        people=tuple(replace(one, requests=()) for one in problem.people),
        shift_needs=tuple(one for one in problem.shift_needs if one.day == hole.day),
        slot_needs=tuple(one for one in problem.slot_needs if one.day == hole.day),
        weights=replace(problem.weights, drift=0, change=0, fairness=0),
    )
    there = [one for one in roster if one.day == hole.day]
    found = []
    for one in explain(problem, roster, hole):
        if one.is_able:
            ways = _ways(problem, problem.person_of[one.person], lines.get(one.person, {}), hole)
            found.append(min((_option(problem, day, lines, there, way) for way in ways), key=_rank))
    return sorted(found, key=_rank)[:count]


def _rank(one: Option) -> tuple[int, int, str]:
    return (-one.saves, one.minutes, one.person)


def _ways(problem: Problem, person: Person, days: dict[int, Assignment], hole: Unmet) -> list[Assignment]:
    """Every way in which somebody may meet the hole without a breach that was not there before."""
    standing = set(verify_person(problem, person, days.values()))
    found = []
    for pattern in problem.patterns:
        if meets(problem, person, pattern, hole):
            given = Assignment(person.code, hole.day, pattern, origin="manual")
            if set(verify_person(problem, person, {**days, hole.day: given}.values())) <= standing:
                found.append(given)
    return found


def _option(
    problem: Problem, day: Problem, lines: dict[str, dict[int, Assignment]], there: list[Assignment], way: Assignment
) -> Option:
    days = lines.get(way.person, {})
    held = days.get(way.day)
    after = [*(one for one in there if one is not held), way]
    before, now = _personal(problem, way.person, days), _personal(problem, way.person, {**days, way.day: way})
    saves = cost_of(day, there) - cost_of(day, after) + before - now
    instead = held.pattern if held else None
    return Option(way.person, way.pattern, instead, saves, _moved(way.pattern, instead))


def _personal(problem: Problem, code: str, days: dict[int, Assignment]) -> int:
    return sum(one.cost for one in personal_slacks(problem, code, days))


def _moved(now: Pattern, was: Pattern | None) -> int:
    """Minutes on duty that are not where they were."""
    if was is None:
        return now.paid
    both = max(0, min(now.end, was.end) - max(now.start, was.start))
    return now.length + was.length - 2 * both


def without(problem: Problem, roster: Iterable[Assignment], person: str, days: Iterable[int]) -> tuple[Problem, Roster]:
    """The problem and the roster after somebody reports sick: those days are off for them, and the weekly least of
    their contract is not asked, since they are paid without working."""
    gone = frozenset(days)
    people = tuple(
        replace(one, days_off=one.days_off | gone, contract=replace(one.contract, min_minutes=0, min_run=1, min_off=1))
        if one.code == person
        else one
        for one in problem.people
    )
    pinned = tuple(one for one in problem.pinned if one.person != person or one.day not in gone)
    left = tuple(one for one in roster if one.person != person or one.day not in gone)
    return replace(problem, people=people, pinned=pinned), left

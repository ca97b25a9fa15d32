"""Why nobody takes an unmet shift or interval: each person is tried, and the verifier says what stands against it."""

from collections.abc import Iterable
from dataclasses import dataclass

from .cost import count_there, personal_slacks
from .people import Person
from .problem import Problem, SlotNeed, lines_of
from .shifts import Assignment, Pattern
from .verifier import Breach, Rule, verify_person


@dataclass(frozen=True)
class Unmet:
    """A need with fewer people than it asks for. `template` names a shift, `start` an interval."""

    day: int
    missing: int
    template: str = ""
    start: int | None = None
    skill: str = ""


@dataclass(frozen=True)
class Candidate:
    """Somebody who does not take an unmet need: the breaches of the way that breaks fewest rules, or, where no rule
    stands against it, what it would cost this person's requests and what they do already."""

    person: str
    breaches: tuple[Breach, ...]
    cost: int
    is_working: bool  # works that day already, at other times
    pattern: Pattern | None

    @property
    def is_able(self) -> bool:
        """Whether only the cost keeps them from it."""
        return not self.breaches and self.pattern is not None


def unmet(problem: Problem, roster: Iterable[Assignment]) -> list[Unmet]:
    """Every need below its requirement or target, by day."""
    roster = tuple(roster)
    there: dict[tuple[int, str], int] = {}
    by_day: dict[int, list[Assignment]] = {}
    for one in roster:
        there[one.day, one.pattern.template] = there.get((one.day, one.pattern.template), 0) + 1
        by_day.setdefault(one.day, []).append(one)
    found = [
        Unmet(need.day, need.required - there.get((need.day, need.template), 0), template=need.template)
        for need in problem.shift_needs
    ]
    found += [
        Unmet(need.day, need.target - count_there(problem, need, by_day.get(need.day, ())), "", need.start, need.skill)
        for need in problem.slot_needs
    ]
    return sorted((one for one in found if one.missing > 0), key=lambda one: (one.day, one.start or 0, one.template))


def explain(problem: Problem, roster: Iterable[Assignment], hole: Unmet) -> list[Candidate]:
    """Everybody who is not there already, those first who could come and cost least."""
    lines = lines_of(roster)
    found = [
        _candidate(problem, person, lines.get(person.code, {}), hole)
        for person in problem.people
        if not _is_there(problem, person, lines.get(person.code, {}), hole)
    ]
    return sorted(found, key=lambda one: (not one.is_able, len(one.breaches), one.cost, one.person))


def _is_there(problem: Problem, person: Person, days: dict[int, Assignment], hole: Unmet) -> bool:
    held = days.get(hole.day)
    return held is not None and meets(problem, person, held.pattern, hole)


def meets(problem: Problem, person: Person, pattern: Pattern, hole: Unmet) -> bool:
    """Whether somebody who works this pattern on the hole's day counts for it."""
    if hole.start is None:
        return pattern.template == hole.template
    has_skill = not hole.skill or hole.skill in person.skills
    return (
        has_skill
        and count_there(problem, SlotNeed(hole.day, hole.start, 1), [Assignment(person.code, hole.day, pattern)]) > 0
    )


def _candidate(problem: Problem, person: Person, days: dict[int, Assignment], hole: Unmet) -> Candidate:
    """Try each way of meeting the need, beside what the person does already, and keep the best."""
    held = days.get(hole.day)
    before = sum(one.cost for one in personal_slacks(problem, person.code, days))
    standing = set(verify_person(problem, person, days.values()))
    best: Candidate | None = None
    for pattern in problem.patterns:
        if not meets(problem, person, pattern, hole):
            continue
        tried = {**days, hole.day: Assignment(person.code, hole.day, pattern, origin="manual")}
        fresh = tuple(one for one in verify_person(problem, person, tried.values()) if one not in standing)
        if held is not None and held.is_pinned:
            fresh += (Breach(Rule.PINNED, person.code, hole.day, f"{held.pattern.template} is pinned"),)
        cost = sum(one.cost for one in personal_slacks(problem, person.code, tried)) - before
        one = Candidate(person.code, fresh, cost, held is not None, pattern)
        if best is None or (len(one.breaches), one.cost) < (len(best.breaches), best.cost):
            best = one
        if not fresh and cost <= 0:
            break
    return best or _without_skill(person, hole, held is not None)


def _without_skill(person: Person, hole: Unmet, is_working: bool) -> Candidate:
    text = f"has not the skill {hole.skill}" if hole.skill else "no shift reaches this interval"
    breach = Breach(Rule.SKILL if hole.skill else Rule.UNKNOWN, person.code, hole.day, text)
    return Candidate(person.code, (breach,), 0, is_working, None)

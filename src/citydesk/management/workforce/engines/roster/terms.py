"""One person's contract as arrays: which patterns are alike, what may follow what, what is counted up to where."""

from dataclasses import dataclass
from functools import reduce
from math import gcd

import numpy as np

from citydesk.management.workforce.rules.roster.people import DAY, SATURDAY, SUNDAY, Person
from citydesk.management.workforce.rules.roster.problem import Problem
from citydesk.management.workforce.rules.roster.shifts import Pattern

FORBIDDEN = np.inf


@dataclass(frozen=True)
class Counted:
    """Something that is counted along a line: how much each kind of day adds, the least and most, when it is counted
    anew (after these days), and after which of those the least is asked."""

    name: str
    adds: tuple[int, ...]
    least: int
    most: int
    ends: frozenset[int]
    asked: frozenset[int]
    is_weekend: bool = False
    is_vital: bool = True  # others are left out until a line breaks them


@dataclass(frozen=True)
class Terms:
    """What bounds one person's line of days."""

    allowed: np.ndarray  # day x pattern
    kind_of: np.ndarray  # pattern to kind, -1 where it is never worked
    members: tuple[np.ndarray, ...]  # kind to patterns
    after: tuple[tuple[int, ...], ...]  # kind to the kinds it may follow
    counted: tuple[Counted, ...]
    max_run: int
    min_run: int
    min_off: int
    horizon: int
    before: tuple[int, int]  # kind and days in a row before day 0; (-1, 0) after a day off
    must: frozenset[int]  # days that are pinned to a pattern
    exempt: frozenset[int]  # days pinned like the day before: what may not follow what is not asked between them
    saturdays: frozenset[int]
    sundays: frozenset[int]


def terms_of(problem: Problem, person: Person, held: dict[int, int | None] | None = None) -> Terms:
    """The arrays of a person. `held` fixes days, whatever stands against it: a pattern's number, or None for off."""
    last = [one for one in problem.history if one.person == person.code and one.day == -1]
    allowed = _after_history(problem, person, _allowed(problem, person), last[0].pattern if last else None)
    for day, number in (held or {}).items():
        allowed[day] = False
        if number is not None:
            allowed[day, number] = True
    must = frozenset(day for day, number in (held or {}).items() if number is not None)
    used = np.flatnonzero(allowed.any(axis=0))
    follows = _follows(problem, person, used, last[0].pattern if last else None)
    kinds, first = _group(problem, person, used, follows)
    kind_of = np.full(len(problem.patterns), -1)
    for number, members in enumerate(kinds):
        kind_of[members] = number
    after = tuple(
        tuple(other for other, them in enumerate(kinds) if follows[_at(used, them[0]), _at(used, members[0])])
        for members in kinds
    )
    counted = _counted(problem, person, [problem.patterns[members[0]] for members in kinds])
    horizon = problem.horizon
    return Terms(
        allowed=allowed,
        kind_of=kind_of,
        members=tuple(kinds),
        after=after,
        counted=counted,
        max_run=min(person.contract.max_run, horizon + _run_before(problem, person)),
        min_run=person.contract.min_run,
        min_off=max(1, person.contract.min_off),
        horizon=horizon,
        before=(first, _run_before(problem, person)),
        must=must,
        exempt=frozenset(day for day in must if day - 1 in must),
        saturdays=frozenset(day for day in range(horizon) if problem.weekday(day) == SATURDAY),
        sundays=frozenset(day for day in range(horizon) if problem.weekday(day) == SUNDAY),
    )


def _at(used: np.ndarray, number: int) -> int:
    return int(np.searchsorted(used, number))


def _allowed(problem: Problem, person: Person) -> np.ndarray:
    """Which pattern may be worked on which day, as far as that depends on nothing else."""
    terms, limits = person.contract, dict(person.contract.max_of)
    found = np.zeros((problem.horizon, len(problem.patterns)), dtype=bool)
    if person.is_minor:
        return found
    days = [
        day for day in range(problem.horizon) if day not in person.days_off and problem.weekday(day) in terms.weekdays
    ]
    given = {(one.day, one.pattern) for one in problem.published if one.person == person.code}
    for number, pattern in enumerate(problem.patterns):
        template = problem.template_of[pattern.template]
        is_extra = number >= len(problem.patterns) - len(problem.extra)
        if limits.get(template.code, 1) < 1 or (template.skill and template.skill not in person.skills):
            continue
        if pattern.start < terms.earliest or pattern.end > terms.latest:
            continue
        for day in days:
            is_open = problem.weekday(day) in template.weekdays and (not is_extra or (day, pattern) in given)
            found[day, number] = is_open and not _is_away(person, day, pattern)
    return found


def _is_away(person: Person, day: int, pattern: Pattern) -> bool:
    return any(
        away.start + (away.day - day) * DAY < pattern.end and pattern.start < away.end + (away.day - day) * DAY
        for away in person.away
    )


def _after_history(problem: Problem, person: Person, allowed: np.ndarray, last: Pattern | None) -> np.ndarray:
    if last is not None and problem.horizon:
        for number, pattern in enumerate(problem.patterns):
            if not problem.may_follow(last, pattern, person.contract.min_rest):
                allowed[0, number] = False
    return allowed


def _run_before(problem: Problem, person: Person) -> int:
    days = {one.day for one in problem.history if one.person == person.code}
    run = 0
    while -1 - run in days:
        run += 1
    return run


def _follows(problem: Problem, person: Person, used: np.ndarray, last: Pattern | None) -> np.ndarray:
    """Of the patterns that are used: whether the second may be worked the day after the first."""
    rest = person.contract.min_rest
    patterns = [problem.patterns[number] for number in used]
    return np.array(
        [[problem.may_follow(one, other, rest) for other in patterns] for one in patterns], dtype=bool
    ).reshape(len(patterns), len(patterns))


def _group(problem: Problem, person: Person, used: np.ndarray, follows: np.ndarray) -> tuple[list[np.ndarray], int]:
    """Patterns that no rule tells apart are one kind: the same pay, the same neighbors, the same bounded template."""
    limits = dict(person.contract.max_of)
    found: dict[tuple[object, ...], list[int]] = {}
    for place, number in enumerate(used):
        pattern = problem.patterns[number]
        limited = pattern.template if pattern.template in limits else ""
        key = (pattern.paid, limited, follows[place].tobytes(), follows[:, place].tobytes())
        found.setdefault(key, []).append(int(number))
    # The kind before day 0 only matters through what may be worked on day 0, which is settled already.
    return [np.array(members) for members in found.values()], 0 if found else -1


def _counted(problem: Problem, person: Person, kinds: list[Pattern]) -> tuple[Counted, ...]:
    """Minutes by period, weekends, days by period, calendar weeks' overtime, and how many of a template."""
    terms, horizon = person.contract, problem.horizon
    unit = reduce(gcd, (one.paid for one in kinds), 0) or 1
    ends = frozenset(range(terms.period_days - 1, horizon, terms.period_days))
    minutes = tuple(one.paid // unit for one in kinds)
    least = -(-terms.min_minutes // unit)
    most = min(terms.max_minutes // unit, max(minutes, default=0) * min(terms.period_days, horizon))
    found = [Counted("minutes", minutes, least, max(0, most), ends, ends)]
    if terms.max_weekends is not None:
        found.append(Counted("weekends", (1,) * len(kinds), 0, terms.max_weekends, frozenset(), frozenset(), True))
    ones = (1,) * len(kinds)
    if terms.max_days is not None and terms.max_days < terms.period_days:
        found.append(Counted("days", ones, 0, terms.max_days, ends, frozenset(), is_vital=False))
    if terms.overtime_after is not None:
        sundays = frozenset(day for day in range(horizon) if problem.weekday(day) == SUNDAY)
        weekly = (terms.overtime_after + person.approved_overtime) // unit
        found.append(Counted("overtime", minutes, 0, weekly, sundays, frozenset(), is_vital=False))
    for code, limit in terms.max_of:
        if 0 < limit < horizon:
            adds = tuple(int(one.template == code) for one in kinds)
            found.append(Counted(code, adds, 0, limit, frozenset(), frozenset(), is_vital=False))
    return tuple(found)

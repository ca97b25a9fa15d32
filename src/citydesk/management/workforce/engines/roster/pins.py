"""What is pinned stays, whatever rules stand against it: the rules give way as far as the pins alone break them."""

from dataclasses import replace

import numpy as np

from citydesk.management.workforce.rules.roster.people import Contract, Person
from citydesk.management.workforce.rules.roster.problem import Problem
from citydesk.management.workforce.rules.roster.shifts import Assignment

from .line import Liner
from .terms import Terms, terms_of


def widened(problem: Problem) -> Problem:
    """The problem with every way of working that is pinned or published and that no template allows."""
    known = {*problem.patterns}
    given = {
        one.pattern for one in (*problem.pinned, *problem.published) if one.pattern.template in problem.template_of
    }
    return replace(problem, extra=(*problem.extra, *sorted(given - known, key=repr))) if given - known else problem


def held_days(problem: Problem, person: Person) -> dict[int, int | None]:
    """Day to the number of the pattern that is pinned on it."""
    number = {one: place for place, one in enumerate(problem.patterns)}
    return {one.day: number[one.pattern] for one in problem.pinned if one.person == person.code}


def kept_terms(problem: Problem, person: Person) -> Terms:
    """A person's terms with their pins. Where no line holds beside them, first the most that a contract allows gives
    way as far as the pins go beyond it, then the least is no longer asked. The verifier still names what is broken."""
    held = held_days(problem, person)
    terms = terms_of(problem, person, held)
    if not held or _has_line(terms):
        return terms
    pinned = sorted((one for one in problem.pinned if one.person == person.code), key=lambda one: one.day)
    looser = _looser(problem, person, pinned)
    terms = terms_of(problem, looser, held)
    if _has_line(terms):
        return terms
    least = replace(looser.contract, min_minutes=0, min_run=1, min_off=1)
    return terms_of(problem, replace(looser, contract=least), held)


def _has_line(terms: Terms) -> bool:
    return bool(Liner(terms).best(np.zeros(terms.allowed.shape)))


def _looser(problem: Problem, person: Person, pinned: list[Assignment]) -> Person:
    """The person with a contract that the pins alone do not break."""
    terms = person.contract
    periods: dict[int, list[Assignment]] = {}
    weeks: dict[int, int] = {}
    for one in pinned:
        periods.setdefault(one.day // terms.period_days, []).append(one)
        weeks[problem.week(one.day)] = weeks.get(problem.week(one.day), 0) + one.pattern.paid
    days = max(len(them) for them in periods.values())
    weekends = len({problem.week(one.day) for one in pinned if problem.is_weekend(one.day)})
    counts = {code: sum(one.pattern.template == code for one in pinned) for code, _ in terms.max_of}
    contract = replace(
        terms,
        max_minutes=max(terms.max_minutes, *(sum(one.pattern.paid for one in them) for them in periods.values())),
        max_days=None if terms.max_days is None else max(terms.max_days, days),
        max_run=max(terms.max_run, _longest(problem, person, pinned)),
        max_weekends=None if terms.max_weekends is None else max(terms.max_weekends, weekends),
        max_of=tuple((code, max(most, counts[code])) for code, most in terms.max_of),
    )
    return replace(person, contract=contract, approved_overtime=_overtime(person, contract, max(weeks.values())))


def _overtime(person: Person, terms: Contract, most: int) -> int:
    after = terms.overtime_after
    return person.approved_overtime if after is None else max(person.approved_overtime, most - after)


def _longest(problem: Problem, person: Person, pinned: list[Assignment]) -> int:
    """The most days in a row of pins, with what was worked right before the first day."""
    earlier = {one.day for one in problem.history if one.person == person.code and one.day < 0}
    worked = earlier | {one.day for one in pinned}
    longest = 0
    for first in worked:
        length = 1
        while first + length in worked:
            length += 1
        longest = max(longest, length if first + length > 0 else 0)
    return longest

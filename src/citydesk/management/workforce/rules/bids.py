"""Bids for an open shift: who may take it, and in which order they are offered to whoever decides."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .roster.problem import Problem
from .roster.shifts import Assignment, Pattern, Roster
from .roster.verifier import Breach
from .swaps import judge


@dataclass(frozen=True)
class Bid:
    """Somebody would take the shift. `placed` orders the bids by when they came."""

    person: str
    placed: int


@dataclass(frozen=True)
class RankedBid:
    """A bid with what it would break, paid minutes of that week with it, those beyond the contract's limit of
    overtime, and how many open shifts the person was given in the last eight weeks."""

    person: str
    fresh: tuple[Breach, ...]
    minutes: int
    overtime: int
    given: int
    placed: int

    @property
    def is_clean(self) -> bool:
        return not self.fresh


def given_to(roster: Iterable[Assignment], person: str, day: int, pattern: Pattern) -> Roster:
    """The roster with the open shift given to somebody."""
    return (*roster, Assignment(person, day, pattern, origin="bid"))


def rank_bids(
    problem: Problem,
    roster: Iterable[Assignment],
    day: int,
    pattern: Pattern,
    bids: Iterable[Bid],
    given: Mapping[str, int],
) -> list[RankedBid]:
    """Bids that break nothing first, then without overtime, then who was given fewest, works least, came first."""
    roster = tuple(roster)
    found = [_ranked(problem, roster, day, pattern, bid, given.get(bid.person, 0)) for bid in bids]
    return sorted(found, key=lambda one: (len(one.fresh), one.overtime, one.given, one.minutes, one.placed))


def _ranked(problem: Problem, roster: Roster, day: int, pattern: Pattern, bid: Bid, given: int) -> RankedBid:
    judged = judge(problem, roster, given_to(roster, bid.person, day, pattern))
    week = problem.week(day)
    minutes = pattern.paid + sum(
        one.pattern.paid for one in roster if one.person == bid.person and problem.week(one.day) == week
    )
    person = problem.person_of.get(bid.person)
    after = person.contract.overtime_after if person else None
    overtime = 0 if after is None else max(0, minutes - after)
    return RankedBid(bid.person, judged.fresh, minutes, overtime, given, bid.placed)

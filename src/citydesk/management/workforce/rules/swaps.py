"""Swaps: two people exchange shifts, or one takes the other's. What it would break is what the verifier says afterwards
and did not say before, of both people and of the desk."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from .roster.difference import Difference, difference
from .roster.problem import Problem
from .roster.shifts import Assignment, Roster
from .roster.verifier import Breach, verify


class SwapState(StrEnum):
    """Offered to a colleague, accepted by them, decided by somebody who is neither of the two."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    APPROVED = "approved"
    DENIED = "denied"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"  # the first of its shifts began, or is not as it was


NEXT: Mapping[SwapState, frozenset[SwapState]] = {
    SwapState.OFFERED: frozenset(
        {SwapState.ACCEPTED, SwapState.DECLINED, SwapState.WITHDRAWN, SwapState.LAPSED}
    ),
    SwapState.ACCEPTED: frozenset(
        {SwapState.APPROVED, SwapState.DENIED, SwapState.WITHDRAWN, SwapState.LAPSED}
    ),
}  # fmt: skip
LIVE = frozenset(NEXT)


class NoSuchShift(ValueError):
    """A swap names a shift that its person does not have."""


@dataclass(frozen=True)
class Exchange:
    """`giver` gives the shift of `day` to `taker`, who gives theirs of `back` in return, or nothing."""

    giver: str
    day: int
    taker: str
    back: int | None = None


@dataclass(frozen=True)
class Judged:
    """The roster after a change, what it breaks that was whole before, and what it changes."""

    roster: Roster
    fresh: tuple[Breach, ...]
    difference: Difference

    @property
    def is_clean(self) -> bool:
        return not self.fresh


def may_become(state: str, then: SwapState) -> bool:
    """Whether a swap may go on to another state."""
    return then in NEXT.get(SwapState(state), frozenset())


def exchanged(roster: Iterable[Assignment], it: Exchange) -> Roster:
    """The roster with the shifts exchanged. Done twice with the people turned round, it is the roster as it was.

    Raises `NoSuchShift` when one of the two has no such shift.
    """
    roster = tuple(roster)
    given = _shift(roster, it.giver, it.day)
    back = None if it.back is None else _shift(roster, it.taker, it.back)
    left = [one for one in roster if one is not given and one is not back]
    left.append(replace(given, person=it.taker, origin="swap"))
    if back is not None:
        left.append(replace(back, person=it.giver, origin="swap"))
    return tuple(sorted(left, key=lambda one: (one.person, one.day)))


def _shift(roster: Roster, person: str, day: int) -> Assignment:
    found = next((one for one in roster if one.person == person and one.day == day), None)
    if found is None:
        raise NoSuchShift(f"{person} has no shift on day {day}")
    return found


def judge_exchange(problem: Problem, roster: Iterable[Assignment], it: Exchange) -> Judged:
    """What an exchange would break and change. Raises `NoSuchShift`."""
    roster = tuple(roster)
    return judge(problem, roster, exchanged(roster, it))


def judge(problem: Problem, before: Iterable[Assignment], after: Iterable[Assignment]) -> Judged:
    """What a change of a published roster breaks that was whole, by the verifier, of everybody and of the desk.

    How a shift is worked was settled when it was published: only that somebody else works it is judged.
    """
    open_problem = replace(problem, pinned=(), published=())
    was, now = _settled(before), _settled(after)
    fresh = Counter(verify(open_problem, now)) - Counter(verify(open_problem, was))
    return Judged(tuple(after), tuple(fresh.elements()), difference(open_problem, was, now))


def _settled(roster: Iterable[Assignment]) -> Roster:
    return tuple(replace(one, is_pinned=True) for one in roster)


def why_not_decide(who: int | None, parties: Iterable[int], reached: Iterable[int]) -> str:
    """Why somebody may not decide a change of other people's shifts: `own` where they are part of it, `out_of_reach`
    where one of the people is not theirs to plan; empty where they may."""
    parties = set(parties)
    if who in parties:
        return "own"
    return "" if parties <= set(reached) else "out_of_reach"

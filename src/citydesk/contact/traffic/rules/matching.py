"""One contact, two records: a leg of the switch and a contact of the desk, paired by agent, time and number.

Every pair that lies near enough in time is scored; the best come first; each leg and each contact is used once. The
points stand below and in docs/rules/traffic.md. What does not reach `ENOUGH` is not paired: it goes on a list.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

VERSION = 1
# A clerk opens the contact up to so long before the answer, and up to so long after the end of the call.
BEFORE = timedelta(minutes=2)
AFTER = timedelta(minutes=5)
ENOUGH = 60
SAME_AGENT, OTHER_AGENT = 40, -30
SAME_NUMBER, OTHER_NUMBER = 40, -25
# Opened within ten seconds of the answer: all points; then one less for every ten seconds. During the call at least 20.
NEAREST = 40
DURING = 20
_STEP = 10


@dataclass(frozen=True)
class Spoken:
    """An answered leg. `number` in digits, empty when the switch hid it; `agent_id` None for a name nobody knows."""

    id: int
    agent_id: int | None
    answered_at: datetime
    ended_at: datetime
    number: str = ""


@dataclass(frozen=True)
class Contact:
    """A contact of the desk; `numbers` are all that were told in it."""

    id: int
    agent_id: int | None
    started_at: datetime
    numbers: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Match:
    """A pair with its score and the reasons for it: codes, with seconds where they say how far apart."""

    leg_id: int
    contact_id: int
    score: int
    reasons: tuple[str, ...]


def score_of(leg: Spoken, contact: Contact) -> tuple[int, tuple[str, ...]]:
    """Points of a pair and why; 0 points when the times are too far apart."""
    if not leg.answered_at - BEFORE <= contact.started_at <= leg.ended_at + AFTER:
        return 0, ("too_far",)
    points, reason = _time(leg, contact)
    reasons = [reason]
    if leg.agent_id is not None and contact.agent_id is not None:
        is_same = leg.agent_id == contact.agent_id
        points += SAME_AGENT if is_same else OTHER_AGENT
        reasons.append("same_agent" if is_same else "other_agent")
    if leg.number and contact.numbers:
        is_same = any(same_number(leg.number, one) for one in contact.numbers)
        points += SAME_NUMBER if is_same else OTHER_NUMBER
        reasons.append("same_number" if is_same else "other_number")
    return max(points, 0), tuple(reasons)


def _time(leg: Spoken, contact: Contact) -> tuple[int, str]:
    apart = abs(int((contact.started_at - leg.answered_at).total_seconds()))
    near = max(NEAREST - max(apart - _STEP, 0) // _STEP, 0)
    is_during = leg.answered_at <= contact.started_at <= leg.ended_at
    return (max(near, DURING), f"during:{apart}") if is_during else (near, f"near:{apart}")


def same_number(one: str, other: str) -> bool:
    """Whether two numbers in digits end alike: ten digits, or all of the shorter when it has at least seven."""
    length = min(len(one), len(other), 10)
    return length >= 7 and one[-length:] == other[-length:]


def match_contacts(legs: Iterable[Spoken], contacts: Iterable[Contact]) -> list[Match]:
    """The pairs, best first. The outcome does not depend on the order in which legs and contacts are given."""
    ordered = sorted(contacts, key=lambda one: (one.started_at, one.id))
    begins = [one.started_at for one in ordered]
    pairs = [pair for leg in legs for pair in _pairs_of(leg, ordered, begins)]
    used_legs: set[int] = set()
    used_contacts: set[int] = set()
    found = []
    for _rank, one in sorted(pairs, key=lambda pair: pair[0]):
        if one.leg_id not in used_legs and one.contact_id not in used_contacts:
            used_legs.add(one.leg_id)
            used_contacts.add(one.contact_id)
            found.append(one)
    return found


def _pairs_of(
    leg: Spoken, ordered: Sequence[Contact], begins: Sequence[datetime]
) -> list[tuple[tuple[int, int, int, int], Match]]:
    pairs = []
    place = bisect_left(begins, leg.answered_at - BEFORE)
    while place < len(ordered) and begins[place] <= leg.ended_at + AFTER:
        contact = ordered[place]
        points, reasons = score_of(leg, contact)
        if points >= ENOUGH:
            apart = abs(int((contact.started_at - leg.answered_at).total_seconds()))
            pairs.append(((-points, apart, leg.id, contact.id), Match(leg.id, contact.id, points, reasons)))
        place += 1
    return pairs

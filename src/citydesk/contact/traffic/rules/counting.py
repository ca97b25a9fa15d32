"""Legs counted into sums. Only sums are kept: every rate is one sum by another, and a day is the sum of its slots."""

from collections.abc import Iterable
from dataclasses import dataclass, fields

from citydesk.contact.traffic.choices import LegOutcome, TransferKind, TransferReach
from citydesk.contact.traffic.rules.legs import LegRecord


@dataclass(frozen=True, kw_only=True)
class Sums:
    """What is counted of a queue in a slot; sums of slots are the sums of a day. Seconds whole, `_s`.

    `abandoned` are those who left at or after the short-abandon time, `short_abandoned` before it; `abandoned_within`
    counts both, where they left within the threshold. `removed_within` are callbacks and other exits within it. Of the
    `transfers` some went to ourselves, some to others, and of the rest nobody knows where they went.
    """

    offered: int = 0
    answered: int = 0
    answered_within: int = 0
    abandoned: int = 0
    short_abandoned: int = 0
    abandoned_within: int = 0
    removed_within: int = 0
    timeouts: int = 0
    key_exits: int = 0
    empty_exits: int = 0
    callbacks: int = 0
    moved: int = 0
    system_drops: int = 0
    still_open: int = 0
    handled: int = 0
    transfers: int = 0
    transfers_internal: int = 0
    transfers_external: int = 0
    with_hold: int = 0
    refusals: int = 0
    wait_answered_s: int = 0
    wait_all_s: int = 0
    talk_s: int = 0
    hold_s: int = 0
    acw_s: int = 0

    def __add__(self, other: "Sums") -> "Sums":
        return Sums(**{name: getattr(self, name) + getattr(other, name) for name in FACT_COLUMNS})


FACT_COLUMNS = tuple(one.name for one in fields(Sums))
# Which sum a counted outcome goes to.
SUM_OF = {
    LegOutcome.ANSWERED: "answered",
    LegOutcome.ABANDONED: "abandoned",
    LegOutcome.SHORT_ABANDONED: "short_abandoned",
    LegOutcome.TIMEOUT: "timeouts",
    LegOutcome.KEY_EXIT: "key_exits",
    LegOutcome.EMPTY_EXIT: "empty_exits",
    LegOutcome.CALLBACK_REQUESTED: "callbacks",
    LegOutcome.MOVED: "moved",
    LegOutcome.SYSTEM_DROP: "system_drops",
    LegOutcome.OPEN: "still_open",
}
# Removals from the queue that are neither an answer nor a caller leaving, and that the office meant to happen.
REMOVALS = frozenset(
    {
        LegOutcome.TIMEOUT,
        LegOutcome.KEY_EXIT,
        LegOutcome.EMPTY_EXIT,
        LegOutcome.CALLBACK_REQUESTED,
        LegOutcome.MOVED,
    }
)


def counted_outcome(outcome: LegOutcome, wait_s: int, short_abandon_s: int) -> LegOutcome:
    """How a leg is counted: an abandon before `short_abandon_s` seconds of waiting is a short one."""
    if outcome == LegOutcome.ABANDONED and wait_s < short_abandon_s:
        return LegOutcome.SHORT_ABANDONED
    return outcome


def count_leg(leg: LegRecord, *, threshold_s: int, short_abandon_s: int) -> Sums:
    """What one incoming leg adds. The database counts in the same way; a test holds them together."""
    outcome = counted_outcome(leg.outcome, leg.wait_s, short_abandon_s)
    has_left = leg.wait_ended_at is not None
    is_within = has_left and leg.wait_s <= threshold_s
    is_answered = outcome == LegOutcome.ANSWERED
    is_handled = is_answered and leg.ended_at is not None
    is_passed = is_answered and leg.transfer_kind != TransferKind.NONE
    return Sums(
        offered=1,
        answered_within=int(is_answered and is_within),
        abandoned_within=int(leg.outcome == LegOutcome.ABANDONED and is_within),
        removed_within=int(outcome in REMOVALS and is_within),
        handled=int(is_handled),
        transfers=int(is_passed),
        transfers_internal=int(is_passed and leg.transfer_reach == TransferReach.INTERNAL),
        transfers_external=int(is_passed and leg.transfer_reach == TransferReach.EXTERNAL),
        with_hold=int(is_handled and leg.hold_s > 0),
        refusals=leg.refusals,
        wait_answered_s=leg.wait_s if is_answered else 0,
        wait_all_s=leg.wait_s,
        talk_s=leg.talk_s if is_handled else 0,
        hold_s=leg.hold_s if is_handled else 0,
        acw_s=leg.acw_s if is_handled else 0,
        **{SUM_OF[outcome]: 1},
    )


def count_legs(legs: Iterable[LegRecord], *, threshold_s: int, short_abandon_s: int) -> Sums:
    """The sums of legs."""
    total = Sums()
    for one in legs:
        total += count_leg(one, threshold_s=threshold_s, short_abandon_s=short_abandon_s)
    return total


def is_whole(sums: Sums) -> bool:
    """I1: offered is the sum of all outcomes. The published sum leaves out legs moved to another queue while waiting;
    here they are named, so that nothing offered is without an outcome."""
    return sums.offered == sum(getattr(sums, name) for name in SUM_OF.values())

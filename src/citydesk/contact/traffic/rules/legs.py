"""What a source tells, in our words, whichever switch it came from: legs, agents' states, counts, oddities.

Legs and states are named tuples: a log has them by the hundred thousand, and a frozen dataclass takes twice as long to
make.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from citydesk.contact.traffic.choices import (
    AgentStateKind,
    AnomalyCode,
    EndedBy,
    LegOutcome,
    TransferKind,
    TransferReach,
)


class LegRecord(NamedTuple):
    """One stay of one contact in one queue, as a source tells it. Times UTC, lengths in whole seconds.

    `wait_ended_at` is when it left the queue, for whatever reason; None while it waits. `revised_at` orders what a
    source tells again of the same `source_id`: the later one counts. `line` is where the source said it.

    `transfer_reach` is what the source itself knows of whom it was passed on to. `passed_from` is the leg that an agent
    passed on so that this one came of it, `next_id` a contact that came after: neither is kept, both say what a record
    told before or after this one means.
    """

    source_id: str
    queue: str
    entered_at: datetime
    outcome: LegOutcome = LegOutcome.OPEN
    wait_ended_at: datetime | None = None
    ended_at: datetime | None = None
    direction: str = "in"
    agent: str = ""
    caller: str = ""
    ring_s: int = 0
    talk_s: int = 0
    hold_s: int = 0
    acw_s: int = 0
    holds: int = 0
    refusals: int = 0
    ended_by: EndedBy = EndedBy.NOBODY
    transfer_kind: TransferKind = TransferKind.NONE
    transfer_to: str = ""
    transfer_reach: TransferReach = TransferReach.UNKNOWN
    passed_from: str = ""
    next_id: str = ""
    parent_id: str = ""
    callback_of: str = ""
    reason: str = ""
    recording: str = ""
    revised_at: datetime | None = None
    line: int = 0

    @property
    def wait_s(self) -> int:
        """Whole seconds in the queue; 0 while it waits."""
        return 0 if self.wait_ended_at is None else int((self.wait_ended_at - self.entered_at).total_seconds())

    @property
    def handle_s(self) -> int:
        """Talk, hold and after-contact work."""
        return self.talk_s + self.hold_s + self.acw_s


class StateRecord(NamedTuple):
    """A stretch in which an agent was in one state; `until` None while it lasts."""

    agent: str
    state: AgentStateKind
    since: datetime
    until: datetime | None
    aux: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CountRecord:
    """Counts of a queue in a stretch of time, from a source that tells no single contacts. None: it does not say."""

    queue: str
    since: datetime
    minutes: int
    offered: int
    answered: int | None = None
    answered_within: int | None = None
    abandoned: int | None = None
    wait_answered_s: int | None = None
    handle_s: int | None = None
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Oddity:
    """Something a source said that does not fit: where, what, about which contact or agent. It becomes an anomaly."""

    code: AnomalyCode
    line: int
    at: datetime
    about: str = ""
    detail: str = ""


def faults_of(leg: LegRecord) -> str:
    """Why a leg cannot be kept, in words; empty when it is sound (I2: no length below zero, no time before entry)."""
    if min(leg.ring_s, leg.talk_s, leg.hold_s, leg.acw_s) < 0:
        return "A length of time is below zero."
    if leg.entered_at.utcoffset() is None:
        return "The time has no zone."
    if leg.wait_ended_at is not None and leg.wait_ended_at < leg.entered_at:
        return "It left the queue before it entered."
    if leg.ended_at is not None and leg.ended_at < (leg.wait_ended_at or leg.entered_at):
        return "It ended before it left the queue."
    if (leg.outcome == LegOutcome.OPEN) != (leg.wait_ended_at is None):
        return "It is open and has left the queue, or the other way round."
    return ""

"""A leg of a queue log while the log is read: what is known of it by now."""

from dataclasses import dataclass
from datetime import datetime

from citydesk.contact.traffic.choices import EndedBy, LegOutcome, TransferKind, TransferReach
from citydesk.contact.traffic.providers.settings import Told
from citydesk.contact.traffic.rules import LegRecord


@dataclass(slots=True)
class Leg:
    """A leg that has not been told; an old one began in an earlier log, and this one has not spoken of it yet. `waits`
    counts what may still be learned of it once it has ended."""

    source_id: str
    queue: str
    entered_at: datetime
    last_at: datetime
    caller: str = ""
    parent_id: str = ""
    line: int = 0
    is_old: bool = False
    outcome: LegOutcome = LegOutcome.OPEN
    wait_ended_at: datetime | None = None
    ended_at: datetime | None = None
    agent: str = ""
    ring_s: int = 0
    talk_s: int = 0
    acw_s: int = 0
    refusals: int = 0
    ended_by: EndedBy = EndedBy.NOBODY
    transfer_kind: TransferKind = TransferKind.NONE
    transfer_to: str = ""
    transfer_reach: TransferReach = TransferReach.UNKNOWN
    reason: str = ""
    recording: str = ""
    waits: int = 0

    def leave(self, outcome: LegOutcome, at: datetime, ended_by: EndedBy) -> None:
        """It left the queue without an answer."""
        self.outcome, self.ended_by = outcome, ended_by
        self.wait_ended_at = self.ended_at = at

    def let_go(self, out: list[Told]) -> None:
        """One thing more is known of it, or will never be; with the last of them it is told."""
        self.waits -= 1
        if self.waits == 0:
            out.append(self.record())

    def record(self) -> LegRecord:
        """What is known of it by now."""
        return LegRecord(
            source_id=self.source_id,
            queue=self.queue,
            entered_at=self.entered_at,
            outcome=self.outcome,
            wait_ended_at=self.wait_ended_at,
            ended_at=self.ended_at,
            agent=self.agent,
            caller=self.caller,
            ring_s=self.ring_s,
            talk_s=self.talk_s,
            acw_s=self.acw_s,
            refusals=self.refusals,
            ended_by=self.ended_by,
            transfer_kind=self.transfer_kind,
            transfer_to=self.transfer_to,
            transfer_reach=self.transfer_reach,
            parent_id=self.parent_id,
            reason=self.reason,
            recording=self.recording,
            revised_at=self.last_at,
            line=self.line,
        )


def as_open(one: LegRecord) -> Leg:
    """A leg that an earlier log left open."""
    return Leg(
        source_id=one.source_id,
        queue=one.queue,
        entered_at=one.entered_at,
        last_at=one.revised_at or one.entered_at,
        caller=one.caller,
        parent_id=one.parent_id,
        line=one.line,
        is_old=True,
        outcome=one.outcome,
        wait_ended_at=one.wait_ended_at,
        agent=one.agent,
        ring_s=one.ring_s,
        refusals=one.refusals,
        recording=one.recording,
    )

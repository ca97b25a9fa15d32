"""What was going on at a source when a file of it begins, as readers ask for it."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import OuterRef, Q, Subquery

from citydesk.contact.traffic.choices import AgentStateKind, LegOutcome
from citydesk.contact.traffic.models import AgentState, ContactLeg, SourceAgent
from citydesk.contact.traffic.providers.queue_log import RESTART
from citydesk.contact.traffic.rules import LegRecord, StateRecord

# A leg nobody has told more of for so long does not go on; it is an anomaly already.
GOES_ON_FOR = timedelta(hours=4)


class KeptBefore:
    """What is kept of one source."""

    def __init__(self, source: str) -> None:
        self.source = source

    def legs(self, at: datetime) -> Iterable[LegRecord]:
        """Legs that had not ended at a moment, as they were then, even if their end has been told since."""
        rows = ContactLeg.objects.filter(
            Q(ended_at=None) | Q(ended_at__gte=at),
            source=self.source,
            is_current=True,
            entered_at__lt=at,
            entered_at__gt=at - GOES_ON_FOR,
        ).exclude(reason=RESTART)
        return [_as_of(one, at) for one in rows.select_related("queue", "agent")]

    def states(self, at: datetime) -> Iterable[StateRecord]:
        """Agents' states that lasted at a moment: of each agent the last that had begun."""
        last = AgentState.objects.filter(agent=OuterRef("pk"), started_at__lt=at).order_by("-started_at").values("pk")
        agents = SourceAgent.objects.filter(source=self.source).annotate(last=Subquery(last[:1]))
        rows = AgentState.objects.filter(
            Q(ended_at=None) | Q(ended_at__gte=at), pk__in=agents.values("last")
        ).select_related("agent")
        return [
            StateRecord(
                agent=one.agent.name,
                state=AgentStateKind(one.state),
                since=one.started_at,
                until=None,
                aux=one.aux,
            )
            for one in rows
        ]


def _as_of(row: ContactLeg, at: datetime) -> LegRecord:
    """A leg as it was at a moment: waiting, or answered and going on."""
    queue = row.source_id.split("|")[1] if row.source_id.count("|") == 2 else row.queue.code
    waiting = LegRecord(
        source_id=row.source_id,
        queue=queue,
        entered_at=row.entered_at,
        caller=row.caller,
        parent_id=row.parent_id,
        line=row.line,
        revised_at=row.entered_at,
    )
    if row.outcome != LegOutcome.ANSWERED or row.wait_ended_at is None or row.wait_ended_at >= at:
        return waiting
    return waiting._replace(
        outcome=LegOutcome.ANSWERED,
        wait_ended_at=row.wait_ended_at,
        agent=row.agent.name if row.agent else "",
        ring_s=row.ring_s,
        refusals=row.refusals,
        recording=row.recording,
        revised_at=row.wait_ended_at,
    )

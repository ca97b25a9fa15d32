"""What waits for a reader's decision in records: lists to be destroyed, records that a search found."""

from datetime import datetime

from citydesk.kernel.actors import Access
from citydesk.kernel.decisions import Waiting
from citydesk.kernel.waiting import oldest_of
from citydesk.management.records.choices import APPROVE, RESPOND, DisposalState, RecordState, RequestState
from citydesk.management.records.models import Disposal, ResponsiveRecord


def disposals(access: Access, now: datetime) -> Waiting | None:
    """Lists that others proposed for destruction."""
    if not access.may(APPROVE):
        return None
    rows = Disposal.objects.filter(state=DisposalState.PROPOSED).exclude(proposed_by_id=access.actor.staff_id)
    return oldest_of(rows, "proposed_at", "number")


def found(access: Access, now: datetime) -> Waiting | None:
    """Records found for open public-records requests, of which nobody has said yet whether they are handed over."""
    if not access.may(RESPOND):
        return None
    rows = ResponsiveRecord.objects.filter(state=RecordState.FOUND, request__state=RequestState.OPEN)
    return oldest_of(rows, "found_at", "request__number")

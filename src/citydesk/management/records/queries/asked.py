"""Public-records requests as records of their own, and the records that open ones ask for."""

from collections.abc import Collection
from datetime import datetime

from citydesk.kernel.destruction import Due, due_rows
from citydesk.management.records.choices import RecordState, RequestState
from citydesk.management.records.models import RecordsRequest, ResponsiveRecord


def requests_due(
    *, before: datetime, after: tuple[datetime, int] | None = None, limit: int = 500, ids: Collection[int] | None = None
) -> list[Due]:
    """Closed requests by when they were closed."""
    closed = RecordsRequest.objects.filter(state=RequestState.CLOSED)
    rows = due_rows(closed, "closed_at", before=before, after=after, limit=limit, ids=ids)
    return [
        Due(pk, number, at, () if customer is None else (customer,), numbers=(number,))
        for pk, number, at, customer in rows.values_list("pk", "number", "closed_at", "customer_id")
        if at is not None
    ]


def asked_for(kind: str, ids: Collection[int]) -> dict[int, str]:
    """Records that an open request asks for, by id, with its number: while somebody asks, nothing of it goes."""
    rows = ResponsiveRecord.objects.filter(kind=kind, object_id__in=list(ids), request__state=RequestState.OPEN)
    return dict(rows.exclude(state=RecordState.UNRELATED).values_list("object_id", "request__number"))

"""Complaints as records whose retention may end."""

from collections.abc import Collection
from datetime import datetime

from citydesk.contact.complaints.models import Complaint
from citydesk.kernel.destruction import Due, due_rows


def complaints_due(
    *, before: datetime, after: tuple[datetime, int] | None = None, limit: int = 500, ids: Collection[int] | None = None
) -> list[Due]:
    """Closed complaints by when they were closed; a hold on the request's number holds its complaint, too."""
    closed = Complaint.objects.filter(is_open=False)
    rows = due_rows(closed, "closed_at", before=before, after=after, limit=limit, ids=ids)
    columns = ("pk", "number", "closed_at", "request_number")
    return [
        Due(pk, number, at, numbers=(number, request_number))
        for pk, number, at, request_number in rows.values_list(*columns)
        if at is not None
    ]

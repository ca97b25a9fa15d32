"""Problems whose retention may have ended."""

from collections.abc import Collection
from datetime import datetime

from citydesk.contact.problems.choices import ProblemState
from citydesk.contact.problems.models import Problem
from citydesk.kernel.destruction import Due, due_rows


def problems_due(
    *, before: datetime, after: tuple[datetime, int] | None = None, limit: int = 500, ids: Collection[int] | None = None
) -> list[Due]:
    """Closed problems by when they were closed."""
    closed = Problem.objects.filter(state=ProblemState.CLOSED)
    rows = due_rows(closed, "closed_at", before=before, after=after, limit=limit, ids=ids)
    return [
        Due(pk, number, at, _known(customer), _known(address), (number,))
        for pk, number, at, customer, address in rows.values_list(
            "pk", "number", "closed_at", "customer_id", "address_id"
        )
        if at is not None
    ]


def _known(value: int | None) -> tuple[int, ...]:
    return () if value is None else (value,)

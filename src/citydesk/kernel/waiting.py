"""How many rows wait and since when the oldest does, by one statement; for queries of `decisions.Decision`."""

from typing import Any

from django.db.models import Count, QuerySet, Window

from citydesk.kernel.decisions import Waiting


def oldest_of(rows: QuerySet[Any], since: str, *columns: str) -> Waiting | None:
    """How many rows there are, the moment `since` of the one that waits longest, and its columns. One statement."""
    found = rows.order_by(since, "pk").annotate(waiting_rows=Window(Count("pk")))
    first = found.values_list("waiting_rows", since, *columns)[:1]
    return next((Waiting(count, at, tuple(oldest)) for count, at, *oldest in first), None)

"""Forecasts as records whose retention may end: a run with its points, by when it was made."""

from collections.abc import Collection
from datetime import datetime

from citydesk.kernel.destruction import Due, due_rows
from citydesk.management.workforce.models import ForecastRun


def forecasts_due(
    *, before: datetime, after: tuple[datetime, int] | None = None, limit: int = 500, ids: Collection[int] | None = None
) -> list[Due]:
    """Runs of forecasts. What a person said in place of the model's values stays with its reason."""
    rows = due_rows(ForecastRun.objects.all(), "made_at", before=before, after=after, limit=limit, ids=ids)
    told = rows.values_list("pk", "queue__code", "first", "last", "made_at")
    return [Due(pk, f"{code} {first.isoformat()} - {last.isoformat()}", at) for pk, code, first, last, at in told]

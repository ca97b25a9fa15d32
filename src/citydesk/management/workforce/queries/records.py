"""Forecasts and backtests as records whose retention may end, by when they were made."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from citydesk.kernel.destruction import Due, due_rows
from citydesk.management.workforce.models import BacktestRun, ForecastRun


def forecasts_due(
    *, before: datetime, after: tuple[datetime, int] | None = None, limit: int = 500, ids: Collection[int] | None = None
) -> list[Due]:
    """Runs of forecasts. What a person said in place of the model's values stays with its reason."""
    rows = due_rows(ForecastRun.objects.all(), "made_at", before=before, after=after, limit=limit, ids=ids)
    told = rows.values_list("pk", "queue__code", "first", "last", "made_at")
    return [Due(pk, f"{code} {first.isoformat()} - {last.isoformat()}", at) for pk, code, first, last, at in told]


def backtests_due(
    *, before: datetime, after: tuple[datetime, int] | None = None, limit: int = 500, ids: Collection[int] | None = None
) -> list[Due]:
    """Backtests with their scores. The last of a queue stays: it says which method foretells."""
    later = Q(on__gt=OuterRef("on")) | Q(on=OuterRef("on"), pk__gt=OuterRef("pk"))
    past = BacktestRun.objects.filter(Exists(BacktestRun.objects.filter(later, queue_id=OuterRef("queue_id"))))
    rows = due_rows(past, "made_at", before=before, after=after, limit=limit, ids=ids)
    told = rows.values_list("pk", "queue__code", "on", "made_at")
    return [Due(pk, f"{code} {on.isoformat()}", at) for pk, code, on, at in told]

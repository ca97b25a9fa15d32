"""Forecasts, backtests and weeks of schedules as records whose retention may end."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q

from citydesk.kernel.destruction import Due, due_rows
from citydesk.management.workforce.models import BacktestRun, ForecastRun, Schedule


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


def schedules_due(
    *, before: datetime, after: tuple[datetime, int] | None = None, limit: int = 500, ids: Collection[int] | None = None
) -> list[Due]:
    """Weeks of groups that are over, each by the newest of its versions: all of them go with it."""
    newer = Schedule.objects.filter(
        group_id=OuterRef("group_id"), week_start=OuterRef("week_start"), version__gt=OuterRef("version")
    )
    over = Schedule.objects.filter(~Exists(newer), week_start__lte=before.date() - timedelta(days=7))
    rows = due_rows(over, "made_at", before=before, after=after, limit=limit, ids=ids)
    told = rows.values_list("pk", "group__code", "week_start", "made_at")
    return [Due(pk, f"{code} {week.isoformat()}", at) for pk, code, week, at in told]

"""Destruction of forecasts, backtests and schedules whose retention has ended."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction

from citydesk.kernel.destruction import Eraser
from citydesk.management.workforce.choices import OPEN_SHIFT, SCHEDULE, SICK_CALL, SWAP
from citydesk.management.workforce.models import (
    BacktestRun,
    ForecastRun,
    OpenShift,
    Schedule,
    SickCall,
    SwapRequest,
)


def destroy_forecasts(*, ids: Collection[int], eraser: Eraser, now: datetime) -> None:
    """Destroy runs with their points, and the corrections through the day that rest on them."""
    with transaction.atomic():
        resting = ForecastRun.objects.filter(base__in=list(ids)).exclude(pk__in=list(ids))
        eraser.record(ForecastRun, list(resting.values_list("pk", flat=True)))
        # A nightly run is pointed at by the corrections among the same ids: these go first.
        given = ForecastRun.objects.filter(pk__in=list(ids))
        eraser.record(ForecastRun, list(given.filter(base__isnull=False).values_list("pk", flat=True)))
        eraser.record(ForecastRun, list(given.values_list("pk", flat=True)))


def destroy_backtests(*, ids: Collection[int], eraser: Eraser, now: datetime) -> None:
    """Destroy backtests with their scores."""
    with transaction.atomic():
        eraser.record(BacktestRun, list(ids))


def destroy_schedules(*, ids: Collection[int], eraser: Eraser, now: datetime) -> None:
    """Destroy weeks of groups: every version with its shifts, and what became of them: swaps, open shifts with their
    bids, sick calls, why a version came. What the history says about them is emptied."""
    with transaction.atomic():
        for group_id, week in Schedule.objects.filter(pk__in=list(ids)).values_list("group_id", "week_start"):
            days = {"group_id": group_id, "day__gte": week, "day__lt": week + timedelta(days=7)}
            for model, kind in ((SwapRequest, SWAP), (OpenShift, OPEN_SHIFT), (SickCall, SICK_CALL)):
                gone = list(model.objects.filter(**days).values_list("pk", flat=True))
                eraser.record(model, gone)
                eraser.history(kind, gone)
            versions = list(Schedule.objects.filter(group_id=group_id, week_start=week).values_list("pk", flat=True))
            eraser.record(Schedule, versions)
            eraser.history(SCHEDULE, versions)

"""Destruction of forecasts and backtests whose retention has ended."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from citydesk.kernel.destruction import Eraser
from citydesk.management.workforce.models import BacktestRun, ForecastRun


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

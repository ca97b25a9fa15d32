"""Destruction of forecasts, backtests, schedules and of what was agreed with people, whose retention has ended."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from citydesk.kernel.destruction import Eraser
from citydesk.management.workforce.choices import CONTRACT, FEED, OPEN_SHIFT, SCHEDULE, SICK_CALL, STATEMENT, SWAP
from citydesk.management.workforce.models import (
    Availability,
    AvailabilityStatement,
    BacktestRun,
    CalendarFeed,
    Contract,
    ForecastRun,
    Gathering,
    OpenShift,
    Schedule,
    ShiftNotice,
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


def destroy_contracts(*, ids: Collection[int], eraser: Eraser, now: datetime) -> None:
    """Destroy contracts of people and what the history says about them."""
    _destroy(Contract, CONTRACT, ids, eraser)


def destroy_statements(*, ids: Collection[int], eraser: Eraser, now: datetime) -> None:
    """Destroy hours that people said themselves, row by row, with the decision and what the history says about them."""
    _destroy(AvailabilityStatement, STATEMENT, ids, eraser)


def destroy_noted_hours(*, ids: Collection[int], eraser: Eraser, now: datetime) -> None:
    """Destroy hours that planners wrote down of people. Rows of a statement go with it alone."""
    noted = Availability.objects.filter(pk__in=list(ids), statement=None)
    _destroy(Availability, "", list(noted.values_list("pk", flat=True)), eraser)


def destroy_gatherings(*, ids: Collection[int], eraser: Eraser, now: datetime) -> None:
    """Destroy trainings and meetings with the names of who was to be there."""
    _destroy(Gathering, "", ids, eraser)


def destroy_notices(*, ids: Collection[int], eraser: Eraser, now: datetime) -> None:
    """Destroy notices that people have read."""
    _destroy(ShiftNotice, "", ids, eraser)


def destroy_feeds(*, ids: Collection[int], eraser: Eraser, now: datetime) -> None:
    """Destroy what is kept of calendar addresses that ended: a digest."""
    _destroy(CalendarFeed, FEED, ids, eraser)


def _destroy(model: Any, kind: str, ids: Collection[int], eraser: Eraser) -> None:
    """Rows of a table and, where the history tells of them (`kind`), what it says."""
    with transaction.atomic():
        eraser.record(model, list(ids))
        if kind:
            eraser.history(kind, list(ids))

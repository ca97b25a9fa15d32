"""Destruction of time, leave, attendance and payroll files whose retention has ended, under a signed disposal."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction

from citydesk.kernel.destruction import Eraser
from citydesk.management.timekeeping.choices import EXPORT, OCCURRENCE, REQUEST, SHEET, OccurrenceState, SheetState
from citydesk.management.timekeeping.models import (
    AttendanceOccurrence,
    LeaveRequest,
    LeaveTransaction,
    MealCancellation,
    PayrollExport,
    Punch,
    TimeEntry,
    Timesheet,
)
from citydesk.management.timekeeping.queries.hours import week_of

_DAY = timedelta(days=1)


def destroy_time(*, ids: Collection[int], eraser: Eraser, now: datetime) -> None:
    """Destroy the rows of locked weeks: entries with their corrections, presses of the clock, meals worked through.

    The sheet stays with its lines: the payroll file is made of them.
    """
    with transaction.atomic():
        sheets = Timesheet.objects.select_for_update().filter(
            pk__in=list(ids), state=SheetState.LOCKED, time_gone_at=None
        )
        for sheet in sheets.order_by("pk"):
            _destroy_week(sheet, eraser)
            eraser.blank(Timesheet.objects.filter(pk=sheet.pk), time_gone_at=now)


def _destroy_week(sheet: Timesheet, eraser: Eraser) -> None:
    week = week_of(sheet.week_start)
    inside = TimeEntry.objects.filter(
        user_id=sheet.user_id, starts_at__gte=week.span.start, starts_at__lt=week.span.end
    )
    keys = list(inside.values_list("pk", flat=True))
    # A row that was moved into another week stands there for itself from now on.
    eraser.blank(TimeEntry.objects.filter(corrects_id__in=keys).exclude(pk__in=keys), corrects=None)
    eraser.delete(TimeEntry.objects.filter(pk__in=keys))
    eraser.delete(Punch.objects.filter(user_id=sheet.user_id, at__gte=week.span.start, at__lt=week.span.end))
    eraser.delete(
        MealCancellation.objects.filter(user_id=sheet.user_id, day__gte=week.first_day, day__lt=week.last_day + _DAY)
    )


def destroy_leave(*, ids: Collection[int], eraser: Eraser, now: datetime) -> None:
    """Destroy requests for leave. What they took from balances stays in the ledger, without saying for what."""
    with transaction.atomic():
        keys = list(ids)
        eraser.blank(LeaveTransaction.objects.filter(request_id__in=keys), request=None, reason="")
        eraser.delete(LeaveRequest.objects.filter(pk__in=keys))
        eraser.history(REQUEST, keys)


def destroy_attendance(*, ids: Collection[int], eraser: Eraser, now: datetime) -> None:
    """Destroy decided exceptions; points they counted have rolled off long before."""
    with transaction.atomic():
        rows = AttendanceOccurrence.objects.filter(pk__in=list(ids)).exclude(state=OccurrenceState.OPEN)
        keys = list(rows.values_list("pk", flat=True))
        eraser.delete(AttendanceOccurrence.objects.filter(pk__in=keys))
        eraser.history(OCCURRENCE, keys)


def destroy_files(*, ids: Collection[int], eraser: Eraser, now: datetime) -> None:
    """Destroy payroll files with the time sheets they locked and the adjustments those carried."""
    with transaction.atomic():
        keys = list(ids)
        sheets = list(Timesheet.objects.filter(export_id__in=keys).values_list("pk", flat=True))
        eraser.record(PayrollExport, keys)
        eraser.history(SHEET, sheets)
        eraser.history(EXPORT, keys)

"""Whose retention may end: the time of locked weeks, leave that is over, decided exceptions, payroll files.

The order is that of the work: first the rows of a week, then what rests on them. A person concerned is staff and no
customer, so a hold names kinds and days.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db.models import DateTimeField, Exists, ExpressionWrapper, OuterRef, Q
from django.db.models.functions import Cast

from citydesk.kernel.destruction import Due, due_rows
from citydesk.management.timekeeping.choices import OccurrenceState, RequestState, SheetState
from citydesk.management.timekeeping.models import AttendanceOccurrence, LeaveRequest, PayrollExport, Timesheet

_OVER = (RequestState.TAKEN, RequestState.DENIED, RequestState.CANCELLED)
_NOON = timedelta(hours=12)
_SIX_DAYS = timedelta(days=6)


def time_due(
    *, before: datetime, after: tuple[datetime, int] | None = None, limit: int = 500, ids: Collection[int] | None = None
) -> list[Due]:
    """Locked weeks whose rows are still here, by when they were locked."""
    locked = Timesheet.objects.filter(state=SheetState.LOCKED, time_gone_at=None)
    rows = due_rows(locked, "locked_at", before=before, after=after, limit=limit, ids=ids)
    return [_due(pk, f"{week} #{pk}", at) for pk, week, at in rows.values_list("pk", "week_start", "locked_at")]


def leave_due(
    *, before: datetime, after: tuple[datetime, int] | None = None, limit: int = 500, ids: Collection[int] | None = None
) -> list[Due]:
    """Leave that was taken, denied or cancelled, by its last day, once the weeks it lies in have lost their rows."""
    # Noon of the day: the same date in every zone of the country.
    ended = ExpressionWrapper(Cast("last", DateTimeField()) + _NOON, output_field=DateTimeField())
    week_here = Timesheet.objects.filter(
        user=OuterRef("user"),
        week_start__lte=OuterRef("last"),
        week_start__gte=OuterRef("first") - _SIX_DAYS,
        time_gone_at=None,
    )
    over = LeaveRequest.objects.filter(state__in=_OVER).annotate(ended_at=ended)
    over = over.filter(~Q(state=RequestState.TAKEN) | ~Exists(week_here))
    rows = due_rows(over, "ended_at", before=before, after=after, limit=limit, ids=ids)
    return [_due(pk, f"{first} #{pk}", at) for pk, first, at in rows.values_list("pk", "first", "ended_at")]


def attendance_due(
    *, before: datetime, after: tuple[datetime, int] | None = None, limit: int = 500, ids: Collection[int] | None = None
) -> list[Due]:
    """Exceptions somebody decided, by the shift they are about."""
    decided = AttendanceOccurrence.objects.exclude(state=OccurrenceState.OPEN)
    rows = due_rows(decided, "scheduled_to", before=before, after=after, limit=limit, ids=ids)
    return [_due(pk, f"{on} #{pk}", at) for pk, on, at in rows.values_list("pk", "on", "scheduled_to")]


def files_due(
    *, before: datetime, after: tuple[datetime, int] | None = None, limit: int = 500, ids: Collection[int] | None = None
) -> list[Due]:
    """Payroll files by when they were made, once the rows of their weeks are gone."""
    still = Timesheet.objects.filter(export=OuterRef("pk"), time_gone_at=None)
    free = PayrollExport.objects.filter(~Exists(still))
    rows = due_rows(free, "made_at", before=before, after=after, limit=limit, ids=ids)
    return [_due(pk, number, at, number) for pk, number, at in rows.values_list("pk", "number", "made_at")]


def _due(pk: int, label: str, at: datetime, *numbers: str) -> Due:
    return Due(pk, label, at, (), (), numbers)

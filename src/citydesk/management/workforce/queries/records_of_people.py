"""What was agreed with people, what they said of their hours and were told, as records whose retention may end.

What holds "until further notice" is over for somebody whose account is closed from the day it was closed on.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.db.models import DateTimeField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet
from django.db.models.functions import Cast, Coalesce, Greatest

from citydesk.kernel.destruction import Due, due_rows
from citydesk.management.workforce.choices import StatementState
from citydesk.management.workforce.models import (
    Availability,
    AvailabilityStatement,
    CalendarFeed,
    Contract,
    Gathering,
    Schedule,
    Shift,
    ShiftNotice,
)

_NOON = timedelta(hours=12)
_PUT_ASIDE = (StatementState.DECLINED, StatementState.WITHDRAWN, StatementState.REPLACED)


def contracts_due(
    *, before: datetime, after: tuple[datetime, int] | None = None, limit: int = 500, ids: Collection[int] | None = None
) -> list[Due]:
    """Contracts that ended, by their last day, once no shift under them is on record: a week is read with them."""
    shift = Shift.objects.filter(user_id=OuterRef("user_id"), day__gte=OuterRef("first"))
    here = Exists(shift.filter(day__lte=OuterRef("last"))) | (Q(last=None) & Exists(shift))
    over = Contract.objects.annotate(ended_at=Coalesce(_noon("last"), F("user__disabled_at"))).filter(~here)
    rows = due_rows(over, "ended_at", before=before, after=after, limit=limit, ids=ids)
    return _told(rows, "user__name", "first", "ended_at")


def statements_due(
    *, before: datetime, after: tuple[datetime, int] | None = None, limit: int = 500, ids: Collection[int] | None = None
) -> list[Due]:
    """Hours that people said themselves: by their last day, or by when they were put aside, whichever is later.

    What still waits for a decision, or holds until further notice, stays.
    """
    decided = Coalesce(F("decided_at"), F("said_at"))
    ended = Greatest(Coalesce(_noon("last"), F("user__disabled_at")), decided)  # PostgreSQL's passes over a NULL
    closed = Q(last__isnull=False) | Q(user__disabled_at__isnull=False)
    over = AvailabilityStatement.objects.filter(closed | Q(state__in=_PUT_ASIDE)).annotate(ended_at=ended)
    rows = due_rows(over, "ended_at", before=before, after=after, limit=limit, ids=ids)
    return _told(rows, "user__name", "first", "ended_at")


def noted_hours_due(
    *, before: datetime, after: tuple[datetime, int] | None = None, limit: int = 500, ids: Collection[int] | None = None
) -> list[Due]:
    """Hours that planners wrote down of people, by their day. Those of every week stay until they are taken back."""
    noted = Availability.objects.filter(statement=None)
    over = noted.annotate(ended_at=Coalesce(_noon("day"), F("user__disabled_at")))
    rows = due_rows(over, "ended_at", before=before, after=after, limit=limit, ids=ids)
    told = rows.values_list("pk", "user__name", "day", "ended_at")
    return [Due(pk, f"{name} {day.isoformat() if day else ''} #{pk}", at) for pk, name, day, at in told]


def gatherings_due(
    *, before: datetime, after: tuple[datetime, int] | None = None, limit: int = 500, ids: Collection[int] | None = None
) -> list[Due]:
    """Trainings and meetings of weeks, by their last day, once no schedule of the week is on record."""
    week = Schedule.objects.filter(group_id=OuterRef("group_id"), week_start=OuterRef("week_start"))
    over = Gathering.objects.annotate(ended_at=_noon("last")).filter(~Exists(week))
    rows = due_rows(over, "ended_at", before=before, after=after, limit=limit, ids=ids)
    return _told(rows, "title", "first", "ended_at")


def notices_due(
    *, before: datetime, after: tuple[datetime, int] | None = None, limit: int = 500, ids: Collection[int] | None = None
) -> list[Due]:
    """Notices about shifts, by when they were read; one nobody has read is still to be told."""
    over = ShiftNotice.objects.annotate(ended_at=Coalesce(F("read_at"), F("person__disabled_at")))
    rows = due_rows(over, "ended_at", before=before, after=after, limit=limit, ids=ids)
    told = rows.values_list("pk", "person__name", "code", "ended_at")
    return [Due(pk, f"{name}: {code} #{pk}", at) for pk, name, code, at in told]


def feeds_due(
    *, before: datetime, after: tuple[datetime, int] | None = None, limit: int = 500, ids: Collection[int] | None = None
) -> list[Due]:
    """Calendar addresses that ended, by when."""
    rows = due_rows(CalendarFeed.objects.all(), "ended_at", before=before, after=after, limit=limit, ids=ids)
    told = rows.values_list("pk", "person__name", "ended_at")
    return [Due(pk, f"{name} #{pk}", at) for pk, name, at in told if at is not None]


def _noon(column: str) -> ExpressionWrapper:
    """Noon of a day: the same date in every zone of the country."""
    return ExpressionWrapper(Cast(column, DateTimeField()) + _NOON, output_field=DateTimeField())


def _told(rows: "QuerySet[Any]", name: str, first: str, at: str) -> list[Due]:
    told = rows.values_list("pk", name, first, at)
    return [Due(pk, f"{who} {day.isoformat()} #{pk}", when) for pk, who, day, when in told]

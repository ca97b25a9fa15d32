"""Published shifts and how they cover what is required: for other parts of this room, and for rooms above."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import Q

from citydesk.management.workforce.choices import ActivityKind, ScheduleState
from citydesk.management.workforce.models import Activity, Shift
from citydesk.management.workforce.queries.life import ShiftRow, published_shifts
from citydesk.management.workforce.queries.requirement import RequiredSlot, required_slots

# Off the desk for the length of it. Breaks are in the shrinkage of what is required, so they count as there.
OFF_DESK = (ActivityKind.MEAL, ActivityKind.TRAINING, ActivityKind.MEETING, ActivityKind.COACHING, ActivityKind.OFFLINE)
Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class CoverSlot:
    """A slot of a group: `required` people to roster (shrinkage in it) beside those `scheduled`, on duty in all of the
    slot. `high` are the contacts exceeded one time in ten, `forecast` those foretold."""

    starts_at: datetime
    minutes: int
    required: int
    scheduled: int
    high: Decimal
    forecast: Decimal = Decimal(0)
    at_least: int = 0  # people on contacts: below it the goal is missed even if nobody is away

    @property
    def short(self) -> int:
        return max(0, self.required - self.scheduled)


def shifts_of(person_ids: Iterable[int], first: date, last: date) -> list[ShiftRow]:
    """Published shifts of people on days from `first` through `last`, with their activities. Two statements. For
    callers that have authorised."""
    return published_shifts(list(person_ids), first, last)


def coverage(group_id: int, first: date, last: date, *, without: Iterable[int] = ()) -> tuple[CoverSlot, ...]:
    """Published coverage of a group's days, slot by slot; `without` leaves people out, to see what they are missed
    for. Three statements."""
    return covered(required_slots(group_id, first, last), _published(group_id, first, last, set(without)))


def _published(group_id: int, first: date, last: date, without: set[int]) -> list[tuple[Span, list[Span]]]:
    """When each shift is on duty, and the stretches in it that are not on the desk."""
    in_group = Q(schedule__group_id=group_id, schedule__state=ScheduleState.PUBLISHED)
    rows = Shift.objects.filter(in_group, day__gte=first - timedelta(days=1), day__lte=last).exclude(
        user_id__in=without
    )
    spans = {pk: (starts, ends) for pk, starts, ends in rows.values_list("id", "starts_at", "ends_at")}
    off: dict[int, list[Span]] = defaultdict(list)
    held = Activity.objects.filter(shift_id__in=list(spans), kind__in=OFF_DESK)
    for pk, starts, ends in held.values_list("shift_id", "starts_at", "ends_at"):
        off[pk].append((starts, ends))
    return [(span, off[pk]) for pk, span in spans.items()]


def covered(slots: Iterable[RequiredSlot], shifts: Iterable[tuple[Span, list[Span]]]) -> tuple[CoverSlot, ...]:
    """Each slot with how many are on duty in all of it."""
    shifts = list(shifts)
    found = []
    for slot in slots:
        end = slot.starts_at + timedelta(minutes=slot.minutes)
        there = sum(
            span[0] <= slot.starts_at and end <= span[1] and all(end <= a or slot.starts_at >= b for a, b in off)
            for span, off in shifts
        )
        required = max(slot.required, slot.scheduled)
        found.append(CoverSlot(slot.starts_at, slot.minutes, required, there, slot.high, slot.forecast, slot.required))
    return tuple(found)

"""Published shifts of people, and what becomes of them: swaps, open shifts, notices."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import get_language

from citydesk.city.staff.rules import in_language
from citydesk.management.workforce import labels
from citydesk.management.workforce.choices import ScheduleState
from citydesk.management.workforce.models import Activity, Shift

# Kind, begin, end, label.
ActivityRow = tuple[str, datetime, datetime, str]


@dataclass(frozen=True)
class ShiftRow:
    """A published shift with what lies inside it."""

    id: int
    user_id: int
    schedule_id: int
    group_id: int
    day: date
    starts_at: datetime
    ends_at: datetime
    paid_minutes: int
    template: str
    names: dict[str, str]
    activities: tuple[ActivityRow, ...]

    @property
    def name(self) -> str:
        """The name of the kind of shift, in the reader's language."""
        return in_language(self.names, get_language() or "", default=self.template)

    @property
    def is_over_midnight(self) -> bool:
        return self.starts_at.date() != self.ends_at.date()


def published_shifts(user_ids: Collection[int], first: date, last: date) -> list[ShiftRow]:
    """Published shifts of people on days from `first` through `last`, by begin. Two statements.

    For callers that have authorised.
    """
    rows = Shift.objects.filter(
        user_id__in=list(user_ids), day__gte=first, day__lte=last, schedule__state=ScheduleState.PUBLISHED
    ).select_related("schedule", "template")
    shifts = list(rows.order_by("starts_at", "id"))
    inside: dict[int, list[ActivityRow]] = defaultdict(list)
    columns = ("shift_id", "kind", "starts_at", "ends_at", "label", "part")
    held = Activity.objects.filter(shift_id__in=[one.pk for one in shifts]).order_by("starts_at")
    for shift, *parts in held.values_list(*columns):
        inside[shift].append((parts[0], parts[1], parts[2], labels.in_part(parts[3], parts[4])))
    return [
        ShiftRow(
            id=one.pk,
            user_id=one.user_id,
            schedule_id=one.schedule_id,
            group_id=one.schedule.group_id,
            day=one.day,
            starts_at=one.starts_at,
            ends_at=one.ends_at,
            paid_minutes=one.paid_minutes,
            template=one.template.code,
            names=dict(one.template.names),
            activities=tuple(inside[one.pk]),
        )
        for one in shifts
    ]

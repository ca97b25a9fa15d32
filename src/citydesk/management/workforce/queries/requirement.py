"""Staff required, slot by slot."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from citydesk.management.workforce.models import Requirement


@dataclass(frozen=True, slots=True)
class RequiredSlot:
    """`required` people on contacts from `starts_at` (UTC) for `minutes`; `scheduled` people to roster for that.

    `forecast` are the contacts foretold, `high` what is exceeded one time in ten; `is_overridden`: by a person's word.
    """

    starts_at: datetime
    minutes: int
    required: int
    scheduled: int
    is_overridden: bool
    forecast: Decimal
    high: Decimal


def required_slots(group_id: int, first: date, last: date) -> tuple[RequiredSlot, ...]:
    """The slots of a group's days of the city (both in), in order. Days never computed have none."""
    rows = Requirement.objects.filter(group_id=group_id, day__gte=first, day__lte=last).order_by("starts_at")
    columns = ("starts_at", "minutes", "required", "scheduled", "is_overridden", "contacts", "high")
    return tuple(RequiredSlot(*row) for row in rows.values_list(*columns))

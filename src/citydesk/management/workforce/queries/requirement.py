"""Staff required, slot by slot."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from citydesk.kernel.actors import Access
from citydesk.kernel.money import money
from citydesk.management.workforce.choices import VIEW
from citydesk.management.workforce.models import Requirement
from citydesk.management.workforce.queries.groups import GroupRow, profile_settings_on


@dataclass(frozen=True, slots=True)
class RequiredSlot:
    """`required` people on contacts from `starts_at` (UTC) for `minutes`; `scheduled` people to roster for that.

    `least` of them must be there while the desk is open: fewer break a rule. `forecast` are the contacts foretold,
    `high` what is exceeded one time in ten; `is_overridden`: by a person's word.
    """

    starts_at: datetime
    minutes: int
    required: int
    scheduled: int
    is_overridden: bool
    forecast: Decimal
    high: Decimal
    least: int = 0


def required_slots(group_id: int, first: date, last: date) -> tuple[RequiredSlot, ...]:
    """The slots of a group's days of the city (both in), in order. Days never computed have none."""
    rows = Requirement.objects.filter(group_id=group_id, day__gte=first, day__lte=last).order_by("starts_at")
    columns = ("starts_at", "minutes", "required", "scheduled", "is_overridden", "contacts", "high", "least")
    return tuple(RequiredSlot(*row) for row in rows.values_list(*columns))


@dataclass(frozen=True)
class RequirementWeek:
    """A week of a group's staff required, slot by slot. `hours` are people times time: at work, and to roster."""

    group: GroupRow
    monday: date
    rows: tuple[Requirement, ...]
    required_hours: float
    scheduled_hours: float
    cost: Decimal | None

    def at(self, starts_at: datetime | None) -> Requirement | None:
        """The chosen slot."""
        return next((one for one in self.rows if one.starts_at == starts_at), None)


def requirement_week(access: Access, group: GroupRow, monday: date) -> RequirementWeek:
    """A week of a group from its Monday: one statement. The cost is that of the paid hours to roster, where the profile
    has the cost of one. Raises `NotAllowed`."""
    access.require(VIEW)
    found = Requirement.objects.filter(group_id=group.id, day__gte=monday, day__lt=monday + timedelta(days=7))
    rows = tuple(found.order_by("starts_at"))
    scheduled = sum(one.scheduled * one.minutes for one in rows) / 60
    hourly = profile_settings_on(group.code, monday).hourly if group.is_active else None
    return RequirementWeek(
        group=group,
        monday=monday,
        rows=rows,
        required_hours=sum(one.required * one.minutes for one in rows) / 60,
        scheduled_hours=scheduled,
        cost=None if hourly is None else money(hourly * Decimal(str(scheduled))),
    )

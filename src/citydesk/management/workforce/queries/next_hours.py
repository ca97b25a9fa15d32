"""The next two hours on the live board: what is foretold, how many it needs, and how many are scheduled."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from citydesk.city.profile import queries as profile
from citydesk.kernel.actors import Access
from citydesk.management.workforce.queries.groups import list_groups
from citydesk.management.workforce.queries.schedules import coverage

AHEAD = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class NextSlot:
    """A slot to come: contacts foretold, people to roster and people scheduled (None: no published schedule)."""

    starts_at: datetime
    forecast: Decimal
    required: int
    scheduled: int | None

    @property
    def is_short(self) -> bool:
        return self.scheduled is not None and self.scheduled < self.required


def next_hours_panel(access: Access, object_id: int, now: datetime) -> dict[str, Any] | None:
    """The context of the board's panel; None where no group is planned."""
    today = profile.city_today(now)
    found = []
    for group in list_groups(access):
        slots = coverage(group.id, today, profile.city_today(now + AHEAD))
        is_published = any(one.scheduled for one in slots)
        near = [
            NextSlot(one.starts_at, one.forecast, one.required, one.scheduled if is_published else None)
            for one in slots
            if one.starts_at + timedelta(minutes=one.minutes) > now and one.starts_at < now + AHEAD
        ]
        found.append((group, near))
    return {"groups": found} if found else None

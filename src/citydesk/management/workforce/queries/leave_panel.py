"""What a leave request would do to coverage: the panel beside it (offered to timekeeping's page)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from citydesk.city.profile import queries as profile
from citydesk.kernel.actors import Access
from citydesk.management.timekeeping import queries as timekeeping
from citydesk.management.workforce import labels
from citydesk.management.workforce.queries.life import ShiftRow
from citydesk.management.workforce.queries.schedules import OFF_DESK, coverage, shifts_of
from citydesk.management.workforce.queries.weeks import minute_of

LONGEST = 14  # days shown; longer leave is judged week by week on the schedule


@dataclass(frozen=True)
class Touched:
    """A slot in which the person would be missed: people asked for, there now, and there without them."""

    day: date
    start: int
    required: int
    before: int
    after: int

    @property
    def is_short(self) -> bool:
        return self.after < self.required


def build(*, access: Access, object_id: int, now: datetime) -> dict[str, Any] | None:
    """Coverage before and after the leave, slot by slot; no slots where no published shift lies in its days. Three
    statements then, six otherwise. The page has authorised sight of the request."""
    asked = timekeeping.asked_leave(object_id)
    if asked is None:
        return None
    last = min(asked.last, asked.first + timedelta(days=LONGEST - 1))
    own = shifts_of([asked.user_id], asked.first, last)
    found = [one for group in sorted({one.group_id for one in own}) for one in _touched(group, own, asked, last)]
    short = [one for one in found if one.is_short]
    return {"labels": labels, "slots": found, "short": short, "is_cut": asked.last > last}


def _touched(group_id: int, own: list[ShiftRow], asked: timekeeping.AskedLeave, last: date) -> Iterator[Touched]:
    """The slots in which the person is on the desk and would be on leave."""
    zone = profile.local_zone()
    duty = [(starts, ends) for shift in own if shift.group_id == group_id for starts, ends in _on_desk(shift)]
    for slot in coverage(group_id, asked.first, last):
        end = slot.starts_at + timedelta(minutes=slot.minutes)
        is_away = _is_asked(asked, slot.starts_at, end)
        if is_away and any(starts <= slot.starts_at and end <= ends for starts, ends in duty):
            day = slot.starts_at.astimezone(zone).date()
            start = minute_of(slot.starts_at, day, zone)
            yield Touched(day, start, slot.required, slot.scheduled, slot.scheduled - 1)


def _is_asked(asked: timekeeping.AskedLeave, starts: datetime, ends: datetime) -> bool:
    """Whether the leave touches a stretch of its days."""
    if asked.starts_at is None or asked.ends_at is None:
        return True
    return starts < asked.ends_at and asked.starts_at < ends


def _on_desk(shift: ShiftRow) -> Iterator[tuple[datetime, datetime]]:
    """The stretches of a shift between what takes people off the desk."""
    at = shift.starts_at
    for kind, starts, ends, _label in shift.activities:
        if kind in OFF_DESK:
            yield at, starts
            at = ends
    yield at, shift.ends_at

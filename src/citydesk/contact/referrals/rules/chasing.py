"""When an acknowledgement and the work are due, and when to ask again: open hours of the other side's calendar."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from citydesk.kernel.calendars import BusinessCalendar


@dataclass(frozen=True)
class Dues:
    """`finish_at` is None where no agreement says by when the work is done."""

    acknowledge_at: datetime
    finish_at: datetime | None
    link_ends_at: datetime


def dues_of(
    calendar: BusinessCalendar, sent_at: datetime, *, acknowledge_hours: int, finish_hours: int | None, link_days: int
) -> Dues:
    """The promises of an agreement counted from the sending. The link ends in days of the calendar on the wall."""
    return Dues(
        calendar.add_business(sent_at, timedelta(hours=acknowledge_hours)),
        calendar.add_business(sent_at, timedelta(hours=finish_hours)) if finish_hours else None,
        sent_at + timedelta(days=link_days),
    )


def next_reminder(
    calendar: BusinessCalendar, now: datetime, *, every_hours: int, sent_before: int, most: int
) -> datetime | None:
    """When to ask again after a reminder now; None when they were asked often enough: then a person telephones."""
    if sent_before + 1 >= most:
        return None
    return calendar.add_business(now, timedelta(hours=every_hours))

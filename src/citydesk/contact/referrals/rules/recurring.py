"""The days on which something comes again: the day of the month stays, shortened where a month has no such day."""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date

from citydesk.contact.referrals.choices import Recurrence

_MONTHS = {Recurrence.MONTHLY: 1, Recurrence.QUARTERLY: 3, Recurrence.YEARLY: 12}


def due_dates(first: date, recurrence: str, *, since: date, until: date) -> Iterator[date]:
    """All due days from `since` to `until`, both included, in order. `first` is the earliest there is."""
    if recurrence == Recurrence.ONCE:
        if since <= first <= until:
            yield first
        return
    step, count = _MONTHS[Recurrence(recurrence)], 0
    while True:
        day = _months_later(first, step * count)
        if day > until:
            return
        if day >= since:
            yield day
        count += 1


def _months_later(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))

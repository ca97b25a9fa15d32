"""The calendar of a queue's forecast: closed days and hours of its business calendar, and days marked beforehand."""

from calendar import monthrange
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from citydesk.kernel.calendars import BusinessCalendar, Window
from citydesk.management.workforce.rules.forecast.calendar import Calendar, Flag, calendar_of
from citydesk.management.workforce.rules.forecast.history import DAY_MINUTES

# A calendar that is closed for longer moves a monthly day no further.
_MOST_MOVED = 14


@dataclass(frozen=True)
class MarkedDays:
    """Days of one kind: stretches (both ends in), a day of each month (moved to the next open day), or the holidays of
    a list on which the desk is open all the same."""

    flag: Flag
    stretches: tuple[tuple[date, date], ...] = ()
    monthly: int | None = None
    holidays: BusinessCalendar | None = None

    def within(self, first: date, last: date, business: BusinessCalendar) -> Iterator[date]:
        """The marked days from `first` to `last` on which the desk is open."""
        found = {day for begin, end in self.stretches for day in _span(max(begin, first), min(end, last))}
        if self.monthly:
            found |= {_moved(day, business) for day in _monthly(self.monthly, first, last)}
        if self.holidays is not None:
            found |= {day for day in _span(first, last) if self.holidays.holiday_on(day)}
        return (day for day in sorted(found) if first <= day <= last and business.local_windows_on(day))


def days_calendar(
    business: BusinessCalendar, marks: Iterable[MarkedDays], first: date, last: date, slot_minutes: int
) -> Calendar:
    """The calendar from `first` to `last`: what follows from opening hours and dates, joined with the marked days."""
    working = [weekday for weekday, windows in enumerate(business.weekly) if windows]
    closed = [day for day in _span(first, last) if day.weekday() in working and not business.local_windows_on(day)]
    extra: dict[date, list[Flag]] = {}
    for mark in marks:
        for day in mark.within(first, last, business):
            if mark.flag.kind not in {one.kind for one in extra.get(day, ())}:
                extra.setdefault(day, []).append(mark.flag)
    known = calendar_of(working, first, last, closed, extra)
    by_windows: dict[tuple[Window, ...], frozenset[int]] = {}
    dated = {}
    for day in _span(first, last):
        windows = business.local_windows_on(day)
        if windows not in by_windows:
            by_windows[windows] = open_slots(windows, slot_minutes)
        dated[day] = by_windows[windows]
    return Calendar(known.flags, None, dated)


def open_slots(windows: Iterable[Window], slot_minutes: int) -> frozenset[int]:
    """The slots of a day from midnight that windows reach into."""
    return frozenset(
        slot
        for slot in range(DAY_MINUTES // slot_minutes)
        if any(one.opens < (slot + 1) * slot_minutes and slot * slot_minutes < one.closes for one in windows)
    )


def usual_slots(business: BusinessCalendar, day: date, slot_minutes: int) -> frozenset[int]:
    """The slots that are open on that weekday when no holiday and no exception changes it."""
    return open_slots(business.weekly[day.weekday()], slot_minutes)


def _span(first: date, last: date) -> list[date]:
    return [first + timedelta(days=one) for one in range((last - first).days + 1)]


def _monthly(number: int, first: date, last: date) -> Iterator[date]:
    year, month = first.year, first.month
    while (year, month) <= (last.year, last.month):
        yield date(year, month, min(number, monthrange(year, month)[1]))
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)


def _moved(day: date, business: BusinessCalendar) -> date:
    span = (day + timedelta(days=one) for one in range(_MOST_MOVED))
    return next((one for one in span if business.local_windows_on(one)), day)

"""What is counted: days and filters, as plain values. `narrowed` makes SQL of it, with every value a parameter."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

Values = tuple[str | int, ...]
NO_FILTERS: Mapping[str, Values] = {}
# Far enough on both sides for every record; PostgreSQL compares them as any other day.
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)


@dataclass(frozen=True)
class Selection:
    """Days from `first` to `last`, both included (None: without end), and filters by name, each any of its values.

    `hour` (0 to 23) and `weekday` (1 Monday to 7 Sunday) are of the city's clock.
    """

    first: date | None = None
    last: date | None = None
    filters: Mapping[str, Values] = field(default_factory=dict)

    @property
    def from_day(self) -> date:
        return self.first or FIRST_DAY

    @property
    def to_day(self) -> date:
        """The first day that is not counted any more."""
        return (self.last or LAST_DAY) + timedelta(days=1)

    @property
    def days(self) -> int | None:
        """How many days, None without an end."""
        return (self.last - self.first).days + 1 if self.first and self.last else None

    def having(self, **more: Values) -> "Selection":
        """The same with further filters."""
        return replace(self, filters={**self.filters, **more})

    def within(self, first: date | None, last: date | None) -> "Selection":
        """The same filters on other days."""
        return replace(self, first=first, last=last)

    def without(self, *names: str) -> "Selection":
        """The same without some filters."""
        return replace(self, filters={name: one for name, one in self.filters.items() if name not in names})


def month_start(day: date) -> date:
    """The first of the day's month."""
    return day.replace(day=1)


def next_month(day: date) -> date:
    """The first of the month after the day's."""
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)


def period_start(day: date, by: str) -> date:
    """The first day of the day's period: itself, its week's Monday, its month's first."""
    if by == "week":
        return day - timedelta(days=day.weekday())
    return month_start(day) if by == "month" else day


def period_end(start: date, by: str) -> date:
    """The last day of the period that starts on a day."""
    if by == "week":
        return start + timedelta(days=6)
    return next_month(start) - timedelta(days=1) if by == "month" else start


def periods(first: date, last: date, by: str) -> list[date]:
    """The starts of all periods that hold a day from `first` to `last`."""
    found, at = [], period_start(first, by)
    while at <= last:
        found.append(at)
        at = period_end(at, by) + timedelta(days=1)
    return found


def year_before(selection: Selection) -> Selection | None:
    """The same weekdays 52 weeks earlier; None without both ends."""
    if selection.first is None or selection.last is None:
        return None
    back = timedelta(weeks=52)
    return selection.within(selection.first - back, selection.last - back)


def usual_days(day: date, weeks: int = 4) -> list[date]:
    """The same weekday in each of the last weeks, the latest first."""
    return [day - timedelta(weeks=n) for n in range(1, weeks + 1)]

"""What the nightly look would find, without finding it: for `citydesk retention run --dry`."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from citydesk.city.profile import queries as profile
from citydesk.kernel.destruction import Due
from citydesk.kernel.registries import load_dotted
from citydesk.management.records.queries.schedule import Series, series_in_force

_PAGE = 500


def cutoff(day: date) -> datetime:
    """The end of a city day: triggers before it lie on that day or earlier."""
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=profile.local_zone())


def count_ended(*, now: datetime, at_most: int = 200_000) -> dict[str, int]:
    """Kind to how many of its records the schedule lets go today; nothing is written. At most so many are counted."""
    today = profile.city_today(now)
    return {
        series.kind: min(at_most, sum(len(page) for page in _pages(series, today, at_most)))
        for series in series_in_force(today)
        if series.is_destroyed and series.declared.due
    }


def _pages(series: Series, today: date, at_most: int) -> Iterator[list[Due]]:
    day, after, count = series.last_trigger_day(today), None, 0
    if day is None or not series.declared.due:
        return
    due = load_dotted(series.declared.due)
    while count < at_most:
        rows = list(due(before=cutoff(day), after=after, limit=_PAGE))
        yield rows
        if len(rows) < _PAGE:
            return
        after, count = (rows[-1].at, rows[-1].id), count + len(rows)

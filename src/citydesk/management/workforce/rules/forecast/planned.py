"""Four weeks of points by the method in use, with the range and the past days each rests on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from citydesk.management.workforce.choices import Model
from citydesk.management.workforce.rules.forecast.backtest import Method, last_week
from citydesk.management.workforce.rules.forecast.base import COMPARABLE
from citydesk.management.workforce.rules.forecast.calendar import Calendar
from citydesk.management.workforce.rules.forecast.forecaster import Forecaster, Point
from citydesk.management.workforce.rules.forecast.handle_time import Handled, HandleTime, handle_time
from citydesk.management.workforce.rules.forecast.history import History, Slots

WEEKS = 4
METHODS: Mapping[Model, Method] = {Model.LAST_WEEK: last_week}


@dataclass(frozen=True, slots=True)
class Planned:
    """A point and the handle time foretold for it (None: nothing was ever handled)."""

    point: Point
    handle: HandleTime | None


def days_ahead(cutoff: date, weeks: int = WEEKS) -> list[date]:
    """The days of so many weeks from the cutoff on."""
    return [cutoff + timedelta(days=one) for one in range(7 * weeks)]


def planned(
    history: History,
    handled: Mapping[date, Sequence[Handled | None]],
    calendar: Calendar,
    cutoff: date,
    method: Model = Model.DEFAULT,
    methods: Mapping[Model, Method] | None = None,
) -> list[Planned]:
    """The points of the next weeks from what was known when the cutoff began. Nothing without any past.

    A challenger gives the values; the range around them is that of the default's errors, which are larger, else the
    challenger would not be in use.
    """
    known = history.before(cutoff)
    if not known.dates:
        return []
    forecaster, days = Forecaster(known, calendar), days_ahead(cutoff)
    said = dict(zip(days, _said(known, days, method, methods), strict=True)) if method is not Model.DEFAULT else {}
    past = {day: row for day, row in handled.items() if day < cutoff}
    times: dict[tuple[int, int], HandleTime | None] = {}
    found = []
    for day in days:
        for point in forecaster.points(day, cutoff):
            one = _by(point, said[day], known, forecaster, cutoff) if said else point
            # Every weekday's slot has one handle time: it does not depend on the week.
            key = (day.weekday(), one.slot)
            if key not in times:
                times[key] = handle_time(past, day, one.slot, cutoff)
            found.append(Planned(one, times[key]))
    return found


def _said(known: History, days: Sequence[date], method: Model, methods: Mapping[Model, Method] | None) -> list[Slots]:
    return {**METHODS, **(methods or {})}[method](known, days)


def _by(point: Point, said: Slots, known: History, forecaster: Forecaster, cutoff: date) -> Point:
    """The point with a challenger's value. Where it says nothing the default's stands."""
    value = said[point.slot]
    if value is None or not forecaster.calendar.is_open(point.day, point.slot):
        return point
    low, high = forecaster.ranges.at(cutoff, (point.day - cutoff).days).around(value) if value > 0.0 else (0.0, 0.0)
    same = known.by_weekday.get(point.day.weekday(), known.dates)[-COMPARABLE:]
    basis = tuple((day, seen) for day in same if (seen := known.days[day][point.slot]) is not None)
    return Point(point.day, point.slot, value, low, high, basis, (), 1.0, point.is_sure)

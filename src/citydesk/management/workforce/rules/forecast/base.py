"""The base of a forecast: the middle of the last four comparable weekdays, slot by slot, and which those were.

On real call centers this is hard to beat beyond two days ahead (Taylor 2008), costs nothing, and can be explained.
"""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from statistics import fmean, median

from citydesk.management.workforce.rules.forecast.calendar import Calendar
from citydesk.management.workforce.rules.forecast.history import History, slots_of

COMPARABLE = 4
# Fewer comparable weekdays than that: the mean of all usual days of the last four weeks stands in.
STAND_IN_DAYS = 28


@dataclass(frozen=True, slots=True)
class Base:
    """A value for each slot (None where nothing comparable was observed) and the days it rests on."""

    values: tuple[float | None, ...]
    days: tuple[date, ...]
    is_sure: bool

    @property
    def total(self) -> float:
        return sum(one for one in self.values if one is not None)


class Bases:
    """Bases of days from one history, each combination of past days reckoned once."""

    def __init__(self, history: History, calendar: Calendar) -> None:
        self.history, self.calendar = history, calendar
        self._usual = {
            weekday: [day for day in days if calendar.is_usual(day)] for weekday, days in history.by_weekday.items()
        }
        self._known: dict[tuple[date, ...], Base] = {}

    def of(self, day: date, cutoff: date) -> Base:
        """The base of `day` from what was known when `cutoff` began."""
        usual = _before(self._usual.get(day.weekday(), []), cutoff)[-COMPARABLE:]
        if len(usual) == COMPARABLE:
            return self._middle(tuple(usual))
        return self._stand_in(tuple(usual), cutoff)

    def _middle(self, days: tuple[date, ...]) -> Base:
        known = self._known.get(days)
        if known is None:
            columns = zip(*(self.history.days[day] for day in days), strict=True)
            known = self._known[days] = Base(tuple(_median(column) for column in columns), days, is_sure=True)
        return known

    def _stand_in(self, own: tuple[date, ...], cutoff: date) -> Base:
        """The mean of all usual days of four weeks: a guess, and marked as one."""
        recent = [day for day in _before(self.history.dates, cutoff) if (cutoff - day).days <= STAND_IN_DAYS]
        days = tuple(day for day in recent if self.calendar.is_usual(day)) or tuple(recent) or own
        if not days:
            return Base((None,) * slots_of(self.history.slot_minutes), (), is_sure=False)
        columns = zip(*(self.history.days[day] for day in days), strict=True)
        return Base(tuple(_mean(column) for column in columns), days, is_sure=False)


def _before(days: list[date], cutoff: date) -> list[date]:
    return days[: bisect_left(days, cutoff)]


def _median(column: Iterable[float | None]) -> float | None:
    seen = [one for one in column if one is not None]
    return median(seen) if seen else None


def _mean(column: Iterable[float | None]) -> float | None:
    seen = [one for one in column if one is not None]
    return fmean(seen) if seen else None

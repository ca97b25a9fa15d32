"""How far off a forecast may be: the ratios of what came to what was foretold, widened until the past is covered.

Calls scatter more than chance alone would have it, so no law of numbers gives the range; the past errors of the same
lead do. Errors of one day hang together, so even they come out too narrow: the range is stretched by what the last
days would have needed to be covered as often as promised (split conformal), never drawn in.
"""

import math
from bisect import bisect_left, insort
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from citydesk.management.workforce.rules.forecast.history import History, Slots

COVERS = 0.80
# Days whose errors make the range, and days that tell how far it must be stretched.
ERROR_DAYS, STRETCH_DAYS = 60, 20
LEAST_DAYS = 10
# Half a call on both sides: a slot in which nothing came has a ratio too.
HALF = 0.5
_NARROWEST = 1e-9
# So many days that come and go are put in their place one by one; more are sorted anew.
_FEW = 6
# With too little past: from half of it to twice.
_UNKNOWN = math.log(2.0)

Model = Callable[[date, date], Slots]


class Range(NamedTuple):
    """Logarithms of ratios to the forecast: the middle, low and high; whether enough of the past made them."""

    middle: float
    low: float
    high: float
    is_sure: bool

    def around(self, value: float) -> tuple[float, float]:
        """The low and high end for a forecast; it is between them."""
        low = (value + HALF) * math.exp(self.low) - HALF
        high = (value + HALF) * math.exp(self.high) - HALF
        return max(0.0, min(low, value)), max(high, value)


class Ranges:
    """Ranges of a model's forecasts by lead (days from cutoff to the day) at any cutoff, from nothing later than it."""

    def __init__(self, history: History, model: Model) -> None:
        self.history, self.model = history, model
        self._errors: dict[tuple[date, int], list[float]] = {}
        self._scores: dict[tuple[date, int], list[float]] = {}
        self._raw: dict[tuple[date, int], Range] = {}
        self._known: dict[tuple[date, int], Range] = {}
        self._pools: dict[int, _Pool] = {}

    def at(self, cutoff: date, lead: int) -> Range:
        """The range for days `lead` days after the cutoff."""
        known = self._known.get((cutoff, lead))
        if known is None:
            known = self._known[cutoff, lead] = self._stretched(cutoff, lead)
        return known

    def _stretched(self, cutoff: date, lead: int) -> Range:
        raw = self._raw_at(cutoff, lead)
        if not raw.is_sure:
            return raw
        scores = [one for day in self._days(cutoff, STRETCH_DAYS) for one in self._scores_of(day, lead)]
        stretch = max(1.0, quantile(sorted(scores), COVERS)) if scores else 1.0
        low, high = (raw.middle + stretch * (end - raw.middle) for end in (raw.low, raw.high))
        return Range(raw.middle, low, high, is_sure=True)

    def _raw_at(self, cutoff: date, lead: int) -> Range:
        known = self._raw.get((cutoff, lead))
        if known is None:
            known = self._raw[cutoff, lead] = self._quantiles(cutoff, lead)
        return known

    def _quantiles(self, cutoff: date, lead: int) -> Range:
        pool = self._pools.get(lead)
        if pool is None:
            pool = self._pools[lead] = _Pool(lambda day: self._errors_of(day, lead))
        days, pooled = pool.of(self._days(cutoff, ERROR_DAYS))
        if days < LEAST_DAYS:
            return Range(0.0, -_UNKNOWN, _UNKNOWN, is_sure=False)
        tail = (1.0 - COVERS) / 2.0
        return Range(quantile(pooled, 0.5), quantile(pooled, tail), quantile(pooled, 1.0 - tail), is_sure=True)

    def _days(self, cutoff: date, most: int) -> Sequence[date]:
        dates = self.history.dates
        end = bisect_left(dates, cutoff)
        return dates[max(0, end - most) : end]

    def _errors_of(self, day: date, lead: int) -> list[float]:
        """The logarithms of ratios of a past day to what was foretold of it `lead` days before."""
        known = self._errors.get((day, lead))
        if known is None:
            foretold = self.model(day, day - timedelta(days=lead))
            known = self._errors[day, lead] = [
                math.log((came + HALF) / (said + HALF))
                for came, said in zip(self.history.days[day], foretold, strict=True)
                if came is not None and said is not None
            ]
        return known

    def _scores_of(self, day: date, lead: int) -> list[float]:
        """How many times the range of its time each error of a past day was; none where there was no range yet."""
        known = self._scores.get((day, lead))
        if known is None:
            then = self._raw_at(day - timedelta(days=lead), lead)
            errors = self._errors_of(day, lead) if then.is_sure else []
            known = self._scores[day, lead] = [_score(one, then) for one in errors]
        return known


class _Pool:
    """The errors of a run of days in order. The next run mostly drops a day and takes one: the others stay in order."""

    def __init__(self, errors_of: Callable[[date], list[float]]) -> None:
        self._errors_of = errors_of
        self._days: set[date] = set()
        self._ordered: list[float] = []

    def of(self, days: Sequence[date]) -> tuple[int, list[float]]:
        """How many of the days have errors, and all their errors in order."""
        wanted = set(days)
        gone, come = self._days - wanted, wanted - self._days
        if len(gone) + len(come) > _FEW:
            self._ordered = sorted(one for day in days for one in self._errors_of(day))
        else:
            for day in gone:
                for one in self._errors_of(day):
                    del self._ordered[bisect_left(self._ordered, one)]
            for day in come:
                for one in self._errors_of(day):
                    insort(self._ordered, one)
        self._days = wanted
        return sum(1 for day in days if self._errors_of(day)), self._ordered


def _score(error: float, then: Range) -> float:
    """How many times the half range of its side an error was."""
    side = then.high - then.middle if error >= then.middle else then.middle - then.low
    return abs(error - then.middle) / max(side, _NARROWEST)


def quantile(ordered: Sequence[float], share: float) -> float:
    """The value that a share of as many draws as these and one more stays below."""
    place = math.ceil((len(ordered) + 1) * share) - 1
    return ordered[min(max(place, 0), len(ordered) - 1)]

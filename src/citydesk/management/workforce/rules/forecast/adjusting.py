"""What moves a base: the multiplier of a flagged day, and the level of the last days.

The level follows the last week by a part only: the base lags two weeks behind a change, and a whole correction would
carry one loud day into the next fortnight. The middle of the five days' ratios is taken, so one outlier moves little.
"""

from bisect import bisect_left
from dataclasses import dataclass
from datetime import date, timedelta
from math import prod
from statistics import median

from citydesk.management.workforce.rules.forecast.base import Bases
from citydesk.management.workforce.rules.forecast.calendar import Kind

LEAST_CASES = 3
LEVEL_DAYS, LEVEL_GAIN = 5, 0.3
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Factor:
    """The multiplier of a kind of day: from `cases` past days, or a person's (`author`), or 1 for want of both."""

    kind: Kind
    value: float
    cases: int
    author: str = ""

    @property
    def is_sure(self) -> bool:
        return self.cases >= LEAST_CASES or bool(self.author)


class Adjustments:
    """Multipliers and levels at any cutoff, from nothing later than it."""

    def __init__(self, bases: Bases) -> None:
        self.bases, self.history, self.calendar = bases, bases.history, bases.calendar
        self._cases: dict[Kind, list[tuple[date, float]]] = {}
        self._levels: dict[date, float] = {}
        self._learned: dict[tuple[Kind, date], tuple[float, int]] = {}
        for day in self.history.dates:
            flags = self.calendar.flags_of(day)
            base = bases.of(day, day) if len(flags) == 1 and day > self.history.dates[0] else None
            if base and base.is_sure and base.total > 0.0:
                self._cases.setdefault(flags[0].kind, []).append((day, self.history.totals[day] / base.total))

    def factors(self, day: date, cutoff: date) -> tuple[Factor, ...]:
        """The multipliers of a day's flags as known at the cutoff. A closed day needs none: it is zero."""
        return tuple(
            self._factor(flag.kind, flag.factor, flag.author, cutoff)
            for flag in self.calendar.flags_of(day)
            if flag.kind is not Kind.CLOSED
        )

    def _factor(self, kind: Kind, given: float | None, author: str, cutoff: date) -> Factor:
        value, cases = self._learn(kind, cutoff)
        if cases >= LEAST_CASES:
            return Factor(kind, value, cases)
        return Factor(kind, given, cases, author or "?") if given is not None else Factor(kind, 1.0, cases)

    def _learn(self, kind: Kind, cutoff: date) -> tuple[float, int]:
        known = self._learned.get((kind, cutoff))
        if known is None:
            ratios = [ratio for day, ratio in self._cases.get(kind, ()) if day < cutoff]
            known = self._learned[kind, cutoff] = (median(ratios) if ratios else 1.0, len(ratios))
        return known

    def level(self, cutoff: date) -> float:
        """How the last five days went against what was expected a week before each: a part of the difference."""
        known = self._levels.get(cutoff)
        if known is None:
            known = self._levels[cutoff] = self._level(cutoff)
        return known

    def _level(self, cutoff: date) -> float:
        dates = self.history.dates
        end = bisect_left(dates, cutoff)
        ratios = []
        for day in dates[max(0, end - LEVEL_DAYS) : end]:
            base = self.bases.of(day, day - WEEK) if day - WEEK > dates[0] else None
            expected = (
                base.total * prod(one.value for one in self.factors(day, cutoff)) if base and base.is_sure else 0.0
            )
            if expected > 0.0:
                ratios.append(self.history.totals[day] / expected)
        return 1.0 + LEVEL_GAIN * (median(ratios) - 1.0) if len(ratios) == LEVEL_DAYS else 1.0

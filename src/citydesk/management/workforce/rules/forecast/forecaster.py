"""The forecast itself: base x multipliers x level, a range around it, overrides beside it, and what it all rests on."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from math import prod

from citydesk.kernel.errors import Invalid, marked
from citydesk.management.workforce.rules.forecast.adjusting import Adjustments, Factor
from citydesk.management.workforce.rules.forecast.base import Base, Bases
from citydesk.management.workforce.rules.forecast.calendar import Calendar
from citydesk.management.workforce.rules.forecast.history import History, Slots
from citydesk.management.workforce.rules.forecast.ranges import Ranges


@dataclass(frozen=True, slots=True)
class Override:
    """A person's value in place of the model's, with a name and a reason; both values are kept."""

    value: float
    author: str
    reason: str

    def __post_init__(self) -> None:
        if not 0.0 <= self.value < float("inf"):
            raise Invalid(marked("The value must be zero or more."), field="value")
        if not self.author or not self.reason.strip():
            raise Invalid(marked("An override needs a reason."), field="reason")


@dataclass(frozen=True, slots=True)
class Point:
    """One slot of one day. `model` is the program's value, `mean` the one in force; `low` and `high` enclose 80 of 100.

    `basis` are the past slots it rests on, with what came in them; `is_sure` is false where the past is too short.
    """

    day: date
    slot: int
    model: float
    low: float
    high: float
    basis: tuple[tuple[date, float], ...]
    factors: tuple[Factor, ...]
    level: float
    is_sure: bool
    override: Override | None = None

    @property
    def mean(self) -> float:
        return self.override.value if self.override else self.model


class Forecaster:
    """Forecasts from one history and calendar at any cutoff. Nothing from the cutoff on is read."""

    def __init__(self, history: History, calendar: Calendar) -> None:
        self.history, self.calendar = history, calendar
        self.bases = Bases(history, calendar)
        self.adjustments = Adjustments(self.bases)
        self.ranges = Ranges(history, self._sure_values)
        self._open: dict[date, tuple[bool, ...]] = {}

    def values(self, day: date, cutoff: date) -> Slots:
        """The value of each slot of a day as known at the cutoff; None where nothing says anything about a slot."""
        base, factor = self._parts(day, cutoff)
        return self._values(day, base, factor)

    def _sure_values(self, day: date, cutoff: date) -> Slots:
        """What ranges are made from: a guess of the first weeks says nothing about the errors to come."""
        values = self.values(day, cutoff)
        return values if self.bases.of(day, cutoff).is_sure else (None,) * len(values)

    def _parts(self, day: date, cutoff: date) -> tuple[Base, float]:
        factors = self.adjustments.factors(day, cutoff)
        return self.bases.of(day, cutoff), prod(one.value for one in factors) * self.adjustments.level(cutoff)

    def _values(self, day: date, base: Base, factor: float) -> Slots:
        """A day is foretold from many cutoffs; when the desk is open on it is looked up once."""
        known = self._open.get(day)
        if known is None:
            known = self._open[day] = tuple(self.calendar.is_open(day, slot) for slot in range(len(base.values)))
        return tuple(
            0.0 if not is_open else None if one is None else max(0.0, one * factor)
            for is_open, one in zip(known, base.values, strict=True)
        )

    def points(self, day: date, cutoff: date, overrides: Mapping[int, Override] | None = None) -> list[Point]:
        """The points of a day as known at the cutoff, with the overrides of its slots."""
        base, factor = self._parts(day, cutoff)
        factors, level = self.adjustments.factors(day, cutoff), self.adjustments.level(cutoff)
        span = self.ranges.at(cutoff, (day - cutoff).days)
        is_sure = base.is_sure and span.is_sure and all(one.is_sure for one in factors)
        given = overrides or {}
        found = []
        for slot, model in enumerate(self._values(day, base, factor)):
            if model is None:
                continue
            low, high = span.around(model) if model > 0.0 else (0.0, 0.0)
            basis = tuple((one, seen) for one in base.days if (seen := self.history.days[one][slot]) is not None)
            found.append(Point(day, slot, model, low, high, basis, factors, level, is_sure, given.get(slot)))
        return found


def forecast(
    history: History,
    calendar: Calendar,
    cutoff: date,
    days: Iterable[date],
    overrides: Mapping[tuple[date, int], Override] | None = None,
) -> list[Point]:
    """The points of the given days (from the cutoff on) from what was known when the cutoff began.

    Raises `Invalid` where nothing at all is known, or a day lies before the cutoff.
    """
    known = history.before(cutoff)
    if not known.dates:
        raise Invalid(marked("There is no history before this day."), field="cutoff")
    forecaster = Forecaster(known, calendar)
    found = []
    for day in days:
        if day < cutoff:
            raise Invalid(marked("A forecast begins with the day of its cutoff."), field="cutoff")
        given = {slot: one for (on, slot), one in (overrides or {}).items() if on == day}
        found += forecaster.points(day, cutoff, given)
    return found


def with_override(point: Point, override: Override | None) -> Point:
    """The point with a person's value beside the model's, or without it again."""
    return replace(point, override=override)

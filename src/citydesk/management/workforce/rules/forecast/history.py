"""What came in, by day and slot of the day on the city's clock. A forecast reads nothing else."""

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from citydesk.kernel.errors import Invalid, marked

DAY_MINUTES = 1440
Slots = tuple[float | None, ...]


@dataclass(frozen=True)
class History:
    """Counts by day; each day has one value for each slot from midnight, None where nothing was observed or open.

    On the day with 23 hours a slot is missing, on the one with 25 hours a slot is the mean of its two: a forecast is
    for the hour on the clock.
    """

    slot_minutes: int
    days: Mapping[date, Slots]
    _before: dict[date, "History"] = field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        slots = slots_of(self.slot_minutes)
        if any(len(values) != slots for values in self.days.values()):
            words = marked("A day has %(slots)s slots of %(minutes)s minutes.")
            raise Invalid(words, field="slot", values={"slots": slots, "minutes": self.slot_minutes})

    @cached_property
    def dates(self) -> list[date]:
        """The days with any value, in order."""
        return sorted(day for day, values in self.days.items() if any(one is not None for one in values))

    @cached_property
    def by_weekday(self) -> dict[int, list[date]]:
        """The days with any value by weekday (Monday is 0), in order."""
        found: dict[int, list[date]] = {}
        for day in self.dates:
            found.setdefault(day.weekday(), []).append(day)
        return found

    @cached_property
    def totals(self) -> dict[date, float]:
        """What came in on each day."""
        return {day: sum(one for one in self.days[day] if one is not None) for day in self.dates}

    def before(self, cutoff: date) -> "History":
        """What was known when `cutoff` began. Nothing that happened later is in it."""
        known = self._before.get(cutoff)
        if known is None:
            dates = self.dates[: bisect_left(self.dates, cutoff)]
            known = self._before[cutoff] = History(self.slot_minutes, {day: self.days[day] for day in dates})
            vars(known)["dates"] = dates  # they are known: no value has to be looked at again
        return known


def slots_of(minutes: int) -> int:
    """How many slots of so many minutes a day has. Raises `Invalid` where they do not fill it."""
    if minutes < 1 or DAY_MINUTES % minutes:
        raise Invalid(marked("The slot must divide a day."), field="slot", hint=marked("Such as 15, 30 or 60 minutes."))
    return DAY_MINUTES // minutes

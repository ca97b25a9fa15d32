"""Measured shrinkage by weekday and slot: each half-hour's own where enough was seen of it, else its weekday's, else
the group's.

At eight on a Monday people come late, at noon they eat, on Friday afternoons they are on leave: one number for the week
rosters too many at one hour and too few at another.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta, tzinfo
from enum import StrEnum
from typing import Any

from .adherence import Piece
from .measured import Measured, Part, measured_by
from .shrinkage import Shrinkage

# Below these a share of its own says more of chance than of the slot or the weekday: days seen, hours rostered. Twenty
# hours of half-hours are forty people seen, whose share is off by seven points one time in three.
SLOT_DAYS, SLOT_HOURS = 4, 20
WEEKDAY_DAYS, WEEKDAY_HOURS = 4, 40
_HOUR = 3600

# A weekday (Monday is 0) and the minute of the day that the slot begins at, by the city's clock.
Place = tuple[int, int]


class Source(StrEnum):
    """Where a slot's shrinkage comes from."""

    SLOT = "slot"
    WEEKDAY = "weekday"
    HOURS = "hours"
    GROUP = "group"
    DIVISION = "division"


@dataclass(frozen=True, slots=True)
class PersonDay:
    """What became of a person's day: its pieces, the leave granted for it if any, the malfunctions that held it up."""

    pieces: tuple[Piece, ...]
    away: Part | None = None
    lost: tuple[tuple[datetime, datetime], ...] = ()


@dataclass(frozen=True)
class WeekMeasured:
    """Measured shrinkage of each slot of a week that `minutes` long slots cut; `days` of each are the dates it was seen
    on. Empty where nothing was measured by slot."""

    minutes: int = 30
    slots: Mapping[Place, Measured] = field(default_factory=dict)
    weekdays: Mapping[int, Measured] = field(default_factory=dict)

    def slot_at(self, weekday: int, minute: int) -> Measured:
        """What was seen of the slot that a minute of a weekday lies in."""
        return self.slots.get((weekday, minute - minute % self.minutes), Measured())

    def weekday(self, weekday: int) -> Measured:
        """What was seen of a weekday, all slots together."""
        return self.weekdays.get(weekday, Measured())

    def own(self, weekday: int, minute: int) -> Shrinkage | None:
        """The slot's own shares; None where too little was seen of it."""
        found = self.slot_at(weekday, minute)
        return found.shrinkage if is_enough_of_slot(found) else None

    def of_weekday(self, weekday: int) -> Shrinkage | None:
        """The weekday's shares; None where too little was seen of it."""
        found = self.weekday(weekday)
        return found.shrinkage if is_enough_of_weekday(found) else None


def is_enough_of_slot(found: Measured) -> bool:
    """Whether a slot may be planned with its own share."""
    return _is_enough(found, SLOT_DAYS, SLOT_HOURS)


def is_enough_of_weekday(found: Measured) -> bool:
    """Whether a weekday may stand in for its slots."""
    return _is_enough(found, WEEKDAY_DAYS, WEEKDAY_HOURS)


def _is_enough(found: Measured, days: int, hours: int) -> bool:
    return found.days >= days and found.rostered >= hours * _HOUR and found.shrinkage.whole < 1.0


def week_measured(days: Iterable[PersonDay], minutes: int, zone: tzinfo) -> WeekMeasured:
    """What became of people's days, slot by slot of the week. Its sum is that of the days."""
    found: dict[Place, Measured] = defaultdict(Measured)
    seen: dict[Place, set[date]] = defaultdict(set)
    for one in days:
        pieces = tuple(_cut(one.pieces, minutes, zone))
        by_slot = measured_by(pieces, one.away, one.lost, lambda piece: _slot_of(piece, minutes, zone))
        for (day, minute), part in by_slot.items():
            place = (day.weekday(), minute)
            found[place] += part
            seen[place].add(day)
    slots = {place: replace(found[place], days=len(seen[place])) for place in sorted(found)}
    return WeekMeasured(minutes, slots, _weekdays(slots, seen))


def _weekdays(slots: Mapping[Place, Measured], seen: Mapping[Place, set[date]]) -> dict[int, Measured]:
    found: dict[int, Measured] = defaultdict(Measured)
    dates: dict[int, set[date]] = defaultdict(set)
    for place, one in slots.items():
        found[place[0]] += one
        dates[place[0]] |= seen[place]
    return {weekday: replace(one, days=len(dates[weekday])) for weekday, one in found.items()}


def _slot_of(piece: Piece, minutes: int, zone: tzinfo) -> tuple[date, int]:
    here = piece.start.astimezone(zone)
    minute = here.hour * 60 + here.minute
    return here.date(), minute - minute % minutes


def _cut(pieces: Iterable[Piece], minutes: int, zone: tzinfo) -> Iterator[Piece]:
    """The pieces cut wherever a slot of the city's clock begins."""
    step = minutes * 60
    for one in pieces:
        start = one.start
        while start < one.end:
            here = start.astimezone(zone)
            past = (here.hour * 3600 + here.minute * 60 + here.second) % step
            end = min(one.end, start + timedelta(seconds=step - past, microseconds=-here.microsecond))
            yield replace(one, start=start, end=end)
            start = end


def written_down(week: WeekMeasured) -> dict[str, Any]:
    """The week as it is kept with a measure; `read_back` undoes it."""
    return {
        "minutes": week.minutes,
        "slots": [[*place, *_row(one)] for place, one in week.slots.items()],
        "weekdays": [[weekday, *_row(one)] for weekday, one in week.weekdays.items()],
    }


def read_back(kept: Mapping[str, Any] | None) -> WeekMeasured:
    """A week from what `written_down` made of it; an empty one of measures made before slots were told apart."""
    if not kept:
        return WeekMeasured()
    slots = {(weekday, minute): _measured(*row) for weekday, minute, *row in kept["slots"]}
    return WeekMeasured(kept["minutes"], slots, {weekday: _measured(*row) for weekday, *row in kept["weekdays"]})


def _row(one: Measured) -> list[Any]:
    return [one.rostered, one.days, {part.value: seconds for part, seconds in one.parts.items()}]


def _measured(rostered: int, days: int, parts: Mapping[str, int]) -> Measured:
    return Measured(rostered, {Part(key): seconds for key, seconds in parts.items()}, days)

"""Shrinkage as it was: what became of rostered time on the desk, from schedules, switch and clock, leave, malfunctions.

Rostered is what coverage counts as there: the shift without its meal, trainings and meetings, breaks in it. What of it
was no time for contacts is shrinkage; leave that no shift was planned for is in the roster already and no part of it.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeVar

from .adherence import Doing, Piece
from .shrinkage import Shrinkage, shrinkage_of

WEEKS = 8
# Below these a share says more of chance than of the desk: working days seen, and hours of people rostered.
LEAST_DAYS, LEAST_HOURS = 10, 100
_ON_DESK = (Doing.CONTACTS, Doing.BREAK)
Key = TypeVar("Key")
_MOVED = (Doing.MEAL, Doing.TRAINING, Doing.MEETING)


class Part(StrEnum):
    """Where rostered time went that was no time for contacts."""

    BREAKS = "breaks"
    TRAINING = "training"
    MEETINGS = "meetings"
    OTHER_WORK = "other_work"
    LEAVE = "leave"
    SICK = "sick"
    NOT_THERE = "not_there"
    MALFUNCTION = "malfunction"


PLANNED = (Part.BREAKS, Part.TRAINING, Part.MEETINGS, Part.OTHER_WORK, Part.LEAVE)
UNPLANNED = (Part.SICK, Part.NOT_THERE, Part.MALFUNCTION)
_OF: Mapping[Doing, Part] = {
    Doing.BREAK: Part.BREAKS,
    Doing.TRAINING: Part.TRAINING,
    Doing.MEETING: Part.MEETINGS,
    Doing.OFFLINE: Part.OTHER_WORK,
    Doing.MEAL: Part.NOT_THERE,
}


@dataclass(frozen=True)
class Measured:
    """Seconds rostered and what of them went where. `days` are working days with something seen, `left_out` the days of
    people of whom neither switch nor clock told anything: they are in no sum."""

    rostered: int = 0
    parts: Mapping[Part, int] = field(default_factory=dict)
    days: int = 0
    left_out: int = 0

    def __add__(self, other: "Measured") -> "Measured":
        kinds = [one for one in Part if one in self.parts or one in other.parts]
        return Measured(
            self.rostered + other.rostered,
            {one: self.parts.get(one, 0) + other.parts.get(one, 0) for one in kinds},
            self.days + other.days,
            self.left_out + other.left_out,
        )

    @property
    def shrinkage(self) -> Shrinkage:
        """Shares of rostered time, planned and unplanned."""
        away = sum(self.parts.values())
        return shrinkage_of(self.rostered, self.rostered - away, sum(self.parts.get(one, 0) for one in PLANNED))

    @property
    def is_enough(self) -> bool:
        """Whether it is worth planning with: enough days and hours, and some time was left for contacts."""
        is_much = self.days >= LEAST_DAYS and self.rostered >= LEAST_HOURS * 3600
        return is_much and self.shrinkage.whole < 1.0


def day_measured(pieces: Iterable[Piece], *, away: Part | None, lost: Iterable[tuple[datetime, datetime]]) -> Measured:
    """One person's day. `away` is what leave granted for the day was, if any; `lost` are malfunctions, apart from one
    another. A meal or training taken at another time than planned is no loss as far as work stood in its place."""
    return measured_by(pieces, away, lost, lambda one: None).get(None, Measured())


def measured_by(
    pieces: Iterable[Piece],
    away: Part | None,
    lost: Iterable[tuple[datetime, datetime]],
    key_of: Callable[[Piece], Key],
) -> dict[Key, Measured]:
    """The same day told apart by what `key_of` says of a piece; the sum of all is the day. A meal or training that was
    moved is no loss where it was taken, the first of them first."""
    some, spans = tuple(pieces), tuple(lost)
    rostered: dict[Key, int] = defaultdict(int)
    parts: dict[Key, Counter[Part]] = defaultdict(Counter)
    moved = {doing: _moved(some, doing) for doing in _MOVED}
    for one in some:
        if one.planned not in _ON_DESK:
            continue
        key, part = key_of(one), _part(one, away)
        rostered[key] += one.seconds
        if part is not None:
            pardoned = min(one.seconds, moved.get(one.actual, 0)) if one.planned is Doing.CONTACTS else 0
            moved[one.actual] = moved.get(one.actual, 0) - pardoned
            parts[key][part] += one.seconds - pardoned
        elif one.actual is Doing.CONTACTS:
            parts[key][Part.MALFUNCTION] += _overlap(one, spans)
    return {
        key: Measured(seconds, {part: parts[key][part] for part in Part if parts[key][part]})
        for key, seconds in rostered.items()
    }


def _moved(pieces: Iterable[Piece], doing: Doing) -> int:
    """Seconds for which a meal, training or meeting and contacts changed places."""
    some = tuple(pieces)
    return min(_seconds(some, Doing.CONTACTS, doing), _seconds(some, doing, Doing.CONTACTS))


def _part(one: Piece, away: Part | None) -> Part | None:
    """Where a stretch of rostered time went; None: contacts."""
    if one.actual is Doing.CONTACTS:
        return None
    if one.actual is Doing.AWAY:
        if away is not None:
            return away
        return Part.BREAKS if one.planned is Doing.BREAK else Part.NOT_THERE
    return _OF[one.actual]


def _seconds(pieces: Iterable[Piece], planned: Doing, actual: Doing) -> int:
    return sum(one.seconds for one in pieces if one.planned is planned and one.actual is actual)


def _overlap(one: Piece, spans: Iterable[tuple[datetime, datetime]]) -> int:
    found = sum((max(timedelta(), min(one.end, end) - max(one.start, begin)) for begin, end in spans), timedelta())
    return int(found.total_seconds())

"""Days that are not like others, known beforehand: closed, after a closed day, the turn of a month, bills, storms.

A flagged day is left out of what usual days are foretold from, and has a multiplier of its own: the middle of what past
days of its kind were to their base, once there are three of them; before that the one a person gave, with their name.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum


class Kind(StrEnum):
    CLOSED = "closed"
    HOLIDAY = "holiday"
    AFTER_CLOSED = "after_closed"
    TURN_OF_MONTH = "turn_of_month"
    BILL_DROP = "bill_drop"
    STORM = "storm"
    CAMPAIGN = "campaign"


# Kinds that follow from no date alone: a profile or a person says on which days they fall.
GIVEN = (Kind.HOLIDAY, Kind.BILL_DROP, Kind.STORM, Kind.CAMPAIGN)


@dataclass(frozen=True, slots=True)
class Flag:
    """Why a day is different. `factor` is a person's guess, with `author` and `reason`, until the past knows better."""

    kind: Kind
    factor: float | None = None
    author: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Calendar:
    """Flags by day, and opening hours: by weekday the first slot and the slot after the last (None: not said).

    `dated` names the open slots of single days and stands above the weekday.
    """

    flags: Mapping[date, tuple[Flag, ...]] = field(default_factory=dict)
    hours: Mapping[int, tuple[int, int]] | None = None
    dated: Mapping[date, frozenset[int]] = field(default_factory=dict)

    def flags_of(self, day: date) -> tuple[Flag, ...]:
        return self.flags.get(day, ())

    def is_usual(self, day: date) -> bool:
        """Whether a day has no flag at all."""
        return not self.flags.get(day)

    def is_open(self, day: date, slot: int) -> bool:
        """Whether the desk takes contacts then."""
        if any(one.kind is Kind.CLOSED for one in self.flags_of(day)):
            return False
        if day in self.dated:
            return slot in self.dated[day]
        if self.hours is None:
            return True
        first, last = self.hours.get(day.weekday(), (0, 0))
        return first <= slot < last


# The last working day of a month and the first three of the next.
TURN_BEFORE, TURN_AFTER = 1, 3


def calendar_of(
    working_weekdays: Collection[int],
    first: date,
    last: date,
    closed: Collection[date] = (),
    extra: Mapping[date, Iterable[Flag]] | None = None,
    hours: Mapping[int, tuple[int, int]] | None = None,
) -> Calendar:
    """The flags that follow from dates alone, from `first` to `last`, joined with those given as `extra`."""
    flags: dict[date, list[Flag]] = {day: list(given) for day, given in (extra or {}).items()}
    # A month more on both ends, so that its working days can be counted.
    span = [first + timedelta(days=one) for one in range(-31, (last - first).days + 32)]
    working = [day for day in span if day.weekday() in working_weekdays and day not in closed]
    for day in closed:
        flags.setdefault(day, []).append(Flag(Kind.CLOSED))
        following = next((one for one in working if one > day), None)
        if following:
            _add(flags, following, Kind.AFTER_CLOSED)
    for day in _turns(working):
        _add(flags, day, Kind.TURN_OF_MONTH)
    return Calendar({day: tuple(given) for day, given in flags.items()}, hours)


def _add(flags: dict[date, list[Flag]], day: date, kind: Kind) -> None:
    known = flags.setdefault(day, [])
    if kind not in {one.kind for one in known}:
        known.append(Flag(kind))


def _turns(working: list[date]) -> Iterable[date]:
    months: dict[tuple[int, int], list[date]] = {}
    for day in working:
        months.setdefault((day.year, day.month), []).append(day)
    for days in months.values():
        yield from days[:TURN_AFTER]
        yield from days[-TURN_BEFORE:]

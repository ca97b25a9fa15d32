"""Intervals of a queue's day. Slots begin at whole quarters or halves of the city's clock and are kept in UTC.

A contact belongs whole to the slot it entered in (volume, service level); the time of a state is cut at the slots'
borders (occupancy, adherence). A day has as many slots as its hours: 23 or 25 where the clock is changed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LENGTHS = (15, 30)


@dataclass(frozen=True, order=True)
class Slot:
    """From `since` to before `until`, both UTC."""

    since: datetime
    until: datetime


def slot_of(moment: datetime, minutes: int, zone: ZoneInfo) -> datetime:
    """The beginning (UTC) of the slot a moment lies in, by the zone's clock as it went at that moment."""
    offset = moment.astimezone(zone).utcoffset() or timedelta()
    length = timedelta(minutes=minutes)
    shown = moment.astimezone(UTC) + offset
    return shown - (shown - datetime(2000, 1, 1, tzinfo=UTC)) % length - offset


def origin_of(zone: ZoneInfo) -> datetime:
    """A moment (UTC) at which the zone's clock showed a whole day: slots of the database are counted from it.

    Clock changes of the zones in use are multiples of half an hour, so one origin holds for the year.
    """
    return datetime(2000, 1, 1, tzinfo=zone).astimezone(UTC)


def day_bounds(day: date, zone: ZoneInfo) -> Slot:
    """A day of the zone as UTC: 24 hours, 23 when clocks go forward, 25 when they go back."""
    begin = datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)
    end = datetime.combine(day + timedelta(days=1), time.min, tzinfo=zone).astimezone(UTC)
    return Slot(begin, end)


def day_slots(day: date, minutes: int, zone: ZoneInfo) -> list[Slot]:
    """The slots of a day, in order, without gap or overlap."""
    return list(cut(day_bounds(day, zone), minutes, zone))


def cut(stretch: Slot, minutes: int, zone: ZoneInfo) -> Iterator[Slot]:
    """A stretch cut at the slots' borders; first and last piece may be shorter. Nothing for an empty stretch."""
    length = timedelta(minutes=minutes)
    at = stretch.since
    while at < stretch.until:
        border = min(slot_of(at, minutes, zone) + length, stretch.until)
        yield Slot(at, border)
        at = border


def split(since: datetime, until: datetime, minutes: int, zone: ZoneInfo) -> dict[datetime, timedelta]:
    """How much of a stretch falls into each slot, by the slots' beginnings. The parts add up to the whole (I3)."""
    return {slot_of(one.since, minutes, zone): one.until - one.since for one in cut(Slot(since, until), minutes, zone)}

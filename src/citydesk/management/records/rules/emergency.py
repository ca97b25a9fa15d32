"""How long a record stays open that was opened in an emergency. An hour on the clock, whatever the office's hours."""

from datetime import datetime, timedelta

OPEN_FOR = timedelta(minutes=60)


def ends_at(opened_at: datetime) -> datetime:
    """The moment from which it is closed again."""
    return opened_at + OPEN_FOR


def minutes_left(ends: datetime, now: datetime) -> int:
    """Whole minutes left, begun ones counted: 60 at first, 1 in the last minute, 0 when it is over."""
    return max(0, -(-(ends - now) // timedelta(minutes=1)))


def length(opened_at: datetime, ends: datetime, ended_at: datetime | None, now: datetime) -> timedelta:
    """How long it was open, or has been so far. Nothing ends it later than its time."""
    return min(ended_at or now, ends, now) - opened_at

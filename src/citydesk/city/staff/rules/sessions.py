"""How long a session lasts: an hour without work, twelve hours in all. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

IDLE = timedelta(minutes=60)
ABSOLUTE = timedelta(hours=12)


@dataclass(frozen=True)
class Remaining:
    """What is left of a session: seconds, never below 0, and whether work on it makes it no longer."""

    seconds: int
    is_final: bool

    @property
    def is_over(self) -> bool:
        return self.seconds <= 0


def remaining(*, started: float | None, seen: float | None, now: datetime) -> Remaining:
    """What is left at `now` of a session begun at `started` and last worked with at `seen` (seconds of the epoch).

    A session without these was not made by a sign-in and is over.
    """
    if started is None or seen is None:
        return Remaining(0, is_final=True)
    at = now.timestamp()
    idle, whole = seen + IDLE.total_seconds() - at, started + ABSOLUTE.total_seconds() - at
    # On the very last second it still holds: what is over has less than nothing left.
    left = min(idle, whole)
    return Remaining(0 if left < 0 else max(1, int(left)), is_final=whole <= idle)

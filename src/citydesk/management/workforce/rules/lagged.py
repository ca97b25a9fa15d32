"""Intervals one by one, and where that misleads: long contacts reach into the next interval.

Each interval is treated as if its load had always been so and would stay (stationary, independent, period by period).
With long handle times people are busiest one handle time after the calls came: the load is then taken so much earlier.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from citydesk.management.workforce.rules.loads import Load

LONG_HANDLE = 1.0 / 3.0
JUMP = 0.30


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why the figures of the interval at `place` are to be checked by simulation."""

    place: int
    is_long: bool
    is_jump: bool


def lagged(loads: Sequence[Load], interval: float) -> list[Load]:
    """The loads as people feel them: each interval's arrivals are those one handle time earlier.

    Before the first interval nothing came. What the last intervals brought is felt after the end and is not in the
    result; the sum therefore falls by that much.
    """
    found = []
    for place, load in enumerate(loads):
        first = place * interval - load.handle
        reached = max(0, math.floor(first / interval))
        shares = (
            (_overlap(one, interval, first) * earlier.rate)
            for one, earlier in enumerate(loads[reached : place + 1], reached)
        )
        found.append(replace(load, rate=math.fsum(shares) / interval))
    return found


def _overlap(place: int, interval: float, first: float) -> float:
    """Seconds that an interval shares with the stretch of the same length that begins at `first`."""
    return max(0.0, min(first, place * interval) + interval - max(first, place * interval))


def doubts(loads: Sequence[Load], interval: float) -> list[Doubt]:
    """The intervals in which contacts last longer than a third of it, or the load differs by 30 % from the one before.

    An interval that begins after an empty one, or ends the day, is no jump: the doors opened or closed.
    """
    jumps = {
        place
        for place, (before, now) in enumerate(pairwise(loads), 1)
        if before.rate > 0.0 and now.rate > 0.0 and abs(now.erlangs / before.erlangs - 1.0) > JUMP
    }
    found = [Doubt(place, load.handle > interval * LONG_HANDLE, place in jumps) for place, load in enumerate(loads)]
    return [one for one in found if one.is_long or one.is_jump]


def is_lag_needed(loads: Sequence[Load], interval: float) -> bool:
    """Whether any interval calls for the lagged loads."""
    return bool(doubts(loads, interval))

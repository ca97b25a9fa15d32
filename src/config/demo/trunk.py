"""Calls received in the demo city: those of the queues with the greeting before them, and those that never got so far.

Made from the simulated day and its date alone, so that what is told of a day does not depend on when it is told.
"""

import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from citydesk.contact.traffic.rules import CallPart
from config.demo.floor import Call, Day, Told

# For each call of a queue so many ended before one; so many come on an average day while nobody answers.
BEFORE, AT_NIGHT = 0.17, 7
_QUARTER, _FIRST, _LAST = 900, 6, 22
# How such a call ends: how often, how many seconds it lasts, what its records say.
_ENDS: tuple[tuple[int, tuple[int, int], dict[str, Any]], ...] = (
    (60, (20, 95), {"is_answered": True}),
    (28, (2, 9), {}),
    (8, (50, 280), {"is_answered": True, "has_person": True}),
    (4, (1, 3), {"is_failed": True}),
)


def records(day: Day, told: Told, chat: str, trunk: str, seed: str) -> Iterator[CallPart]:
    """What the switch's call detail records tell of a day."""
    chance = random.Random(f"{seed} {day.on.isoformat()} trunk")  # noqa: S311 - sample data that repeats, no secret
    calls = [one for one in told.calls if one.queue != chat]
    for one in calls:
        yield _queued(one, trunk, chance)
    name = f"{day.on:%y%m%d}-t"
    for place in range(round(BEFORE * len(calls))):
        at = chance.choice(calls).entered_at + timedelta(seconds=chance.randint(-_QUARTER, _QUARTER))
        _often, seconds, flags = chance.choices(_ENDS, [often for often, _seconds, _flags in _ENDS])[0]
        yield _part(f"{name}{place}", trunk, at, chance.randint(*seconds), flags)
    for place in range(chance.randint(AT_NIGHT // 2, AT_NIGHT * 3 // 2)):
        minute = chance.randrange(_FIRST * 60, _LAST * 60)
        shown = datetime(day.on.year, day.on.month, day.on.day, minute // 60, minute % 60, tzinfo=day.zone)
        at = shown + timedelta(seconds=chance.randrange(60))
        if not _answers(at, (*day.windows, *day.duty)):
            flags = {"is_answered": True, "is_closed": True}
            yield _part(f"{name}n{place}", trunk, at, chance.randint(12, 40), flags)


def _queued(call: Call, trunk: str, chance: random.Random) -> CallPart:
    greeting = timedelta(seconds=chance.randint(9, 34))
    lasted = call.ended_at - call.entered_at + greeting
    flags = {"is_answered": True, "has_queue": True}
    return _part(call.id, trunk, call.entered_at - greeting, round(lasted.total_seconds()), flags)


def _part(call_id: str, trunk: str, at: datetime, seconds: int, flags: dict[str, Any]) -> CallPart:
    return CallPart(call_id, frozenset({call_id}), trunk, at, at + timedelta(seconds=seconds), **flags)


def _answers(at: datetime, spans: Sequence[tuple[datetime, datetime]]) -> bool:
    return any(begin <= at < end for begin, end in spans)

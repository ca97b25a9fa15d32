"""What the live board says: who waits, how today goes against target and a usual day, and what of it must be spoken.

Pure. The moment everything holds for is handed in; ages are seconds up to it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from statistics import median
from zoneinfo import ZoneInfo

from citydesk.contact.traffic.choices import AgentStateKind, Formula
from citydesk.contact.traffic.rules.counting import Sums
from citydesk.contact.traffic.rules.intervals import day_bounds
from citydesk.contact.traffic.rules.service_level import Ratio, service_level

# A source that told nothing for so long is not live: what it said last of waiting callers and agents is not shown.
FRESH_FOR = timedelta(minutes=5)
# A leg nobody told more of for so long does not wait any more; a state so old was not ended by anybody.
WAITS_AT_MOST = timedelta(hours=4)
LASTS_AT_MOST = timedelta(hours=16)
# A usual day: so many of the last same weekdays that had traffic, looked for in so many weeks.
USUAL_DAYS, USUAL_WEEKS = 4, 8
# Spoken of: a wait longer than this (or than the queue's threshold, where that is longer), a level of enough contacts.
LONG_WAIT_S = 120
ENOUGH_CONTACTS = 10
# States in which somebody could take the next contact, or has one.
FREE = frozenset({AgentStateKind.AVAILABLE})
BUSY = frozenset({AgentStateKind.RINGING, AgentStateKind.ON_CONTACT, AgentStateKind.HOLD, AgentStateKind.ACW})


@dataclass(frozen=True)
class QueueNow:
    """A queue at a moment. `waiting` is None where no live source tells it; `level` where its sums are not told.

    `usual_*` are medians over the days of `usual_days`, counted up to `usual_until`; None where there is no such day.
    """

    id: int
    code: str
    name: Mapping[str, str]
    channel: str
    formula: Formula
    target: Decimal
    threshold_s: int
    waiting: int | None
    waits_since: datetime | None
    level: Ratio | None
    offered: int | None
    abandoned: int | None
    usual_level: float | None
    usual_offered: float | None


@dataclass(frozen=True)
class AgentNow:
    """An agent of a live source in a state since a moment; `name` is the person's, or what the switch calls them."""

    id: int
    name: str
    state: AgentStateKind
    since: datetime


@dataclass(frozen=True)
class SourceTold:
    """A source and when it told something last."""

    code: str
    name: str
    told_at: datetime | None
    is_live: bool


def is_live(told_at: datetime | None, now: datetime) -> bool:
    """Whether what a source told holds now."""
    return told_at is not None and now - told_at <= FRESH_FOR


def usual_bounds(today: date, until: datetime, zone: ZoneInfo) -> list[tuple[date, datetime, datetime]]:
    """(day, beginning, until the same time of day) of the same weekday in the weeks before, the latest first.

    `until` is a moment of today; by the clock, so that a change of clocks between the days changes nothing.
    """
    clock = until.astimezone(zone).timetz().replace(tzinfo=None)
    found = []
    for week in range(1, USUAL_WEEKS + 1):
        day = today - timedelta(weeks=week)
        bounds = day_bounds(day, zone)
        end = datetime.combine(day, clock, tzinfo=zone)
        found.append((day, bounds.since, min(max(end, bounds.since), bounds.until)))
    return found


def usual_of(days: Sequence[Sums], formula: Formula) -> tuple[float | None, float | None]:
    """(median of contacts offered, median of service levels) of the last usual days that had contacts.

    `days` are the same weekdays before, the latest first, each up to the same time of day.
    """
    with_traffic = [one for one in days if one.offered][:USUAL_DAYS]
    levels = [value for one in with_traffic if (value := service_level(formula, one).value) is not None]
    return (
        float(median(one.offered for one in with_traffic)) if with_traffic else None,
        median(levels) if levels else None,
    )


def count_states(agents: Iterable[AgentNow]) -> dict[AgentStateKind, int]:
    """How many agents are in each state, states in their own order; those nobody is in are left out."""
    found = dict.fromkeys(AgentStateKind, 0)
    for one in agents:
        found[one.state] += 1
    return {state: number for state, number in found.items() if number}


def alerts_of(queues: Iterable[QueueNow], free: int | None, now: datetime) -> tuple[str, ...]:
    """What matters now, as codes: `level:<queue>`, `wait:<queue>`, `nobody`. A board speaks when one comes or goes.

    `free` is how many agents could take a contact; None where no live source tells it.
    """
    found = []
    is_anybody_waiting = False
    for one in queues:
        is_anybody_waiting |= bool(one.waiting)
        if _is_below_target(one):
            found.append(f"level:{one.id}")
        if one.waits_since is not None and now - one.waits_since > _long_wait(one):
            found.append(f"wait:{one.id}")
    if free == 0 and is_anybody_waiting:
        found.append("nobody")
    return tuple(found)


def _is_below_target(one: QueueNow) -> bool:
    level = one.level
    if level is None or level.denominator < ENOUGH_CONTACTS:
        return False
    return level.numerator < one.target * level.denominator


def _long_wait(one: QueueNow) -> timedelta:
    return timedelta(seconds=max(LONG_WAIT_S, one.threshold_s))

"""Work that can wait (mail, back office): by earliest due date into the valleys that calls leave, and where that fails.

A plan that meets every due date exists exactly if, for every moment, the work due by then fits into the capacity up to
then; taking the earliest due first finds it. Where it does not fit, the earliest such moment is where help is needed.
"""

import heapq
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

_EXACT = 1e-9


@dataclass(frozen=True, slots=True)
class Work:
    """Hours of work of one kind that may begin with interval `ready` and must be done before interval `due` begins."""

    code: str
    hours: float
    due: int
    ready: int = 0


@dataclass(frozen=True, slots=True)
class Placed:
    """Hours of one work done in one interval."""

    interval: int
    code: str
    hours: float


@dataclass(frozen=True, slots=True)
class Plan:
    """Where the work goes. `first_late` is the first due moment that is missed, by `short_hours`; None where none is.

    `left` are hours with a due moment after the last interval that found no place: not late, only not planned.
    """

    placed: tuple[Placed, ...]
    first_late: int | None
    short_hours: float
    left: float
    spare: tuple[float, ...]


def valleys(agents: Sequence[int], busy: Sequence[float], hours: float, most_busy: float = 1.0) -> list[float]:
    """Hours that people in each interval of `hours` are not on contacts, up to the occupancy that is bearable."""
    return [max(0.0, (one * most_busy - load) * hours) for one, load in zip(agents, busy, strict=True)]


def fill(works: Iterable[Work], capacity: Sequence[float]) -> Plan:
    """Put work into capacity (hours by interval), the earliest due first. Late work is still placed."""
    waiting = sorted(works, key=lambda one: (one.ready, one.due, one.code))
    queue: list[tuple[int, int, str, float]] = []
    placed: list[Placed] = []
    spare, missed = [], dict[int, float]()
    upcoming = 0
    for interval, room in enumerate(capacity):
        while upcoming < len(waiting) and waiting[upcoming].ready <= interval:
            work = waiting[upcoming]
            heapq.heappush(queue, (work.due, upcoming, work.code, work.hours))
            upcoming += 1
        _note_missed(queue, interval, missed)
        left = room
        while queue and left > _EXACT:
            due, order, code, hours = heapq.heappop(queue)
            done = min(hours, left)
            placed.append(Placed(interval, code, done))
            left -= done
            if hours - done > _EXACT:
                heapq.heappush(queue, (due, order, code, hours - done))
        spare.append(left)
    _note_missed(queue, len(capacity), missed)
    rest = [(due, hours) for due, _order, _code, hours in queue]
    rest += [(work.due, work.hours) for work in waiting[upcoming:]]
    first = min(missed, default=None)
    left_over = sum(hours for due, hours in rest if due > len(capacity))
    return Plan(tuple(placed), first, missed[first] if first is not None else 0.0, left_over, tuple(spare))


def _note_missed(queue: Sequence[tuple[int, int, str, float]], now: int, missed: dict[int, float]) -> None:
    """Hours whose due moment has come while they still wait, by that moment, counted once."""
    for due in {one[0] for one in queue if one[0] <= now} - set(missed):
        missed[due] = sum(one[3] for one in queue if one[0] == due)


def needed_hours(works: Iterable[Work], capacity: Sequence[float]) -> list[float]:
    """The hours to add in each interval so that nothing is late: as late as is possible, no more than is short."""
    # What is late already when it comes is needed in the interval in which it comes.
    known = [replace(one, due=max(one.due, one.ready + 1)) for one in works]
    added = [0.0] * len(capacity)
    for _turn in range(len(capacity) + 1):
        plan = fill(known, [room + more for room, more in zip(capacity, added, strict=True)])
        if plan.first_late is None:
            return added
        added[plan.first_late - 1] += plan.short_hours
    return added

"""How many people of a group each slot of some days needs, from what is foretold of all its queues.

Who is free takes the next contact, whichever queue it waits in: what must be answered at once is one load. Each queue's
promise is tried on that load and the one that needs most decides. Chats are taken by others, several at once. A desk
that opens only with so many people has them from opening until closing, whatever comes. Work that can wait fills what
is left of people's time; where that is not enough, people are added as late as its due dates allow.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from citydesk.management.workforce.choices import Work
from citydesk.management.workforce.rules import deferrable
from citydesk.management.workforce.rules.groups import QueueWork
from citydesk.management.workforce.rules.lagged import LONG_HANDLE, lagged
from citydesk.management.workforce.rules.loads import Load
from citydesk.management.workforce.rules.requirement import Goal, Planner, Requirement
from citydesk.management.workforce.rules.shrinkage import rostered

HOUR = 3600.0
_EXACT = 1e-6


@dataclass(frozen=True, slots=True)
class Promise:
    """A queue of the group: its work, its goal, and the patience of its callers (None: nobody hangs up)."""

    work: QueueWork
    goal: Goal
    patience: float | None
    is_usual_patience: bool


@dataclass(frozen=True, slots=True)
class Demand:
    """What is foretold of one queue in a slot; `high` is exceeded one time in ten. `handle` None: never measured."""

    contacts: float
    high: float
    handle: float | None


@dataclass(frozen=True, slots=True)
class SlotDemand:
    """A slot's demands by queue code, the shrinkage of its place in the week, and the least people it opens with."""

    demands: dict[str, Demand]
    shrinkage: float
    least: int = 0


@dataclass(frozen=True, slots=True)
class Pool:
    """Contacts of one kind of work in a slot as one load. `contacts` came, `felt` are at work then (lagged)."""

    work: Work
    contacts: float
    handle: float
    felt: float
    needed: Requirement | None
    decides: str

    @property
    def agents(self) -> int:
        return self.needed.agents if self.needed else 0


@dataclass(frozen=True, slots=True)
class SlotStaff:
    """People a slot needs: on calls, on chats, added for work that can wait, together, and to roster for that. `least`
    is what the desk opens with: where it is more than what comes asks for, it decides."""

    calls: Pool
    chats: Pool
    added: int
    waiting_hours: float
    required: int
    required_high: int
    high: float
    scheduled: int
    is_lagged: bool
    least: int = 0

    @property
    def is_unstable(self) -> bool:
        """Whether the line holds only because callers hang up: the load is as large as the people or larger."""
        needed = self.calls.needed
        return needed is not None and 0 < needed.agents <= needed.load.erlangs


def staff_slots(promises: Sequence[Promise], slots: Sequence[SlotDemand], seconds: float) -> list[SlotStaff]:
    """The people for consecutive open slots of so many seconds."""
    calls = _pools(Work.WAITS, promises, slots, seconds)
    chats = _pools(Work.CHAT, promises, slots, seconds)
    high_slots = [
        replace(slot, demands={code: replace(one, contacts=one.high) for code, one in slot.demands.items()})
        for slot in slots
    ]
    high = [[pool.agents for pool in _pools(work, promises, high_slots, seconds)] for work in (Work.WAITS, Work.CHAT)]
    idle = [max(0, slot.least - one.agents - two.agents) for slot, one, two in zip(slots, calls, chats, strict=True)]
    added, placed = _waiting(promises, slots, calls, idle, seconds)
    found = []
    for place, slot in enumerate(slots):
        required = calls[place].agents + chats[place].agents + idle[place] + added[place]
        waits = [one.work.queue for one in promises if one.work.work is Work.WAITS]
        found.append(
            SlotStaff(
                calls=calls[place],
                chats=chats[place],
                added=added[place],
                waiting_hours=placed[place],
                required=required,
                # Whoever is there beside what usually comes is there on a loud day too.
                required_high=max(required, high[0][place] + high[1][place] + added[place]),
                high=sum(slot.demands[code].high for code in waits if code in slot.demands),
                scheduled=rostered(required, slot.shrinkage),
                is_lagged=abs(calls[place].felt - calls[place].contacts) > _EXACT,
                least=slot.least,
            )
        )
    return found


def _pools(work: Work, promises: Sequence[Promise], slots: Sequence[SlotDemand], seconds: float) -> list[Pool]:
    """The load of one kind of work in each slot, and the least people for the promise that needs most."""
    mine = [one for one in promises if one.work.work is work]
    raw = [_load(mine, slot, seconds) for slot in slots]
    is_long = any(one.rate > 0.0 and one.handle > seconds * LONG_HANDLE for one in raw)
    felt = lagged(raw, seconds) if is_long else raw
    planners = {one.work.queue: Planner(one.goal) for one in mine}
    found = []
    for before, load, slot in zip(raw, felt, slots, strict=True):
        needed, decides = None, ""
        for one in mine:
            demand = slot.demands.get(one.work.queue)
            if demand is None or demand.contacts <= 0.0:
                continue
            tried = planners[one.work.queue].required(load)
            if needed is None or tried.agents > needed.agents:
                needed, decides = tried, one.work.queue
        found.append(Pool(work, before.rate * seconds, before.handle, load.rate * seconds, needed, decides))
    return found


def _load(promises: Sequence[Promise], slot: SlotDemand, seconds: float) -> Load:
    """One load of all queues: volumes added, handle times weighed by them, patience by those who have one."""
    contacts = work = 0.0
    patient = waited = 0.0
    for one in promises:
        demand = slot.demands.get(one.work.queue)
        if demand is None or demand.contacts <= 0.0:
            continue
        contacts += demand.contacts
        work += demand.contacts * one.work.handle_of_person(demand.handle)
        if one.patience is not None:
            patient += demand.contacts
            waited += demand.contacts * one.patience
    if contacts <= 0.0:
        return Load(0.0, 1.0)
    return Load(contacts / seconds, work / contacts, waited / patient if patient else None)


def _waiting(
    promises: Sequence[Promise],
    slots: Sequence[SlotDemand],
    calls: Sequence[Pool],
    idle: Sequence[int],
    seconds: float,
) -> tuple[list[int], list[float]]:
    """People added in each slot for work that can wait, and the hours of it that are done there. `idle` are people who
    are there only because the desk is open: they do it first."""
    hours = seconds / HOUR
    works = [
        deferrable.Work(one.work.queue, demand.contacts * one.work.handle_of_person(demand.handle) / HOUR, due, place)
        for one in promises
        if one.work.work is Work.CAN_WAIT
        for place, slot in enumerate(slots)
        if (demand := slot.demands.get(one.work.queue)) is not None and demand.contacts > 0.0
        for due in [place + max(1, round(one.work.due_hours / hours))]
    ]
    if not works:
        return [0] * len(slots), [0.0] * len(slots)
    busy = min((one.goal.most_busy or 1.0 for one in promises), default=1.0)
    there = [one.agents + more for one, more in zip(calls, idle, strict=True)]
    room = deferrable.valleys(there, [_busy(one) for one in calls], hours, busy)
    added = [math.ceil(one / (hours * busy) - _EXACT) for one in deferrable.needed_hours(works, room)]
    whole = [one + more * hours * busy for one, more in zip(room, added, strict=True)]
    placed = [0.0] * len(slots)
    for one in deferrable.fill(works, whole).placed:
        placed[one.interval] += one.hours
    return added, placed


def _busy(pool: Pool) -> float:
    """People on calls at a time, in the long run."""
    return pool.agents * pool.needed.figures.occupancy if pool.needed else 0.0

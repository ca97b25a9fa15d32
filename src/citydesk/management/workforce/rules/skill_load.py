"""How many of the people on a desk must have a skill, derived from the load itself.

Of each queue's contacts a share needs the skill, as its last weeks show; what is foretold times that share is a load of
its own, and its queue's promise says how many people it takes if only they took it. That is the proposal: fewer, and
who needs the skill waits longer than promised; those who have it take other contacts too while nobody asks for it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from .loads import Load
from .requirement import Goal, Planner, neighbors
from .shrinkage import rostered
from .skill_needs import SkillNeed

BLOCK = 120  # minutes of the day that are looked at together: an hour alone has seen too few
LEAST_KNOWN = 30  # contacts whose language is known, below which a share says more of chance
LEAST_HANDLED = 30
LEAST_AN_HOUR = 0.5  # contacts; where fewer come, nobody is kept there for them


@dataclass(frozen=True, slots=True)
class Seen:
    """Contacts of which it is known whether they needed the skill, those that did, and how long these took."""

    known: int = 0
    asking: int = 0
    handled: int = 0
    handle_s: int = 0

    def __add__(self, other: "Seen") -> "Seen":
        return Seen(
            self.known + other.known,
            self.asking + other.asking,
            self.handled + other.handled,
            self.handle_s + other.handle_s,
        )


@dataclass(frozen=True, slots=True)
class Share:
    """What share of a queue's contacts needs the skill in a block. `is_wide`: the block was seen too seldom, it is that
    of the whole day. `handle` (seconds) is None where too few were measured: the queue's own stands in."""

    value: float
    is_wide: bool = False
    handle: float | None = None


@dataclass(frozen=True)
class Evidence:
    """What the last weeks tell of queues, by queue and block of the day; `told` are queues of which the profile says
    whether all or none of their contacts need the skill."""

    seen: Mapping[tuple[str, int], Seen]
    told: Mapping[str, float] = field(default_factory=dict)

    def whole(self, queue: str) -> Seen:
        """All of a queue's contacts that are known."""
        return sum((one for (code, _block), one in self.seen.items() if code == queue), Seen())

    def share(self, queue: str, minute: int) -> Share | None:
        """The share of a queue at a minute of the day; None where too few contacts of it are known."""
        if queue in self.told:
            return Share(self.told[queue])
        whole = self.whole(queue)
        if whole.known < LEAST_KNOWN:
            return None
        here = self.seen.get((queue, minute // BLOCK), Seen())
        is_wide = here.known < LEAST_KNOWN
        used = whole if is_wide else here
        measured = next((one for one in (here, whole) if one.handled >= LEAST_HANDLED), None)
        handle = measured.handle_s / measured.handled if measured else None
        return Share(used.asking / used.known, is_wide, handle)


@dataclass(frozen=True, slots=True)
class Pool:
    """One kind of work of a slot: its promise, and (queue, contacts, seconds each) of what comes."""

    goal: Goal
    patience: float | None
    queues: tuple[tuple[str, float, float], ...]


@dataclass(frozen=True, slots=True)
class LoadSlot:
    """A slot of the week (Monday is 0) with its loads; `people` are rostered in it, with `shrinkage`."""

    weekday: int
    minute: int
    minutes: int
    people: int
    shrinkage: float
    pools: tuple[Pool, ...]


@dataclass(frozen=True, slots=True)
class Need:
    """At least so many in some hours of some weekdays, and why: contacts that need the skill `of` all that come, the
    busiest slot's load in Erlangs, `agents` on contacts for it with their service level and that of one fewer;
    `at_least` are people to roster, so with shrinkage."""

    weekdays: tuple[int, ...]
    opens: int
    closes: int
    at_least: int
    agents: int
    contacts: float
    of: float
    is_wide: bool
    handle: float
    erlangs: float
    level: float
    level_of_fewer: float


def propose(slots: Iterable[LoadSlot], evidence: Evidence) -> tuple[Need, ...]:
    """What the loads of a week ask of the skill; nothing where too little of it is known or comes."""
    planners: dict[Goal, Planner] = {}
    blocks: dict[tuple[int, int], list[Need]] = {}
    for slot in slots:
        found = _slot(slot, evidence, planners)
        if found is not None:
            blocks.setdefault((slot.weekday, slot.minute // BLOCK), []).append(found)
    each = [_block(some) for _key, some in sorted(blocks.items())]
    busy = [one for one in each if one.contacts >= LEAST_AN_HOUR * (one.closes - one.opens) / 60]
    return _by_weekday(_joined(busy))


def needs_of(skill: str, rows: Iterable[Need]) -> tuple[SkillNeed, ...]:
    """The proposal as slots are asked for it."""
    return tuple(SkillNeed(skill, one.at_least, frozenset(one.weekdays), ((one.opens, one.closes),)) for one in rows)


def _slot(slot: LoadSlot, evidence: Evidence, planners: dict[Goal, Planner]) -> Need | None:
    """One slot by itself; None where nothing is known of its queues."""
    found: Need | None = None
    for pool in slot.pools:
        one = _pool(slot, pool, evidence, planners)
        if one is not None:
            found = one if found is None else _both(found, one)
    if found is None:
        return None
    wanted = min(rostered(found.agents, slot.shrinkage), slot.people)
    return replace(found, at_least=wanted)


def _pool(slot: LoadSlot, pool: Pool, evidence: Evidence, planners: dict[Goal, Planner]) -> Need | None:
    asked = work = whole = 0.0
    shares: list[Share] = []
    for queue, contacts, handle in pool.queues:
        whole += contacts
        share = evidence.share(queue, slot.minute)
        if share is None:
            continue
        shares.append(share)
        asked += contacts * share.value
        work += contacts * share.value * (share.handle or handle)
    if not shares or asked <= 0.0:
        return None
    load = Load(asked / (slot.minutes * 60.0), work / asked, pool.patience)
    found = planners.setdefault(pool.goal, Planner(pool.goal)).required(load)
    fewer = neighbors(load, pool.goal, found.agents, 1)[0]
    return Need(
        weekdays=(slot.weekday,),
        opens=slot.minute,
        closes=slot.minute + slot.minutes,
        at_least=0,
        agents=found.agents,
        contacts=asked,
        of=whole,
        is_wide=any(one.is_wide for one in shares),
        handle=work / asked,
        erlangs=load.erlangs,
        level=found.service_level,
        level_of_fewer=fewer.service_level,
    )


def _both(one: Need, other: Need) -> Need:
    """Calls and chats of a slot: whoever takes the one does not take the other."""
    busier = one if one.erlangs >= other.erlangs else other
    return replace(
        _added(one, other),
        agents=one.agents + other.agents,
        erlangs=one.erlangs + other.erlangs,
        level=busier.level,
        level_of_fewer=busier.level_of_fewer,
    )


def _added(one: Need, other: Need) -> Need:
    """Contacts together, and the time of all of them; the rest is that of the first."""
    contacts = one.contacts + other.contacts
    return replace(
        one,
        contacts=contacts,
        of=one.of + other.of,
        handle=(one.contacts * one.handle + other.contacts * other.handle) / contacts,
        is_wide=one.is_wide or other.is_wide,
    )


def _block(some: Sequence[Need]) -> Need:
    """Slots of a block of a day: as many as its busiest slot takes."""
    found = some[0]
    for one in some[1:]:
        busier = one if (one.at_least, one.erlangs) > (found.at_least, found.erlangs) else found
        found = replace(
            _added(found, one),
            closes=max(found.closes, one.closes),
            at_least=busier.at_least,
            agents=busier.agents,
            erlangs=busier.erlangs,
            level=busier.level,
            level_of_fewer=busier.level_of_fewer,
        )
    return found


def _joined(blocks: Sequence[Need]) -> list[Need]:
    """Blocks of a day one after the other that ask for as many become one."""
    found: list[Need] = []
    for one in blocks:
        last = found[-1] if found else None
        if last and (last.weekdays, last.closes, last.at_least) == (one.weekdays, one.opens, one.at_least):
            found[-1] = _widened(last, one)
        else:
            found.append(one)
    return found


def _widened(last: Need, one: Need) -> Need:
    busier = one if one.erlangs > last.erlangs else last
    return replace(
        _added(last, one),
        closes=one.closes,
        agents=busier.agents,
        erlangs=busier.erlangs,
        level=busier.level,
        level_of_fewer=busier.level_of_fewer,
    )


def _by_weekday(rows: Iterable[Need]) -> tuple[Need, ...]:
    """The same hours and number on several weekdays are one row; contacts are those of all of them."""
    found: dict[tuple[int, int, int], Need] = {}
    for one in rows:
        key = (one.opens, one.closes, one.at_least)
        known = found.get(key)
        if known is None:
            found[key] = one
            continue
        busier = one if one.erlangs > known.erlangs else known
        found[key] = replace(
            _added(known, one),
            weekdays=(*known.weekdays, *one.weekdays),
            agents=busier.agents,
            erlangs=busier.erlangs,
            level=busier.level,
            level_of_fewer=busier.level_of_fewer,
        )
    return tuple(sorted(found.values(), key=lambda one: (one.weekdays, one.opens)))

"""One day on the telephone floor: who is there, who calls, who answers, who gives up. Pure, and the same for a seed.

Callers come by the city's hours, weekday and season; each takes the agent who is free first, or leaves when patience is
over. A day is simulated whole; told up to a moment, it is what a switch would have told by then.
"""

import math
import random
from bisect import bisect_left, insort
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from citydesk.contact.traffic.choices import AgentStateKind as State
from citydesk.contact.traffic.choices import EndedBy, LegOutcome, TransferKind
from citydesk.contact.traffic.rules import LegRecord, StateRecord
from config.demo.rhythm import HOURS, WEEKDAYS

# Calls and chats of an average working day at the desk's usual hours.
CALLS, CHATS = 160, 10
# Callers an hour outside the usual hours, while the night line answers.
_ON_DUTY = 8.0
SPANISH = 0.13
_PATIENCE_S, _TALK_S = 260.0, 210.0
SHIFT = timedelta(hours=8, minutes=30)
# Pauses of a shift: hours after it began, minutes, state. Written work has its own hours, at another time for each.
_PAUSES = ((2.0, 15, State.BREAK), (4.0, 30, State.MEAL), (6.4, 15, State.BREAK))
_WRITTEN = timedelta(minutes=75)
_BETWEEN = timedelta(minutes=11)
_INTERPRETER = timedelta(seconds=8)
_Span = tuple[datetime, datetime]


@dataclass(frozen=True)
class Member:
    """Somebody of the desk as the switch knows them."""

    name: str
    is_spanish: bool


@dataclass(frozen=True)
class Spoken:
    """A call the desk wrote down as a contact: who took it, from when to when."""

    name: str
    answered_at: datetime
    ended_at: datetime
    language: str


@dataclass(frozen=True)
class Turn:
    """A shift somebody is to work: from when to when, and what it holds beside contacts, by state."""

    name: str
    span: _Span
    apart: tuple[tuple[datetime, datetime, State], ...] = ()


@dataclass(frozen=True)
class Day:
    """What the day is like. `windows` are the hours of the desk in UTC, `duty` further hours with few calls; `weight`
    is how busy it is against an average day. `turns` are the shifts of a planned day; without a plan everybody comes,
    early, in the middle or late. `night` are the extensions of the night line: they take the hours of `duty`, and those
    of `uncovered`, in which the desk is open and nobody was planned. Callers have numbers of the `area`.
    `offices` are the numbers by which the offices of the transfer directory are reached."""

    on: date
    zone: ZoneInfo
    windows: tuple[_Span, ...]
    duty: tuple[_Span, ...] = ()
    weight: float = 1.0
    spoken: tuple[Spoken, ...] = ()
    turns: tuple[Turn, ...] = ()
    night: tuple[Member, ...] = ()
    uncovered: tuple[_Span, ...] = ()
    area: str = ""
    offices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Call:
    """One contact from its beginning to its end. `answered_at` None: it was given up at `left_at`."""

    id: str
    queue: str
    caller: str
    entered_at: datetime
    left_at: datetime
    ended_at: datetime
    agent: str = ""
    ring_s: int = 0
    talk_s: int = 0
    hold_s: int = 0
    after_s: int = 0
    is_passed_on: bool = False
    # The number or colleague called then; empty where the city names no office.
    passed_on_to: str = ""
    # The desk wrote it down by itself.
    is_known: bool = False

    @property
    def written_at(self) -> datetime:
        """When whoever answered had written down what it was about."""
        return self.ended_at + timedelta(seconds=self.after_s)

    def told(self, upto: datetime) -> LegRecord | None:
        """As the switch knows it at a moment; None before it came."""
        if self.entered_at > upto:
            return None
        waiting = LegRecord(self.id, self.queue, self.entered_at, caller=self.caller, revised_at=self.entered_at)
        if self.left_at > upto:
            return waiting
        left = waiting._replace(
            wait_ended_at=self.left_at, agent=self.agent, ring_s=self.ring_s, revised_at=self.left_at
        )
        if not self.agent:
            return left._replace(outcome=LegOutcome.ABANDONED, ended_at=self.left_at, ended_by=EndedBy.CALLER)
        answered = left._replace(outcome=LegOutcome.ANSWERED)
        if self.ended_at > upto:
            return answered
        return answered._replace(
            ended_at=self.ended_at,
            ended_by=EndedBy.CALLER if self.talk_s % 3 else EndedBy.AGENT,
            talk_s=self.talk_s,
            hold_s=self.hold_s,
            acw_s=self.after_s,
            holds=1 if self.hold_s else 0,
            transfer_kind=TransferKind.BLIND if self.is_passed_on else TransferKind.NONE,
            transfer_to=self.passed_on_to,
            revised_at=self.ended_at,
        )


@dataclass
class _Agent:
    """Somebody at work: from when to when, what is not free in it, and what they did."""

    member: Member
    shift: _Span
    taken: list[_Span] = field(default_factory=list)
    stays: list[tuple[datetime, datetime, State, str]] = field(default_factory=list)

    def free_from(self, moment: datetime, length: timedelta) -> datetime | None:
        """The first moment from which so much time is free before the shift ends; None when there is none."""
        at = max(moment, self.shift[0])
        for begin, end in self.taken[max(bisect_left(self.taken, (at, at)) - 1, 0) :]:
            if end <= at:
                continue
            if begin >= at + length:
                break
            at = end
        return at if at + length <= self.shift[1] + timedelta(minutes=10) and at < self.shift[1] else None

    def work(self, began: datetime, answered: datetime, ended: datetime, after: timedelta) -> None:
        """It rang, they spoke, they wrote down."""
        insort(self.taken, (began, ended + after))
        stays = ((began, answered, State.RINGING, ""), (answered, ended, State.ON_CONTACT, ""))
        self.stays += [one for one in (*stays, (ended, ended + after, State.ACW, "acw")) if one[1] > one[0]]

    def rest(self, begin: datetime, end: datetime, state: State, word: str) -> None:
        """Not there for calls."""
        insort(self.taken, (begin, end))
        self.stays.append((begin, end, state, word))

    def steps_in(self, began: datetime, ended: datetime) -> bool:
        """Be on a call of which the desk knows; False where something else has that time."""
        if any(begin < ended and began < end for begin, end in self.taken):
            return False
        self.work(began, began + timedelta(seconds=5), ended, timedelta())
        return True


@dataclass(frozen=True)
class Told:
    """A whole day: contacts in the order in which they came, and what each agent did."""

    calls: tuple[Call, ...]
    stays: tuple[StateRecord, ...]

    def upto(self, moment: datetime, since: datetime | None = None) -> Iterator[LegRecord | StateRecord]:
        """What is known at a moment; with `since` only what was not known then, or has changed."""
        for call in self.calls:
            now = call.told(moment)
            if now is not None and (since is None or now != call.told(since)):
                yield now
        for stay in self.stays:
            until = stay.until or moment
            if stay.since < moment and (since is None or stay.since >= since or since < until <= moment):
                lasts = stay.until is None or stay.until > moment
                yield StateRecord(
                    agent=stay.agent,
                    state=stay.state,
                    since=stay.since,
                    until=None if lasts else stay.until,
                    aux=stay.aux,
                )


def simulate(day: Day, members: Sequence[Member], queues: tuple[str, str, str], seed: str, *, has_states: bool) -> Told:
    """A day of the queues (calls, calls in Spanish, chats; an empty code for one there is not)."""
    chance = random.Random(f"{seed} {day.on.isoformat()}")  # noqa: S311 - sample data that repeats, no secret
    at_desk = list(_planned(day, members, chance) if day.turns or day.uncovered else _roster(day, members, chance))
    agents = [*at_desk, *_duty(day)]
    name = f"{day.on:%y%m%d}"
    written = (_writes_down(one, f"{name}-w{place}", agents, queues, chance) for place, one in enumerate(day.spoken))
    calls = [one for one in written if one is not None]
    for place, (at, queue) in enumerate(_arrivals(day, queues, chance)):
        calls.append(_serve(f"{name}-{place}", at, queue, queues, agents, chance))
    there = sorted({one.member.name for one in at_desk})
    calls = [
        replace(one, caller=day.area + one.caller, passed_on_to=_passed_on_to(one, day.offices, there))
        for one in sorted(calls, key=lambda one: one.entered_at)
    ]
    return Told(tuple(calls), tuple(_stays(agents)) if has_states else ())


def _passed_on_to(call: Call, offices: Sequence[str], there: Sequence[str]) -> str:
    """Whom a call was passed on to: mostly an office, now and then a colleague who is there."""
    drawn = random.Random(f"to {call.id}")  # noqa: S311 - sample data that repeats, no secret
    colleagues = [one for one in there if one != call.agent]
    if not call.is_passed_on or not offices:
        return ""
    return drawn.choice(colleagues) if colleagues and drawn.random() < 0.2 else drawn.choice(offices)


def _roster(day: Day, members: Sequence[Member], chance: random.Random) -> list[_Agent]:
    """Early, middle and late shifts in turn; one in twelve is away."""
    found = []
    for place, member in enumerate(members):
        if not day.windows or chance.random() < 1 / 12:
            continue
        begin, end = day.windows[0][0], day.windows[-1][1]
        slack = max(end - begin - SHIFT, timedelta())
        begin += slack * ((place + day.on.toordinal()) % 3) / 2
        begin += timedelta(seconds=chance.randint(-240, 60))
        agent = _Agent(member, (begin, min(begin + SHIFT + timedelta(minutes=chance.randint(0, 4)), end)))
        _pause(agent, place, chance)
        found.append(agent)
    return found


def _planned(day: Day, members: Sequence[Member], chance: random.Random) -> Iterator[_Agent]:
    """As planned, give or take minutes; somebody now and then is late, or stays at a meal for longer."""
    known = {one.name: one for one in members}
    for turn in day.turns:
        if turn.name not in known:
            continue
        late = chance.randint(8, 25) if chance.random() < 0.04 else 0
        begin = turn.span[0] + timedelta(minutes=late, seconds=chance.randint(-200, 60))
        agent = _Agent(known[turn.name], (begin, turn.span[1] + timedelta(seconds=chance.randint(-20, 240))))
        for since, until, state in turn.apart:
            drift = timedelta(seconds=chance.randint(-40, 120))
            longer = timedelta(seconds=chance.randint(300, 900) if chance.random() < 0.06 else chance.randint(-20, 60))
            agent.rest(since + drift, until + drift + longer, state, "")
        yield agent


def _pause(agent: _Agent, place: int, chance: random.Random) -> None:
    begin, end = agent.shift
    written = timedelta(hours=(2.4, 3.2, 5.2)[place % 3], minutes=chance.randint(0, 20))
    planned = [
        (timedelta(hours=after, minutes=15 * (place % 3) + chance.randint(-6, 6)), timedelta(minutes=length), state, "")
        for after, length, state in _PAUSES
    ]
    planned += [
        (written, _WRITTEN, State.OFFLINE_WORK, "back office"),
    ]
    at = begin
    for after, length, state, word in sorted(planned, key=lambda one: one[0]):
        at = max(at, begin + after)
        if at + length < end - timedelta(minutes=20):
            agent.rest(at, at + length, state, word)
            at += length + timedelta(minutes=5)


def _duty(day: Day) -> Iterator[_Agent]:
    for span in (*day.duty, *day.uncovered):
        for member in day.night:
            # Nobody begins one turn while still on a call of the turn before.
            yield _Agent(member, (span[0] + _BETWEEN, span[1] - _BETWEEN))


def _arrivals(day: Day, queues: tuple[str, str, str], chance: random.Random) -> list[tuple[datetime, str]]:
    """Moments and queues of the day's callers, by half-hours."""
    weekday = WEEKDAYS[day.on.weekday()] if day.on.weekday() < 5 else 0.45
    usual = (CALLS + CHATS) * weekday * day.weight / sum(HOURS[7:19])
    found: list[tuple[datetime, str]] = []
    for spans, is_duty in ((day.windows, False), (day.duty, True)):
        for begin, end in spans:
            at = begin
            while at < end:
                until = min(at + timedelta(minutes=30), end)
                part = (until - at) / timedelta(hours=1)
                hourly = _ON_DUTY if is_duty else usual * HOURS[at.astimezone(day.zone).hour]
                for _one in range(_poisson(hourly * part * chance.gammavariate(60, 1 / 60), chance)):
                    found.append((at + (until - at) * chance.random(), _queue(queues, chance)))
                at = until
    return sorted((at.replace(microsecond=0), queue) for at, queue in found if queue)


def _queue(queues: tuple[str, str, str], chance: random.Random) -> str:
    drawn = chance.random()
    chats = CHATS / (CALLS + CHATS)
    if drawn < chats:
        return queues[2]
    return queues[1] or queues[0] if drawn < chats + SPANISH else queues[0]


def _poisson(mean: float, chance: random.Random) -> int:
    limit, product, count = math.exp(-mean), chance.random(), 0
    while product > limit:
        product *= chance.random()
        count += 1
    return count


def _serve(
    number: str, at: datetime, queue: str, queues: tuple[str, str, str], agents: Sequence[_Agent], chance: random.Random
) -> Call:
    """Who takes a caller, and when; or when the caller gives up."""
    is_chat = bool(queue) and queue == queues[2]
    ring = 0 if is_chat else chance.randint(3, 9)
    talk = round(chance.lognormvariate(math.log(_TALK_S * (1.6 if is_chat else 1.0)) - 0.245, 0.7)) + 12
    hold = chance.randint(15, 70) if chance.random() < 0.11 else 0
    after = chance.randint(8, 45)
    length = timedelta(seconds=ring + talk + hold + after)
    patience = timedelta(seconds=max(2, round(chance.expovariate(1 / _PATIENCE_S))))
    # Whoever speaks no Spanish takes the call with an interpreter, once it has waited for a colleague who does.
    is_spanish = queue == queues[1]
    free = (
        (begin, one.member.is_spanish != is_spanish, place)
        for place, one in enumerate(agents)
        if (begin := one.free_from(at if one.member.is_spanish or not is_spanish else at + _INTERPRETER, length))
    )
    best = min(free, default=None)
    caller = f"555{chance.randrange(10_000):04d}"
    if best is None or best[0] + timedelta(seconds=ring) > at + patience:
        return Call(number, queue, caller, at, at + patience, at + patience)
    began, agent = best[0], agents[best[2]]
    answered = began + timedelta(seconds=ring)
    ended = answered + timedelta(seconds=talk + hold)
    agent.work(began, answered, ended, timedelta(seconds=after))
    return Call(
        number, queue, caller, at, answered, ended, agent.member.name, ring, talk, hold, after, chance.random() < 0.05
    )


def _writes_down(
    spoken: Spoken, number: str, agents: list[_Agent], queues: tuple[str, str, str], chance: random.Random
) -> Call | None:
    """A call the desk wrote down: its agent was on it. None where they were on another one at the time."""
    ring = chance.randint(3, 8)
    answered = spoken.answered_at.replace(microsecond=0)
    # It was opened on the screen before the caller hung up.
    began, ended = answered - timedelta(seconds=ring), spoken.ended_at.replace(microsecond=0) + timedelta(seconds=9)
    agent = next((one for one in agents if one.member.name == spoken.name), None)
    is_there = agent is not None and agent.shift[0] <= began and ended <= agent.shift[1]
    if agent is not None and is_there and not agent.steps_in(began, ended):
        return None
    queue = queues[1] if spoken.language == "es" and queues[1] else queues[0]
    talk = round((ended - answered).total_seconds())
    waited = timedelta(seconds=round(chance.expovariate(1 / 12)))
    caller = f"555{chance.randrange(10_000):04d}"
    return Call(number, queue, caller, began - waited, answered, ended, spoken.name, ring, talk, is_known=True)


def _stays(agents: Sequence[_Agent]) -> Iterator[StateRecord]:
    """What each did from signing in to signing off: available in between."""
    for agent in agents:
        at, name = agent.shift[0].replace(microsecond=0), agent.member.name
        for begin, end, state, word in sorted(agent.stays):
            begin, end = max(begin.replace(microsecond=0), at), end.replace(microsecond=0)
            if begin > at:
                yield StateRecord(agent=name, state=State.AVAILABLE, since=at, until=begin)
            if end > begin:
                yield StateRecord(agent=name, state=state, since=begin, until=end, aux=word)
                at = end
        if agent.shift[1] > at:
            yield StateRecord(agent=name, state=State.AVAILABLE, since=at, until=agent.shift[1].replace(microsecond=0))

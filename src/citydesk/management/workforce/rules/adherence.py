"""Adherence: how much of what was scheduled was done when it was scheduled; conformance: how much was done at all.

Both are sums of whole seconds, so a day is the sum of its shifts and a week the sum of its days. Time is elapsed time
in UTC: a shift through the hour that autumn repeats has that hour twice. Adherence has two sides: a break taken late
and a break worked through both count against it. Conformance does not care when: it may be above 100 %.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from enum import StrEnum
from itertools import pairwise

from citydesk.contact.traffic.choices import AgentStateKind as State
from citydesk.management.timekeeping.choices import EntryKind
from citydesk.management.timekeeping.rules.spans import Span, at_local, merged, without

from .roster.shifts import Kind


class Doing(StrEnum):
    """The class that a scheduled activity and an agent's state are compared by."""

    CONTACTS = "contacts"
    OFFLINE = "offline"
    BREAK = "break"
    MEAL = "meal"
    TRAINING = "training"
    MEETING = "meeting"
    AWAY = "away"


# What a switch calls it. A system that does not work keeps nobody from being there: it counts as time on contacts.
OF_STATE: Mapping[str, Doing] = {
    State.OFFLINE: Doing.AWAY,
    State.AVAILABLE: Doing.CONTACTS,
    State.RINGING: Doing.CONTACTS,
    State.ON_CONTACT: Doing.CONTACTS,
    State.HOLD: Doing.CONTACTS,
    State.ACW: Doing.CONTACTS,
    State.SYSTEM_ISSUE: Doing.CONTACTS,
    State.BREAK: Doing.BREAK,
    State.MEAL: Doing.MEAL,
    State.TRAINING: Doing.TRAINING,
    State.COACHING: Doing.TRAINING,
    State.MEETING: Doing.MEETING,
    State.OFFLINE_WORK: Doing.OFFLINE,
}
# What the clock calls it; travel between sites is work away from contacts.
OF_ENTRY: Mapping[str, Doing] = {
    EntryKind.WORK: Doing.CONTACTS,
    EntryKind.BREAK: Doing.BREAK,
    EntryKind.MEAL: Doing.MEAL,
    EntryKind.TRAINING: Doing.TRAINING,
    EntryKind.MEETING: Doing.MEETING,
    EntryKind.TRAVEL: Doing.OFFLINE,
}
# What a schedule calls it.
OF_ACTIVITY: Mapping[str, Doing] = {
    Kind.WORK: Doing.CONTACTS,
    Kind.BREAK: Doing.BREAK,
    Kind.MEAL: Doing.MEAL,
    Kind.TRAINING: Doing.TRAINING,
    Kind.COACHING: Doing.TRAINING,
    Kind.MEETING: Doing.MEETING,
    "offline": Doing.OFFLINE,
}
# An unpaid meal is neither scheduled nor logged time where hours are compared.
_UNPAID = frozenset({Doing.MEAL, Doing.AWAY})


@dataclass(frozen=True, order=True)
class Stretch:
    """One class of doing from `start` until just before `end`."""

    start: datetime
    end: datetime
    doing: Doing

    @property
    def span(self) -> Span:
        return Span(self.start, self.end)


@dataclass(frozen=True)
class Piece:
    """A stretch in which neither the schedule nor what was done changes. Nothing planned lies outside the shift."""

    start: datetime
    end: datetime
    planned: Doing | None
    actual: Doing
    is_kept: bool

    @property
    def seconds(self) -> int:
        return Span(self.start, self.end).seconds


@dataclass(frozen=True)
class Figures:
    """Sums of seconds. `paid_*` leave meals out; `outside` was logged when nothing was scheduled."""

    scheduled: int = 0
    kept: int = 0
    paid_scheduled: int = 0
    paid_logged: int = 0
    outside: int = 0

    def __add__(self, other: "Figures") -> "Figures":
        return Figures(
            self.scheduled + other.scheduled,
            self.kept + other.kept,
            self.paid_scheduled + other.paid_scheduled,
            self.paid_logged + other.paid_logged,
            self.outside + other.outside,
        )

    @property
    def adherence(self) -> float | None:
        """Share of scheduled seconds kept; none where nothing was scheduled."""
        return self.kept / self.scheduled if self.scheduled else None

    @property
    def conformance(self) -> float | None:
        """Paid seconds logged for each one scheduled, whenever they were; none where nothing was scheduled."""
        return self.paid_logged / self.paid_scheduled if self.paid_scheduled else None


def plan_of(shift: Span, activities: Iterable[Stretch]) -> tuple[Stretch, ...]:
    """A shift without gaps: its activities, and contacts wherever no other is scheduled. Of two on one moment the one
    that begins first holds."""
    found: list[Stretch] = []
    taken: list[Span] = []
    for one in sorted(activities):
        inside = one.span.clipped(shift)
        if inside and one.doing is not Doing.CONTACTS:
            found += [Stretch(part.start, part.end, one.doing) for part in without([inside], taken)]
            taken.append(inside)
    found += [Stretch(part.start, part.end, Doing.CONTACTS) for part in without([shift], taken)]
    return tuple(sorted(found))


def actual_of(states: Iterable[Stretch], clock: Iterable[Stretch]) -> tuple[Stretch, ...]:
    """What somebody did, from the states the switch told and the entries of their clock.

    Where the switch told something it is right. Where it told nothing, or that somebody was signed off, the clock fills
    in; work there is work away from contacts if the switch knows the person at all, since nobody could reach them.
    """
    told = [one for one in states if one.end > one.start]
    there = [one for one in told if one.doing is not Doing.AWAY]
    taken = [one.span for one in there]
    found = list(there)
    for one in sorted(clock):
        doing = Doing.OFFLINE if told and one.doing is Doing.CONTACTS else one.doing
        for part in without([one.span], taken):
            found.append(Stretch(part.start, part.end, doing))
            taken.append(part)
    return tuple(sorted(found))


def pieces(plan: Sequence[Stretch], actual: Sequence[Stretch], *, was_there: bool | None = None) -> tuple[Piece, ...]:
    """Both side by side, cut wherever one of them changes, split to the second. Time that is in neither is left out.

    Whoever signs off for a meal is on it, if they came at all that day: `was_there`, or what `actual` says.
    """
    came = any(one.doing is not Doing.AWAY for one in actual) if was_there is None else was_there
    edges = sorted({moment for one in (*plan, *actual) for moment in (one.start, one.end)})
    found: list[Piece] = []
    for start, end in pairwise(edges):
        planned, done = _at(plan, start), _at(actual, start)
        if planned is None and done in (None, Doing.AWAY):
            continue
        piece = _piece(start, end, planned, done or Doing.AWAY, came)
        last = found[-1] if found else None
        if last and last.end == start and (last.planned, last.actual) == (piece.planned, piece.actual):
            found[-1] = _piece(last.start, end, planned, piece.actual, came)
        else:
            found.append(piece)
    return tuple(found)


def _piece(start: datetime, end: datetime, planned: Doing | None, actual: Doing, came: bool) -> Piece:
    is_off = came and planned is Doing.MEAL and actual is Doing.AWAY
    return Piece(start, end, planned, actual, is_off or planned == actual)


def _at(strip: Sequence[Stretch], moment: datetime) -> Doing | None:
    return next((one.doing for one in strip if one.start <= moment < one.end), None)


def figures_of(found: Iterable[Piece]) -> Figures:
    """The sums of some pieces."""
    total = Figures()
    for one in found:
        planned, logged = one.planned is not None, one.actual not in _UNPAID
        total += Figures(
            scheduled=one.seconds * planned,
            kept=one.seconds * one.is_kept,
            paid_scheduled=one.seconds * (planned and one.planned is not Doing.MEAL),
            paid_logged=one.seconds * logged,
            outside=one.seconds * (logged and not planned),
        )
    return total


def clipped(strip: Iterable[Stretch], window: Span) -> tuple[Stretch, ...]:
    """What of a strip lies within a window."""
    found = ((one, one.span.clipped(window)) for one in strip)
    return tuple(Stretch(part.start, part.end, one.doing) for one, part in found if part)


def windows(first: date, last: date, shifts: Iterable[Span], zone: tzinfo) -> dict[date, Span]:
    """Each day's time: from the city's midnight, but a shift over midnight belongs whole to the day it begins on. The
    windows of following days touch and share no moment."""
    shifts = tuple(shifts)
    edges = [_edge(first + timedelta(days=n), shifts, zone) for n in range((last - first).days + 2)]
    return {first + timedelta(days=n): Span(edges[n], edges[n + 1]) for n in range(len(edges) - 1)}


def _edge(day: date, shifts: tuple[Span, ...], zone: tzinfo) -> datetime:
    """Where a day begins: at midnight, or when the shift that lasts over it ends."""
    midnight = at_local(day, 0, zone)
    return max((one.end for one in shifts if one.start < midnight < one.end), default=midnight)


def presence(actual: Iterable[Stretch]) -> list[Span]:
    """When somebody was there, whatever they did; a meal is no time there unless work lies on both sides of it."""
    spans = merged(one.span for one in actual if one.doing is not Doing.AWAY)
    worked = [one.span for one in actual if one.doing not in _UNPAID]
    return [one for one in spans if any(part.overlaps(one) for part in worked)]

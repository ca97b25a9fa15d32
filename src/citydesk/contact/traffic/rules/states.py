"""Agents' states: what a pause's word means, and new stretches beside known ones without overlap."""

from bisect import bisect_right, insort
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from citydesk.contact.traffic.choices import AgentStateKind as State

# Words of pauses as switches are usually set up, folded; a profile may add its own.
PAUSES: dict[str, State] = {
    "": State.BREAK,
    "acw": State.ACW,
    "wrapup": State.ACW,
    "wrap-up": State.ACW,
    "after call": State.ACW,
    "break": State.BREAK,
    "pause": State.BREAK,
    "lunch": State.MEAL,
    "meal": State.MEAL,
    "training": State.TRAINING,
    "meeting": State.MEETING,
    "coaching": State.COACHING,
    "back office": State.OFFLINE_WORK,
    "backoffice": State.OFFLINE_WORK,
    "admin": State.OFFLINE_WORK,
    "offline": State.OFFLINE_WORK,
    "email": State.OFFLINE_WORK,
    "system": State.SYSTEM_ISSUE,
    "system issue": State.SYSTEM_ISSUE,
    "technical": State.SYSTEM_ISSUE,
}
BUSY = (State.ON_CONTACT, State.HOLD, State.ACW)
IDLE = (State.AVAILABLE, State.RINGING)


def state_of_pause(word: str) -> State | None:
    """The state a pause's reason means; None for a word nobody explained."""
    return PAUSES.get(" ".join(word.casefold().replace("_", " ").split()))


@dataclass(frozen=True)
class Stay:
    """A known or new stretch of one agent; `until` None while it lasts. `id` is of a kept one."""

    state: str
    since: datetime
    until: datetime | None
    aux: str = ""
    line: int = 0
    id: int | None = None


@dataclass(frozen=True)
class Fitted:
    """What becomes of new stretches: to write, open ones whose end is now known, here before, and those in the way."""

    new: list[Stay]
    ended: list[Stay]
    known: list[Stay]
    overlapping: list[Stay]


def fit_stays(kept: Iterable[Stay], told: Iterable[Stay]) -> Fitted:
    """Fit what a source tells of one agent to what is kept of them.

    The same state since the same moment is the same stretch: it is known, or its end is told now. Any other that shares
    a moment with a kept or an earlier told one is in the way, and is not written.
    """
    by_start = {(one.state, one.since): one for one in kept}
    taken: list[Stay] = sorted(by_start.values(), key=lambda one: one.since)
    fitted = Fitted([], [], [], [])
    for one in sorted(told, key=lambda stay: (stay.since, stay.line)):
        same = by_start.get((one.state, one.since))
        if same is not None:
            _settle(same, one, taken, fitted)
        elif _is_in_the_way(one, taken):
            fitted.overlapping.append(one)
        else:
            fitted.new.append(one)
            insort(taken, one, key=_since)
            by_start[one.state, one.since] = one
    return fitted


def _settle(same: Stay, told: Stay, taken: list[Stay], fitted: Fitted) -> None:
    if same.until == told.until or told.until is None:
        fitted.known.append(told)
    elif same.until is None and same.id is not None:
        ended = Stay(same.state, same.since, told.until, same.aux, told.line, same.id)
        fitted.ended.append(ended)
        taken[taken.index(same)] = ended
    else:
        fitted.overlapping.append(told)


def _since(one: Stay) -> datetime:
    return one.since


def _is_in_the_way(one: Stay, taken: Sequence[Stay]) -> bool:
    """Kept stretches do not overlap, so the two neighbors tell."""
    place = bisect_right(taken, one.since, key=_since)
    return any(overlaps(one, other) for other in taken[max(place - 1, 0) : place + 1])


def overlaps(one: Stay, other: Stay) -> bool:
    """Whether two stretches share a moment; touching is none."""
    return (other.until is None or one.since < other.until) and (one.until is None or other.since < one.until)

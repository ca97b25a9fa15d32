"""Hours that people say themselves: a week of weekdays or a few days, checked, and as rows that bound and wish."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from citydesk.management.workforce.choices import AvailabilityKind

from .planning import Said, outside
from .roster.people import DAY

# What a wish that somebody writes down weighs, the same for everybody: who is louder gets no more.
WISH = 3


class Mode(StrEnum):
    """Of a day: whenever the contract allows, only in some hours, or not at all."""

    ANY = "any"
    BETWEEN = "between"
    NEVER = "never"


@dataclass(frozen=True)
class DayHours:
    """What somebody says of a day, in minutes after midnight: when they can, and when they would like to."""

    mode: Mode
    starts: int | None = None
    ends: int | None = None
    likes_from: int | None = None
    likes_until: int | None = None


class Wrong(StrEnum):
    """How what was said of a day contradicts itself."""

    NO_BEGIN = "no_begin"
    NO_END = "no_end"
    ORDER = "order"
    LIKES_NO_BEGIN = "likes_no_begin"
    LIKES_NO_END = "likes_no_end"
    LIKES_ORDER = "likes_order"
    LIKES_NEVER = "likes_never"
    LIKES_OUTSIDE = "likes_outside"


@dataclass(frozen=True)
class Hours:
    """A stretch of a day with what it means, as it is kept."""

    kind: AvailabilityKind
    starts: int
    ends: int
    weight: int = 1


def wrong_in(said: DayHours) -> list[Wrong]:
    """Every way in which a day contradicts itself; empty where it does not."""
    found = []
    if said.mode == Mode.BETWEEN:
        found += _order(said.starts, said.ends, (Wrong.NO_BEGIN, Wrong.NO_END, Wrong.ORDER))
    if said.likes_from is None and said.likes_until is None:
        return found
    wrong = _order(said.likes_from, said.likes_until, (Wrong.LIKES_NO_BEGIN, Wrong.LIKES_NO_END, Wrong.LIKES_ORDER))
    if not wrong and not found:
        wrong = _beside(said)
    return found + wrong


def _order(starts: int | None, ends: int | None, codes: tuple[Wrong, Wrong, Wrong]) -> list[Wrong]:
    if starts is None:
        return [codes[0]]
    if ends is None:
        return [codes[1]]
    return [codes[2]] if ends <= starts else []


def _beside(said: DayHours) -> list[Wrong]:
    """A wish lies within the hours somebody can work."""
    if said.mode == Mode.NEVER:
        return [Wrong.LIKES_NEVER]
    if said.mode == Mode.BETWEEN and ((said.likes_from or 0) < (said.starts or 0) or _after(said)):
        return [Wrong.LIKES_OUTSIDE]
    return []


def _after(said: DayHours) -> bool:
    return (said.likes_until or 0) > (said.ends or 0)


def hours_of(said: DayHours) -> tuple[Hours, ...]:
    """What is kept of a day: nothing where somebody can work whenever their contract allows."""
    found = []
    if said.mode == Mode.NEVER:
        found.append(Hours(AvailabilityKind.CANNOT, 0, DAY))
    elif said.mode == Mode.BETWEEN:
        found.append(Hours(AvailabilityKind.CAN, said.starts or 0, said.ends or DAY))
    if said.likes_from is not None and said.likes_until is not None:
        found.append(Hours(AvailabilityKind.PREFERS, said.likes_from, said.likes_until, WISH))
    return tuple(found)


def said_of(kept: Iterable[Hours]) -> DayHours:
    """The way back: what somebody said of a day, of what is kept of it."""
    mode = Mode.ANY
    can: tuple[int | None, int | None] = (None, None)
    likes: tuple[int | None, int | None] = (None, None)
    for one in kept:
        if one.kind == AvailabilityKind.CANNOT:
            mode = Mode.NEVER
        elif one.kind == AvailabilityKind.CAN:
            mode, can = Mode.BETWEEN, (one.starts, one.ends)
        else:
            likes = (one.starts, one.ends)
    return DayHours(mode, *can, *likes)


def is_against(said: Iterable[Said], day: int, starts: int, ends: int) -> bool:
    """Whether a shift of a day of the week lies in hours in which somebody says they cannot work."""
    return any(one.day == day and one.start < ends and starts < one.end for one in outside(said))

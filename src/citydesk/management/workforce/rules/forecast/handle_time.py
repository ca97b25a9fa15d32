"""How long contacts will take: by weekday and block of the day, each past day weighing as many contacts as it had."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from citydesk.management.workforce.rules.forecast.base import COMPARABLE

# Slots that share one handle time: it moves slowly over a day, and single half-hours are few contacts.
BLOCK = 4


@dataclass(frozen=True, slots=True)
class Handled:
    """Contacts handled in a slot and the seconds they took in all: talk, hold and work after."""

    contacts: float
    seconds: float


@dataclass(frozen=True, slots=True)
class HandleTime:
    """Seconds a contact, the contacts they rest on and the days; not sure where other days stood in."""

    seconds: float
    contacts: float
    days: tuple[date, ...]
    is_sure: bool


def handle_time(
    past: Mapping[date, Sequence[Handled | None]], day: date, slot: int, cutoff: date, block: int = BLOCK
) -> HandleTime | None:
    """The handle time of a slot from the last four same weekdays' block, else all days' block, else all of all days.

    None where nothing was ever handled before the cutoff.
    """
    first = slot - slot % block
    known = sorted(one for one in past if one < cutoff)
    same = [one for one in known if one.weekday() == day.weekday()][-COMPARABLE:]
    if len(same) == COMPARABLE and (found := _mean(past, same, first, first + block, is_sure=True)):
        return found
    return _mean(past, known, first, first + block, is_sure=False) or _mean(past, known, 0, None, is_sure=False)


def _mean(
    past: Mapping[date, Sequence[Handled | None]], days: Sequence[date], first: int, last: int | None, *, is_sure: bool
) -> HandleTime | None:
    cells = [one for day in days for one in past[day][first:last] if one is not None]
    contacts = sum(one.contacts for one in cells)
    if contacts <= 0.0:
        return None
    return HandleTime(sum(one.seconds for one in cells) / contacts, contacts, tuple(days), is_sure)

"""Values in force on a day."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from citydesk.city.profile.queries.cached import in_force_on, snapshot
from citydesk.city.profile.rules import NO_CITY, City, Span
from citydesk.kernel.calendars import BusinessCalendar


def entry(section: str, code: str, on: date) -> dict[str, Any]:
    """One entry in force on a day. Raises `UnknownEntry`. Do not change what you are handed: it is shared."""
    return snapshot().entry(section, code, on)


def entries(section: str, on: date) -> dict[str, dict[str, Any]]:
    """Every entry of a section in force on a day: `{code: body}`. Shared: do not change it."""
    return snapshot().entries(section, on)


def city(on: date | None = None) -> City:
    """The city's own facts, today's unless a day is given; `City.is_loaded` is False before a profile is loaded."""
    day = on or in_force_on()
    return snapshot().city(day) if day else NO_CITY


def calendar(code: str, on: date) -> BusinessCalendar:
    """A business calendar as the profile has it on a day. Raises `UnknownEntry`."""
    return snapshot().calendar(code, on)


def local_zone() -> ZoneInfo:
    """The city's zone; UTC before a profile is loaded."""
    return city().tz


def city_today(now: datetime) -> date:
    """The city's calendar day at a moment."""
    return now.astimezone(local_zone()).date()


def history_of_entry(section: str, code: str) -> list[Span]:
    """Every period of one code, oldest first."""
    return snapshot().spans(section, code)


def last_change(sections: Iterable[str], on: date) -> date | None:
    """The newest day up to `on` from which these sections say something else than before; None if they never did."""
    return snapshot().last_change(sections, on)


def open_questions(on: date) -> dict[str, dict[str, Any]]:
    """What the profile does not know and the office must say."""
    return entries("ask_office", on)

"""A profile as others ask it: what is in force on a day. From a checked folder or from the tables, the same."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from citydesk.city.profile.choices import ChangeKind
from citydesk.city.profile.rules.calendars import calendar_from
from citydesk.city.profile.rules.city import NO_CITY, City, city_from
from citydesk.city.profile.rules.periods import ALWAYS, Change, Span, body_on
from citydesk.city.profile.rules.problems import UnknownEntry
from citydesk.kernel.calendars import BusinessCalendar

_KEPT_DAYS = 64


class Snapshot:
    """An unchanging view of all entries over all time. Bodies are shared: do not change what you are handed."""

    def __init__(self, spans: Iterable[tuple[str, str, Span]]) -> None:
        self._spans: dict[str, dict[str, list[Span]]] = defaultdict(lambda: defaultdict(list))
        for section, code, span in spans:
            self._spans[section][code].append(span)
        self._days = lru_cache(maxsize=_KEPT_DAYS * 8)(self._on_day)
        self._calendars: dict[tuple[str, int], BusinessCalendar] = {}

    def entries(self, section: str, on: date) -> dict[str, dict[str, Any]]:
        """Every entry of a section in force on a day, in the order of the codes."""
        return self._days(section, on)

    def entry(self, section: str, code: str, on: date) -> dict[str, Any]:
        """One entry in force on a day. Raises `UnknownEntry`."""
        body = body_on(self._spans.get(section, {}).get(code, ()), on)
        if body is None:
            raise UnknownEntry(f"The profile has no {section} {code} in force on {on.isoformat()}.")
        return body

    def calendar(self, code: str, on: date) -> BusinessCalendar:
        """The business calendar as the profile has it on a day. Raises `UnknownEntry`."""
        body = self.entry("calendars", code, on)
        key = (code, id(body))
        if key not in self._calendars:
            self._calendars[key] = calendar_from(code, body, self.city(on).timezone)
        return self._calendars[key]

    def city(self, on: date) -> City:
        """The city's own facts; `NO_CITY` before a profile is loaded."""
        spans = self._spans.get("city", {}).get("city", [])
        body = body_on(spans, on) or (spans[0].body if spans else None)
        return city_from(body) if body else NO_CITY

    def zone(self, on: date) -> ZoneInfo:
        return self.city(on).tz

    def spans(self, section: str, code: str) -> list[Span]:
        """Every period of one code, oldest first."""
        return sorted(self._spans.get(section, {}).get(code, ()), key=lambda span: span.start)

    def last_change(self, sections: Iterable[str], on: date) -> date | None:
        """The newest day up to `on` from which these sections say something else than before; None if they never
        did."""
        spans = (span for name in sections for found in self._spans.get(name, {}).values() for span in found)
        days = {day for span in spans for day in (span.start, span.end) if ALWAYS < day <= on}
        return max(days, default=None)

    def sections(self) -> list[str]:
        return sorted(self._spans)

    def _on_day(self, section: str, on: date) -> dict[str, dict[str, Any]]:
        found = ((code, body_on(spans, on)) for code, spans in sorted(self._spans.get(section, {}).items()))
        return {code: body for code, body in found if body is not None}


def differences(before: Snapshot, after: Snapshot, on: date) -> list[Change]:
    """What one profile has anew, otherwise or not at all beside another, on a day."""
    found = []
    for section in sorted({*before.sections(), *after.sections()}):
        old, new = before.entries(section, on), after.entries(section, on)
        for code in sorted({*old, *new}):
            if old.get(code) == new.get(code):
                continue
            kind = ChangeKind.ADDED if code not in old else ChangeKind.CHANGED if code in new else ChangeKind.CLOSED
            found.append(Change(kind, section, code, ALWAYS, old.get(code), new.get(code)))
    return found

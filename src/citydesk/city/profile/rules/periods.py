"""What is in force on a day, and what a load changes from which day on. Periods are half open: [start, end)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from citydesk.city.profile.choices import ChangeKind
from citydesk.city.profile.rules.problems import Item, Problem

ALWAYS = date.min  # stands for "no first day"
NEVER = date.max  # stands for "no last day"


@dataclass(frozen=True)
class Span:
    """One value of one code from `start` to the day before `end`. `id` is the stored row, 0 for a new one."""

    start: date
    end: date
    body: dict[str, Any] = field(hash=False)
    id: int = 0
    file: str = ""
    line: int = 1


@dataclass(frozen=True)
class Change:
    """What a load does to one code: rows to close (row id -> new end; equal to its start means never in force)
    and periods to write. `on` is the first day that differs."""

    kind: ChangeKind
    section: str
    code: str
    on: date
    before: dict[str, Any] | None = field(hash=False)
    after: dict[str, Any] | None = field(hash=False)
    close: tuple[tuple[int, date], ...] = ()
    write: tuple[Span, ...] = ()

    def changed_keys(self) -> list[str]:
        """Top-level keys whose value differs."""
        before, after = self.before or {}, self.after or {}
        return sorted(key for key in {*before, *after} if before.get(key) != after.get(key))


def span_of(item: Item) -> Span:
    end = NEVER if item.valid_until in (None, NEVER) else item.valid_until + timedelta(days=1)
    return Span(item.valid_from or ALWAYS, end, item.body, 0, item.file, item.line)


def body_on(spans: Iterable[Span], day: date) -> dict[str, Any] | None:
    """The value in force on a day."""
    return next((span.body for span in spans if span.start <= day < span.end), None)


def overlaps(items: Sequence[Item]) -> list[Problem]:
    """Items of one code whose periods overlap."""
    found = []
    ordered = sorted((span_of(item) for item in items), key=lambda span: (span.start, span.line))
    for earlier, later in pairwise(ordered):
        if later.start < earlier.end:
            where = f"{earlier.file}:{earlier.line}"
            since = "the beginning" if later.start == ALWAYS else later.start.isoformat()
            reason = f"{items[0].code} is in force twice from {since}: its period overlaps the one at {where}"
            found.append(Problem(later.file, later.line, reason))
    return found


def first_difference(old: Sequence[Span], new: Sequence[Span], since: date) -> date | None:
    """The first day, not before `since`, on which the two timelines differ; None if they never do."""
    days = {since}
    for span in (*old, *new):
        days.update(day for day in (span.start, span.end) if since < day < NEVER)
    for day in sorted(days):
        if body_on(old, day) != body_on(new, day):
            return day
    return None


def plan_change(section: str, code: str, old: Sequence[Span], new: Sequence[Span], effective: date) -> Change | None:
    """How to make `new` hold from `effective` on, leaving every earlier day as it was. None if it holds already."""
    day = first_difference(old, new, effective)
    if day is None:
        return None
    close = tuple((span.id, max(span.start, day)) for span in old if span.end > day)
    write = tuple(
        Span(max(span.start, day), span.end, span.body, 0, span.file, span.line)
        for span in sorted(new, key=lambda one: one.start)
        if span.end > day
    )
    before, after = _last_body(old, day), next((span.body for span in write), None)
    kind = ChangeKind.CLOSED if after is None else ChangeKind.CHANGED if before is not None else ChangeKind.ADDED
    return Change(kind, section, code, day, before, after, close, write)


def _last_body(old: Sequence[Span], day: date) -> dict[str, Any] | None:
    """The value in force on the day, else the next planned one, else the last there was."""
    current = body_on(old, day)
    if current is not None or not old:
        return current
    later = [span for span in sorted(old, key=lambda one: one.start) if span.start > day]
    return (later[0] if later else max(old, key=lambda one: one.end)).body


def plan_changes(
    old: dict[tuple[str, str], list[Span]], new: dict[tuple[str, str], list[Span]], effective: date
) -> list[Change]:
    """The changes of a whole load, by section and code."""
    plans = (
        plan_change(section, code, old.get((section, code), []), new.get((section, code), []), effective)
        for section, code in sorted({*old, *new})
    )
    return [plan for plan in plans if plan is not None]

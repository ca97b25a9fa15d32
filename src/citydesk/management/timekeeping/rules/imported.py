"""Rows of another clock's export: who, from when to when, what it was. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from citydesk.kernel.errors import Invalid
from citydesk.kernel.imports.columns import (
    Mapped,
    fold,
    identifier_of,
    local_moment,
    moment_of,
    plain,
    text_of,
    to_utc,
    value_of,
    yes_or_no,
)
from citydesk.management.timekeeping.choices import EntryKind
from citydesk.management.timekeeping.rules.spans import Span

FIELDS = ("id", "person", "starts_at", "ends_at", "date", "start", "end", "kind", "on_duty", "note")
NEEDED = ("person",)
# Tables of words a mapping may have: what the other clock calls people and kinds of time.
KINDS = "kinds"
PEOPLE = "people"
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class ImportedTime:
    """One row as it is meant here. `person` is a sign-in name or an e-mail address, folded."""

    id: str
    person: str
    span: Span
    kind: str
    is_relieved: bool
    note: str

    def facts(self) -> tuple[str, ...]:
        """What the row says, for knowing whether it changed."""
        span = (self.span.start.isoformat(), self.span.end.isoformat())
        return (self.person, *span, self.kind, str(self.is_relieved), self.note)


def read_time(mapping: Mapped, row: Mapping[str, Any]) -> ImportedTime:
    """A row of the file. Raises `Invalid` with the field that is wrong."""
    person = fold(text_of(mapping, row, "person"))
    if not person:
        raise Invalid("It names nobody.", field="person")
    start, end = _times(mapping, row)
    if end <= start:
        raise Invalid("It ends before it begins.", field="ends_at")
    identifier = identifier_of(mapping, row, "id") or f"{person} {start.isoformat()}"
    return ImportedTime(
        identifier,
        person,
        Span(start, end),
        _kind(mapping, row),
        not yes_or_no(mapping, row, "on_duty"),
        text_of(mapping, row, "note")[:200],
    )


def _times(mapping: Mapped, row: Mapping[str, Any]) -> tuple[datetime, datetime]:
    """From and to: two moments, or a date with two times of day of which an earlier second one is of the next day."""
    if value_of(mapping, row, "date") in (None, ""):
        start, end = moment_of(mapping, row, "starts_at"), moment_of(mapping, row, "ends_at")
        if start is None or end is None:
            raise Invalid("It does not say from when to when.", field="ends_at" if start else "starts_at")
        return start, end
    day = local_moment(mapping, row, "date")
    if day is None:
        raise Invalid("It does not say which day.", field="date")
    start, end = (_on(day.date(), mapping, row, name) for name in ("start", "end"))
    if end <= start:
        end = _on(day.date() + _DAY, mapping, row, "end")
    return start, end


def _on(day: date, mapping: Mapped, row: Mapping[str, Any], name: str) -> datetime:
    value = value_of(mapping, row, name)
    words = value.strftime("%H:%M:%S") if hasattr(value, "strftime") else plain(value)
    for pattern in ("%H:%M", "%H:%M:%S", "%I:%M %p", "%I:%M%p"):
        try:
            found = datetime.strptime(words, pattern).time()  # noqa: DTZ007 - a time of day; its zone comes after
        except ValueError:
            continue
        return to_utc(datetime.combine(day, found), mapping.zone)
    raise Invalid(f"{words[:20]!r} is no time of day.", field=name)


def _kind(mapping: Mapped, row: Mapping[str, Any]) -> str:
    words = fold(plain(value_of(mapping, row, "kind")))
    if not words:
        return EntryKind.WORK
    found = mapping.words.get(KINDS, {}).get(words, words)
    if found not in set(EntryKind):
        raise Invalid(f"{words[:40]!r} is no kind of time: {', '.join(EntryKind)}.", field="kind")
    return found

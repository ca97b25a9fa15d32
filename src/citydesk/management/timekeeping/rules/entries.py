"""Time entries and their corrections.

An entry is never changed: a correction is a further row that names the one it stands for. What counts is the effective
set: rows nobody corrected, less those that only take a row away.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from citydesk.management.timekeeping.choices import EntryKind
from citydesk.management.timekeeping.rules.policy import TimePolicy
from citydesk.management.timekeeping.rules.spans import Span


@dataclass(frozen=True)
class Entry:
    """One row. `corrects` is the id of the row it stands for; `is_void` says the corrected time was no time at all.

    `is_relieved` is for breaks and meals: completely relieved from duty (29 CFR 785.19).
    """

    id: int
    start: datetime
    end: datetime
    kind: str = EntryKind.WORK
    corrects: int | None = None
    is_void: bool = False
    is_relieved: bool = True

    @property
    def span(self) -> Span:
        return Span(self.start, self.end)


def effective(entries: Iterable[Entry]) -> list[Entry]:
    """The entries that count, by time."""
    rows = list(entries)
    corrected = {one.corrects for one in rows if one.corrects is not None}
    kept = [one for one in rows if one.id not in corrected and not one.is_void]
    return sorted(kept, key=lambda one: (one.start, one.id))


def overlapping(entries: Iterable[Entry], span: Span) -> list[Entry]:
    """Effective entries that share time with a span: nobody does two things at once."""
    return [one for one in entries if one.span.overlaps(span)]


# The longest anybody may claim unpaid time under the federal law, 29 U.S.C. 255(a): three years, and a few days.
OLDEST = timedelta(days=3 * 366)


def why_impossible(span: Span, now: datetime, policy: TimePolicy) -> str:
    """What is wrong with a stretch of time somebody enters: `backwards`, `future`, `too_old`, `too_long`; empty where
    nothing."""
    if span.end <= span.start:
        return "backwards"
    if span.end > now:
        return "future"
    if span.start < now - OLDEST:
        return "too_old"
    return "too_long" if span.seconds > policy.longest_shift else ""

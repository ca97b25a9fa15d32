"""Stretches of time: half-open, in UTC, measured in whole elapsed seconds. A local day may have 23 or 25 hours."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import pairwise


@dataclass(frozen=True, order=True)
class Span:
    """From `start` until just before `end`, both aware."""

    start: datetime
    end: datetime

    @property
    def seconds(self) -> int:
        """Elapsed seconds, whatever the clocks on the wall did meanwhile."""
        return int((self.end.astimezone(UTC) - self.start.astimezone(UTC)).total_seconds())

    def overlaps(self, other: "Span") -> bool:
        return self.start < other.end and other.start < self.end

    def clipped(self, other: "Span") -> "Span | None":
        """What of this lies within the other; None where nothing does."""
        start, end = max(self.start, other.start), min(self.end, other.end)
        return Span(start, end) if start < end else None


def at_local(day: date, minute: int, zone: tzinfo) -> datetime:
    """The moment at which a local day's clock shows a minute of the day, in UTC.

    A clock time that spring leaves out becomes the moment the clocks jump to; of one that comes twice, the first.
    """
    days, rest = divmod(minute, 24 * 60)
    shown = datetime.combine(day + timedelta(days=days), time(rest // 60, rest % 60), zone)
    return shown.astimezone(UTC)


def local_day(moment: datetime, zone: tzinfo) -> date:
    """The city's date at a moment."""
    return moment.astimezone(zone).date()


def total(spans: Iterable[Span]) -> int:
    """Seconds of all."""
    return sum(one.seconds for one in spans)


def merged(spans: Iterable[Span], gap: int = 0) -> list[Span]:
    """The same time with what touches, overlaps, or is at most `gap` seconds apart put together, in order."""
    found: list[Span] = []
    for one in sorted(spans):
        if found and (one.start - found[-1].end).total_seconds() <= gap:
            found[-1] = Span(found[-1].start, max(found[-1].end, one.end))
        else:
            found.append(one)
    return found


def without(spans: Iterable[Span], holes: Sequence[Span]) -> list[Span]:
    """The spans with the holes taken out."""
    left = sorted(spans)
    for hole in holes:
        left = [part for one in left for part in _cut(one, hole)]
    return left


def _cut(one: Span, hole: Span) -> list[Span]:
    if not one.overlaps(hole):
        return [one]
    parts = [Span(one.start, min(one.end, hole.start)), Span(max(one.start, hole.end), one.end)]
    return [part for part in parts if part.start < part.end]


def split_at(span: Span, moments: Iterable[datetime]) -> list[Span]:
    """The span cut at each moment that lies inside it."""
    cuts = sorted({one for one in moments if span.start < one < span.end})
    edges = [span.start, *cuts, span.end]
    return [Span(first, last) for first, last in pairwise(edges)]


def split_by_day(span: Span, zone: tzinfo) -> list[tuple[date, Span]]:
    """The span cut at the city's midnights, each part with its day."""
    first, last = local_day(span.start, zone), local_day(span.end, zone)
    midnights = [at_local(first + timedelta(days=n), 0, zone) for n in range((last - first).days + 1)]
    return [(local_day(one.start, zone), one) for one in split_at(span, midnights)]


def seconds_by_day(spans: Iterable[Span], zone: tzinfo) -> dict[date, int]:
    """Seconds on each of the city's days; their sum is the sum of the spans."""
    found: dict[date, int] = {}
    for span in spans:
        for day, part in split_by_day(span, zone):
            found[day] = found.get(day, 0) + part.seconds
    return dict(sorted(found.items()))

"""Figures of a month: time by kind, time lost while equipment did not work, and shrinkage that nobody had planned."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from citydesk.management.timekeeping.choices import WORKED
from citydesk.management.timekeeping.rules.entries import Entry
from citydesk.management.timekeeping.rules.spans import Span, merged, total


def seconds_by_kind(entries: Iterable[Entry], within: Span) -> dict[str, int]:
    """Seconds of each kind of time inside a span, as it was entered."""
    found: dict[str, int] = {}
    for one in entries:
        part = one.span.clipped(within)
        if part:
            found[one.kind] = found.get(one.kind, 0) + part.seconds
    return found


def lost(broken: Iterable[Span], entries: Iterable[Entry], within: Span) -> int:
    """Seconds somebody was at work while something they need did not work; malfunctions that overlap count once.

    Who was not there lost nothing, and breaks and meals are no work.
    """
    work = merged(part for one in entries if one.kind in WORKED and (part := one.span.clipped(within)))
    down = merged(broken)
    return total(part for one in work for hole in down if (part := one.clipped(hole)))


def down_seconds(broken: Iterable[Span], within: Span) -> int:
    """Seconds within a span in which at least one thing did not work."""
    return total(merged(part for one in broken if (part := one.clipped(within))))


@dataclass(frozen=True)
class Unplanned:
    """Rostered time of a month and what of it nobody had planned to lose, in seconds: somebody was sick, somebody was
    late or not there, something did not work. A room above measures it, for schedules are there; the same measure
    stands on its page."""

    rostered: int = 0
    sick: int = 0
    not_there: int = 0
    malfunction: int = 0

    @property
    def seconds(self) -> int:
        return self.sick + self.not_there + self.malfunction

    @property
    def share(self) -> float | None:
        """Of rostered time; None where none was measured."""
        return self.seconds / self.rostered if self.rostered else None

    def __add__(self, other: "Unplanned") -> "Unplanned":
        return Unplanned(
            self.rostered + other.rostered,
            self.sick + other.sick,
            self.not_there + other.not_there,
            self.malfunction + other.malfunction,
        )


def month_number(day: date) -> int:
    """A month as rooms above are asked for it: 202611."""
    return day.year * 100 + day.month


def change(now: float, before: float) -> float | None:
    """How much more than before, as a share of it; None where there was nothing."""
    return (now - before) / before if before else None

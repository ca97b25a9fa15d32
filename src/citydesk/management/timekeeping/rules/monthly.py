"""Figures of a month: time by kind, time lost while equipment did not work, and what of paid time was shrinkage that
nobody had planned."""

from collections.abc import Iterable
from dataclasses import dataclass

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
    """What took people from their work without a plan, in seconds. `leave` is None where it would tell of few people;
    then it is left out of the share as well."""

    attendance: int
    malfunctions: int
    leave: int | None

    @property
    def seconds(self) -> int:
        return self.attendance + self.malfunctions + (self.leave or 0)

    def share(self, paid: int) -> float | None:
        """Of paid time with what was missed of it; None where nobody was paid."""
        whole = paid + self.attendance
        return self.seconds / whole if whole else None


def change(now: float, before: float) -> float | None:
    """How much more than before, as a share of it; None where there was nothing."""
    return (now - before) / before if before else None

"""Attendance: what differs between what was scheduled and what was, and the points that follow and roll off."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from citydesk.management.timekeeping.choices import OccurrenceKind
from citydesk.management.timekeeping.rules.policy import PointStep, TimePolicy
from citydesk.management.timekeeping.rules.spans import Span

_K = OccurrenceKind


@dataclass(frozen=True)
class Finding:
    """One exception: its kind and by how many seconds. A whole shift for a no-show."""

    kind: OccurrenceKind
    seconds: int


@dataclass(frozen=True)
class Occurrence:
    """A confirmed exception on a day, with its points."""

    on: date
    points: Decimal


def compare(scheduled: Span, actual: Sequence[Span], policy: TimePolicy) -> list[Finding]:
    """What differs between a shift and the time a person was there. Within the grace nothing does; beyond it the whole
    difference counts."""
    there = sorted(one for one in actual if one.overlaps(scheduled))
    if not there:
        return [Finding(_K.NO_SHOW, scheduled.seconds)]
    late = int((there[0].start - scheduled.start).total_seconds())
    early = int((scheduled.end - max(one.end for one in there)).total_seconds())
    found = [Finding(_K.LATE, late), Finding(_K.EARLY, early)]
    return [one for one in found if one.seconds > policy.grace]


def points_for(finding: Finding, steps: Iterable[PointStep]) -> Decimal:
    """The points of the highest step an exception reaches; 0 where the policy has none for it."""
    reached = [one for one in steps if one.kind == finding.kind and one.from_minutes * 60 <= finding.seconds]
    return max(reached, key=lambda one: one.from_minutes).points if reached else Decimal(0)


def rolls_off_on(on: date, days: int) -> date:
    """The first day an occurrence no longer counts."""
    return on + timedelta(days=days)


def points_on(occurrences: Iterable[Occurrence], day: date, days: int) -> Decimal:
    """The points that count on a day."""
    counted = (one.points for one in occurrences if one.on <= day < rolls_off_on(one.on, days))
    return sum(counted, Decimal(0))


def step_reached(points: Decimal, review_at: Iterable[Decimal]) -> Decimal | None:
    """The highest number of points at which the policy asks for a talk, if one is reached."""
    return max((one for one in review_at if one <= points), default=None)

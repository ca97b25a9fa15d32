"""Hours worked under the Fair Labor Standards Act.

Counted: work suffered or permitted (29 CFR 785.11), rest of 5 to about 20 minutes (785.18), training, meetings
(785.27 to 785.32 name the exceptions, which are no entries), travel between sites (785.38). Not counted: a meal of
ordinarily 30 minutes or more in which the person is completely relieved (785.19), and paid leave: pay for time not
worked is not pay for hours of work (29 U.S.C. 207(e)(2), 29 CFR 778.218). Nothing is rounded: seconds are kept.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta, tzinfo

from citydesk.management.timekeeping.choices import PAUSES, WORKED
from citydesk.management.timekeeping.rules.entries import Entry
from citydesk.management.timekeeping.rules.policy import TimePolicy
from citydesk.management.timekeeping.rules.spans import Span, local_day, merged, seconds_by_day, total, without
from citydesk.management.timekeeping.rules.weeks import Week


@dataclass(frozen=True)
class Deduction:
    """A meal the policy takes off by itself; `day` is the city's date the stretch of work began."""

    day: date
    span: Span


@dataclass(frozen=True)
class WeekHours:
    """One person's week in seconds. `overtime` is what of `worked` is over the week's limit."""

    worked: int
    overtime: int
    paid_pauses: int
    unpaid_pauses: int
    deducted: int
    by_day: dict[date, int]
    deductions: tuple[Deduction, ...] = ()

    @property
    def straight(self) -> int:
        """Worked seconds up to the limit."""
        return self.worked - self.overtime


def is_paid_pause(seconds: int, is_relieved: bool, policy: TimePolicy) -> bool:
    """Whether a break or meal is hours worked: it was short, or the person was not relieved."""
    return seconds < policy.meal_from or not is_relieved


def pauses(entries: Iterable[Entry]) -> list[tuple[Span, bool]]:
    """Breaks and meals with whether the person was relieved; two that touch are one pause."""
    found: list[tuple[Span, bool]] = []
    for is_relieved in (True, False):
        spans = [one.span for one in entries if one.kind in PAUSES and one.is_relieved is is_relieved]
        found += [(span, is_relieved) for span in merged(spans)]
    return sorted(found)


def auto_meals(
    worked: Sequence[Span], cancelled: Collection[date], policy: TimePolicy, zone: tzinfo
) -> list[Deduction]:
    """Meals taken off by the policy, in the middle of each stretch of work that is too long to be without one.

    A person who worked through cancels it for the day: work not requested but suffered is work time (29 CFR 785.11).
    """
    if not policy.auto_meal_after or not policy.auto_meal:
        return []
    found = []
    for block in merged(worked, gap=policy.meal_from - 1):
        day = local_day(block.start, zone)
        if block.seconds <= policy.auto_meal_after or day in cancelled:
            continue
        start = block.start + timedelta(seconds=(block.seconds - policy.auto_meal) // 2)
        found.append(Deduction(day, Span(start, start + timedelta(seconds=policy.auto_meal))))
    return found


def week_hours(
    entries: Iterable[Entry],
    week: Week,
    policy: TimePolicy,
    zone: tzinfo,
    *,
    cancelled: Collection[date] = (),
    is_exempt: bool = False,
) -> WeekHours:
    """The hours of a workweek from effective entries; those around the week may be given, so that no shift is cut.

    An exempt person has no overtime.
    """
    rows = list(entries)
    found = pauses(rows)
    paid = [span for span, relieved in found if is_paid_pause(span.seconds, relieved, policy)]
    unpaid = [span for span, relieved in found if not is_paid_pause(span.seconds, relieved, policy)]
    at_work = merged([*(one.span for one in rows if one.kind in WORKED), *paid])
    meals = auto_meals(at_work, cancelled, policy, zone)
    taken = _within(week, [one.span for one in meals])
    worked = _within(week, without(at_work, [one.span for one in meals]))
    seconds = total(worked)
    return WeekHours(
        worked=seconds,
        overtime=0 if is_exempt else max(0, seconds - policy.overtime_after),
        paid_pauses=total(_within(week, paid)),
        unpaid_pauses=total(_within(week, unpaid)),
        deducted=total(_within(week, at_work)) - seconds,
        by_day=seconds_by_day(worked, zone),
        deductions=tuple(one for one in meals if any(one.span.overlaps(part) for part in taken)),
    )


def _within(week: Week, spans: Iterable[Span]) -> list[Span]:
    return [part for part in (one.clipped(week.span) for one in spans) if part is not None]

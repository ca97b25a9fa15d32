"""The workweek and the pay period.

A workweek is a fixed and regularly recurring period of 168 hours, seven consecutive 24-hour periods, which may begin on
any day and at any hour (29 CFR 778.105); each workweek stands alone (778.104). It is fixed by the city's clock: in the
two weeks in which the clocks change it has 167 or 169 elapsed hours, and what was worked is counted as it elapsed.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from citydesk.management.timekeeping.rules.policy import TimePolicy
from citydesk.management.timekeeping.rules.spans import Span, at_local, local_day, split_at

WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Week:
    """One workweek by the city's date it begins on."""

    first_day: date
    span: Span

    @property
    def last_day(self) -> date:
        """The last date most of which is in the week."""
        return self.first_day + timedelta(days=6)

    @property
    def days(self) -> list[date]:
        return [self.first_day + timedelta(days=n) for n in range(7)]


def week_from(first_day: date, policy: TimePolicy, zone: tzinfo) -> Week:
    """The workweek that begins on a day. Raises `ValueError` where none begins on that day of the week."""
    if first_day.weekday() != policy.week_starts:
        raise ValueError(f"no workweek begins on {first_day}")
    minute = policy.week_start_minute
    return Week(first_day, Span(at_local(first_day, minute, zone), at_local(first_day + WEEK, minute, zone)))


def week_of_day(day: date, policy: TimePolicy, zone: tzinfo) -> Week:
    """The workweek whose seven dates include a day."""
    return week_from(day - timedelta(days=(day.weekday() - policy.week_starts) % 7), policy, zone)


def week_at(moment: datetime, policy: TimePolicy, zone: tzinfo) -> Week:
    """The workweek a moment belongs to."""
    found = week_of_day(local_day(moment, zone), policy, zone)
    if moment < found.span.start:
        return week_from(found.first_day - WEEK, policy, zone)
    return found if moment < found.span.end else week_from(found.first_day + WEEK, policy, zone)


def split_by_week(span: Span, policy: TimePolicy, zone: tzinfo) -> list[tuple[Week, Span]]:
    """A span cut where workweeks begin, each part with its week."""
    found, week = [], week_at(span.start, policy, zone)
    for part in split_at(span, _starts(span, week, policy, zone)):
        week = week_at(part.start, policy, zone)
        found.append((week, part))
    return found


def _starts(span: Span, week: Week, policy: TimePolicy, zone: tzinfo) -> list[datetime]:
    starts = []
    while week.span.end < span.end:
        starts.append(week.span.end)
        week = week_from(week.first_day + WEEK, policy, zone)
    return starts


@dataclass(frozen=True)
class Period:
    """A pay period: whole workweeks from `first_day` through `last_day`."""

    first_day: date
    last_day: date

    @property
    def weeks(self) -> list[date]:
        """The days its workweeks begin on."""
        return [self.first_day + WEEK * n for n in range(((self.last_day - self.first_day).days + 1) // 7)]


def period_of_day(day: date, policy: TimePolicy) -> Period:
    """The pay period of a date; `first_period` of the policy is the first day of any one of them."""
    length = 7 * policy.weeks_per_period
    first = policy.first_period + timedelta(days=(day - policy.first_period).days // length * length)
    return Period(first, first + timedelta(days=length - 1))


def next_period(period: Period) -> Period:
    """The one after."""
    length = period.last_day - period.first_day + timedelta(days=1)
    return Period(period.first_day + length, period.last_day + length)

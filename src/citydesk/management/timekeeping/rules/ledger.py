"""The ledger of leave: a balance is the sum of its rows, now and as projected.

On one day what is given comes before what expires, and both before what is taken.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from citydesk.management.timekeeping.choices import AccrualKind, LedgerKind
from citydesk.management.timekeeping.rules.leave_types import LeaveRules, hours_for, whole_seconds
from citydesk.management.timekeeping.rules.policy import TimePolicy
from citydesk.management.timekeeping.rules.weeks import next_period, period_of_day

_ORDER = {LedgerKind.ACCRUE: 0, LedgerKind.EARN: 0, LedgerKind.EXPIRE: 1}


@dataclass(frozen=True)
class Row:
    """One row of the ledger in seconds, positive or negative. `key` is what an accrual or expiry is for, once."""

    on: date
    kind: str
    seconds: int
    key: str = ""


@dataclass(frozen=True)
class Growth:
    """What would be given or expire on a day. `seconds` is None where it depends on the balance of the day."""

    on: date
    kind: LedgerKind
    seconds: int | None
    key: str


def balance(rows: Iterable[Row], on: date | None = None) -> int:
    """The sum of the rows, or of those through a day."""
    return sum(one.seconds for one in rows if on is None or one.on <= on)


def within_cap(seconds: int, before: int, cap: int | None) -> int:
    """What of an accrual fits under the cap; nothing where the balance is at or above it."""
    return seconds if cap is None else max(0, min(seconds, cap - before))


def expiring(before: int, carry_over: int | None) -> int:
    """What of a balance is lost when the year of leave ends: a negative number of seconds, or 0."""
    return 0 if carry_over is None else -max(0, before - carry_over)


def earned_by_hours(rules: LeaveRules, worked: int, service_since: date, on: date) -> int:
    """Leave for seconds worked: the step's hours for each `per_hours`, rounded down to the second."""
    return int(worked * hours_for(rules, service_since, on) / rules.per_hours)


def growth(
    rules: LeaveRules, policy: TimePolicy, service_since: date, after: date, until: date, *, weekly: int = 0
) -> list[Growth]:
    """What a kind of leave gives and loses on days later than `after`, through `until`, in order.

    `weekly` are the seconds a person usually works, for leave by hours worked, which the projection gives weekly.
    """
    found = [*_periods(rules, policy, service_since, after, until, weekly), *_years(rules, service_since, after, until)]
    return sorted(found, key=lambda one: (one.on, _ORDER[one.kind]))


def _periods(
    rules: LeaveRules, policy: TimePolicy, service_since: date, after: date, until: date, weekly: int
) -> Iterable[Growth]:
    if rules.accrual not in (AccrualKind.PER_PERIOD, AccrualKind.PER_HOUR):
        return
    period = period_of_day(after, policy)
    while period.last_day <= until:
        on = period.last_day
        if on > after and service_since <= on:
            hours = hours_for(rules, service_since, on)
            seconds = whole_seconds(hours)
            if rules.accrual == AccrualKind.PER_HOUR:
                worked = weekly * policy.weeks_per_period
                seconds = earned_by_hours(rules, worked, service_since, on)
            if seconds:
                yield Growth(on, LedgerKind.ACCRUE, seconds, f"period-{period.first_day.isoformat()}")
        period = next_period(period)


def _years(rules: LeaveRules, service_since: date, after: date, until: date) -> Iterable[Growth]:
    """The annual grant on the first day of the year of leave, and on the day before it what is not carried over."""
    month, day = rules.year_starts
    for year in range(after.year, until.year + 2):
        first = date(year, month, day)
        last = first - timedelta(days=1)
        if rules.carry_over is not None and after < last <= until and service_since <= last:
            yield Growth(last, LedgerKind.EXPIRE, None, f"carry-{year}")
        if rules.accrual == AccrualKind.ANNUAL and after < first <= until and service_since <= first:
            seconds = whole_seconds(hours_for(rules, service_since, first))
            if seconds:
                yield Growth(first, LedgerKind.ACCRUE, seconds, f"grant-{year}")


@dataclass(frozen=True)
class Projection:
    """The balance at the end of a day, the lowest on the way after anything was taken, and the rows it rests on."""

    balance: int
    lowest: int
    rows: tuple[Row, ...]


def project(
    start: int,
    after: date,
    until: date,
    rules: LeaveRules,
    policy: TimePolicy,
    *,
    service_since: date,
    takes: Sequence[tuple[date, int]] = (),
    weekly: int = 0,
) -> Projection:
    """The balance at the end of `until`, from the balance at the end of `after`. `takes` are days and seconds of leave
    that is granted or asked for; those before `after` are in `start` already and left out."""
    rows: list[Row] = []
    level = lowest = start
    coming = [one for one in takes if after < one[0] <= until]
    events: list[tuple[date, int, Growth | int]] = [
        *((one.on, _ORDER[one.kind], one) for one in growth(rules, policy, service_since, after, until, weekly=weekly)),
        *((on, 2, seconds) for on, seconds in coming),
    ]
    for on, _order, event in sorted(events, key=lambda one: one[:2]):
        row = _row(on, event, level, rules)
        level += row.seconds
        lowest = min(lowest, level)
        rows.append(row)
    return Projection(level, lowest, tuple(rows))


def _row(on: date, event: Growth | int, level: int, rules: LeaveRules) -> Row:
    if isinstance(event, int):
        return Row(on, LedgerKind.TAKE, -event)
    if event.kind == LedgerKind.EXPIRE:
        return Row(on, LedgerKind.EXPIRE, expiring(level, rules.carry_over), event.key)
    return Row(on, LedgerKind.ACCRUE, within_cap(event.seconds or 0, level, rules.cap), event.key)

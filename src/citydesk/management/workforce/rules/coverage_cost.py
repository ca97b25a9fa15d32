"""What a week of a group comes to: coverage in hours, cost of the paid ones, service level of several queues. Pure.

Every number is a sum or is made of two sums, so weeks add up to a month and a year without rounding twice.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from citydesk.kernel.money import money

Span = tuple[datetime, datetime]
WEEK = timedelta(days=7)
HOUR = 3600
# What an hour of overtime is paid beyond the hour itself (29 CFR 778.107).
PREMIUM = Decimal("0.5")


@dataclass(frozen=True, slots=True)
class Cover:
    """People times minutes of slots: asked for, on duty, on duty beyond what was asked, and missing.

    Always `required + over - under = scheduled`, because both sides are counted slot by slot.
    """

    required: int = 0
    scheduled: int = 0
    over: int = 0
    under: int = 0

    def __add__(self, other: "Cover") -> "Cover":
        return Cover(
            self.required + other.required,
            self.scheduled + other.scheduled,
            self.over + other.over,
            self.under + other.under,
        )


@dataclass(frozen=True, slots=True)
class Paid:
    """Seconds that people are paid for: worked, on paid leave, and what of the worked is overtime."""

    worked: int = 0
    leave: int = 0
    overtime: int = 0

    def __add__(self, other: "Paid") -> "Paid":
        return Paid(self.worked + other.worked, self.leave + other.leave, self.overtime + other.overtime)

    @property
    def whole(self) -> int:
        return self.worked + self.leave


@dataclass(frozen=True, slots=True)
class Reached:
    """Contacts answered; contacts in time of those that count; `expected` is what the targets ask of those."""

    answered: int = 0
    in_time: int = 0
    counted: int = 0
    expected: Decimal = Decimal(0)

    def __add__(self, other: "Reached") -> "Reached":
        return Reached(
            self.answered + other.answered,
            self.in_time + other.in_time,
            self.counted + other.counted,
            self.expected + other.expected,
        )

    @property
    def level(self) -> Decimal | None:
        """Share answered in time; None where nothing counts."""
        return Decimal(self.in_time) / self.counted if self.counted else None

    @property
    def target(self) -> Decimal | None:
        """The share the targets ask for: each queue's own, weighed by what counts in it."""
        return self.expected / self.counted if self.counted else None


def cover_of(slots: Iterable[tuple[int, int, int]]) -> Cover:
    """The sums of slots given as minutes, people asked for, people on duty."""
    found = Cover()
    for minutes, required, scheduled in slots:
        over, under = max(0, scheduled - required), max(0, required - scheduled)
        found += Cover(required * minutes, scheduled * minutes, over * minutes, under * minutes)
    return found


def on_duty(
    minutes: int, starts: Iterable[datetime], shifts: Iterable[tuple[Span, Iterable[Span]]]
) -> dict[datetime, int]:
    """How many are on duty in all of each slot, from shifts with the stretches in them that are not on the desk.

    Slots are of one length and begin on its multiples. The work grows with the shifts, not with the slots.
    """
    length = timedelta(minutes=minutes)
    there = dict.fromkeys(starts, 0)
    for (begins, ends), away in shifts:
        gone = list(away)
        at = _slot_from(begins, minutes)
        while at + length <= ends:
            if at in there and all(at + length <= since or at >= until for since, until in gone):
                there[at] += 1
            at += length
    return there


def _slot_from(moment: datetime, minutes: int) -> datetime:
    """The first begin of a slot at or after a moment."""
    base = moment.replace(minute=0, second=0, microsecond=0)
    return base + timedelta(minutes=minutes * -(-(moment - base) // timedelta(minutes=minutes)))


def cost_of(paid: Paid, hourly: Decimal) -> Decimal:
    """Dollars of paid time: every paid hour at the rate, and half as much again for each hour of overtime."""
    seconds = Decimal(paid.whole) + PREMIUM * Decimal(paid.overtime)
    return money(hourly * seconds / HOUR)


def per_contact(cost: Decimal | None, answered: int) -> Decimal | None:
    """Dollars a contact that was answered; None where none was, or no cost is known."""
    return None if cost is None or not answered else money(cost / answered)


def weeks_between(first: date, last: date) -> tuple[date, ...]:
    """Mondays of the weeks whose Sunday lies from one day to another: each week is in one span, none is cut."""
    sunday = first + timedelta(days=6 - first.weekday())
    count = max(0, (last - sunday).days // 7 + 1)
    return tuple(sunday - timedelta(days=6) + WEEK * one for one in range(count))


def fiscal_year(day: date, starts: int) -> tuple[date, date]:
    """The first and last day of the fiscal year a day lies in; `starts` is the month it begins with."""
    year = day.year if day.month >= starts else day.year - 1
    following = date(year + 1, starts, 1)
    return date(year, starts, 1), following - timedelta(days=1)


def month_of(day: date) -> tuple[date, date]:
    """The first and last day of a day's month."""
    first = day.replace(day=1)
    return first, (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)


def paid_by_week(
    worked: Mapping[date, int], leave: Mapping[date, int], overtime: Mapping[date, int]
) -> dict[date, Paid]:
    """Seconds by day as seconds by planning week, keyed by its Monday. Overtime lies on its workweek's last day."""
    found: dict[date, Paid] = {}
    for given, make in ((worked, _worked), (leave, _leave), (overtime, _overtime)):
        for day, seconds in given.items():
            monday = day - timedelta(days=day.weekday())
            found[monday] = found.get(monday, Paid()) + make(seconds)
    return found


def _worked(seconds: int) -> Paid:
    return Paid(worked=seconds)


def _leave(seconds: int) -> Paid:
    return Paid(leave=seconds)


def _overtime(seconds: int) -> Paid:
    return Paid(overtime=seconds)

"""Pay of one workweek of a person who is owed overtime (non-exempt under the Fair Labor Standards Act).

The overtime premium is one half of the regular rate for each overtime hour, on top of straight time for all hours
(29 CFR 778.110). The regular rate is all remuneration for employment divided by all hours worked (778.109), with a
bonus that was promised or depends on hours, production or attendance (nondiscretionary, 778.208 to 778.211), and with
several rates in a week by their weighted average (778.115). A salary for a fixed number of hours gives the rate salary
divided by those hours (778.113). Amounts are exact fractions until the cent of each line of pay is written, half up.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from citydesk.kernel.money import CENT, ZERO
from citydesk.management.timekeeping.rules.policy import HOUR

HALF = Fraction(1, 2)


@dataclass(frozen=True)
class Earning:
    """Seconds worked at a rate in dollars an hour."""

    seconds: int
    rate: Decimal


@dataclass(frozen=True)
class WeekPay:
    """Dollars of a week. `straight` is for hours not banked, `premium` the half for overtime paid in money.

    `regular_rate` has six decimals for showing; nothing is computed from it.
    """

    straight: Decimal
    bonus: Decimal
    premium: Decimal
    leave: Decimal
    regular_rate: Decimal

    @property
    def total(self) -> Decimal:
        return self.straight + self.bonus + self.premium + self.leave


def cents(amount: Fraction) -> Decimal:
    """An exact amount of dollars in cents, half up."""
    return (Decimal(amount.numerator) / Decimal(amount.denominator)).quantize(CENT, ROUND_HALF_UP) + ZERO


def hourly_pay(
    earnings: Iterable[Earning],
    *,
    overtime: int,
    bonus: Decimal = ZERO,
    banked: int = 0,
    leave: Iterable[Earning] = (),
) -> WeekPay:
    """Pay by the hour.

    `overtime` seconds of the week, of which `banked` are given as compensatory time and in no money; `bonus` is
    nondiscretionary; `leave` is paid and raises neither hours worked nor the regular rate (29 CFR 778.218).
    Raises `ValueError` where more is banked than is overtime, or more overtime than was worked.
    """
    rows = list(earnings)
    worked = sum(one.seconds for one in rows)
    _check(worked, overtime, banked)
    straight = sum((_worth(one) for one in rows), Fraction(0))
    if not worked:
        return WeekPay(ZERO, bonus, ZERO, _leave(leave), Decimal(0))
    rate = (straight + Fraction(bonus)) * HOUR / worked
    paid = straight * (worked - banked) / worked
    return WeekPay(
        straight=cents(paid),
        bonus=bonus,
        premium=cents(HALF * rate * (overtime - banked) / HOUR),
        leave=_leave(leave),
        regular_rate=_shown(rate),
    )


def salary_pay(
    salary: Decimal, *, for_seconds: int, worked: int, overtime: int, bonus: Decimal = ZERO, banked: int = 0
) -> WeekPay:
    """Pay by a weekly salary that is for `for_seconds` (29 CFR 778.113).

    The salary whatever was worked up to the limit, and one and a half times the regular rate for each overtime hour not
    banked. A bonus enters over all hours worked.
    """
    _check(worked, overtime, banked)
    base = Fraction(salary) * HOUR / for_seconds
    extra = Fraction(bonus) * HOUR / worked if worked else Fraction(0)
    over = Fraction(overtime - banked, HOUR)
    return WeekPay(
        straight=cents(Fraction(salary) + base * over),
        bonus=bonus,
        premium=cents(HALF * (base + extra) * over),
        leave=ZERO,
        regular_rate=_shown(base + extra),
    )


def _check(worked: int, overtime: int, banked: int) -> None:
    if not 0 <= banked <= overtime <= worked:
        raise ValueError("banked seconds are overtime, and overtime was worked")


def _worth(one: Earning) -> Fraction:
    return Fraction(one.rate) * one.seconds / HOUR


def _leave(leave: Iterable[Earning]) -> Decimal:
    return cents(sum((_worth(one) for one in leave), Fraction(0)))


def _shown(rate: Fraction) -> Decimal:
    return (Decimal(rate.numerator) / Decimal(rate.denominator)).quantize(Decimal("0.000001"), ROUND_HALF_UP)

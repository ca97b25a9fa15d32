"""Compensatory time of a public agency, 29 U.S.C. 207(o).

One and a half hours for each hour of overtime (29 CFR 553.20), only by an agreement made before the work (553.23),
up to 240 hours, or 480 hours of public safety, emergency response or seasonal work (553.21, 553.22), which stand for
160 and 320 hours of overtime. Overtime that would pass the cap is paid in money.
"""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class CompSplit:
    """Overtime seconds `banked`, the seconds of compensatory time `earned` by them, and those `paid` in money."""

    banked: int
    earned: int
    paid: int


def earned_by(overtime: int) -> int:
    """Seconds of compensatory time for seconds of overtime; half a second counts for the person."""
    return -(-3 * overtime // 2)


def split(overtime: int, *, balance: int, cap: int) -> CompSplit:
    """What of a week's overtime is banked beside a balance, and what is paid because the cap is reached."""
    room = max(0, cap - balance)
    banked = min(overtime, room * 2 // 3)
    return CompSplit(banked, earned_by(banked), overtime - banked)


def may_bank(agreed_on: date | None, week_starts: date) -> bool:
    """Whether there was an agreement before the first hour of the week."""
    return agreed_on is not None and agreed_on <= week_starts

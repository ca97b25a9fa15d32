"""The city's rules of timekeeping, as `timekeeping.toml` of its profile writes them down."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

HOUR = 3600
MINUTE = 60
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True)
class PointStep:
    """From how many minutes a kind of occurrence counts how many points."""

    kind: str
    from_minutes: int
    points: Decimal


@dataclass(frozen=True)
class TimePolicy:
    """How time is counted. Times in seconds; `week_start_minute` is the local minute of the day the week begins."""

    week_starts: int = 0
    week_start_minute: int = 0
    overtime_after: int = 40 * HOUR
    weeks_per_period: int = 2
    first_period: date = date(2024, 1, 1)
    # Shorter pauses are hours worked, and so are longer ones in which the person was not relieved of duty.
    meal_from: int = 30 * MINUTE
    # A meal taken off by itself from stretches of work longer than `auto_meal_after`; 0 takes nothing off.
    auto_meal_after: int = 0
    auto_meal: int = 0
    longest_shift: int = 16 * HOUR
    comp_cap: int = 240 * HOUR
    comp_cap_safety: int = 480 * HOUR
    grace: int = 5 * MINUTE
    points: tuple[PointStep, ...] = ()
    rolls_off_days: int = 365
    review_at: tuple[Decimal, ...] = ()
    basis: str = "hourly"
    # The clock of the desk tells traffic what people do, where the switch does not.
    tells_traffic: bool = False
    pay_codes: Mapping[str, str] = field(default_factory=dict)


def policy_of(body: Mapping[str, Any]) -> TimePolicy:
    """The policy as the profile serves it."""
    return TimePolicy(
        week_starts=WEEKDAYS.index(body["week_starts"]),
        week_start_minute=body["week_start_minute"],
        overtime_after=int(Decimal(body["overtime_after_hours"]) * HOUR),
        weeks_per_period=body["weeks_per_period"],
        first_period=date.fromisoformat(body["first_period"]),
        meal_from=body["meal_minutes"] * MINUTE,
        auto_meal_after=int(Decimal(body["auto_meal_after_hours"]) * HOUR),
        auto_meal=body["auto_meal_minutes"] * MINUTE,
        longest_shift=int(Decimal(body["longest_shift_hours"]) * HOUR),
        comp_cap=int(Decimal(body["comp_cap_hours"]) * HOUR),
        comp_cap_safety=int(Decimal(body["comp_cap_safety_hours"]) * HOUR),
        grace=body["grace_minutes"] * MINUTE,
        points=tuple(PointStep(one["kind"], one["from_minutes"], Decimal(one["points"])) for one in body["points"]),
        rolls_off_days=body["rolls_off_days"],
        review_at=tuple(Decimal(one) for one in body["review_at"]),
        basis=body["basis"],
        tells_traffic=body["tells_traffic"],
        pay_codes=dict(body["pay_codes"]),
    )

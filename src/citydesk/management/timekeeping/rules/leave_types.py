"""Kinds of leave and how they grow, as `leave.toml` of a profile writes them down. Amounts in whole seconds."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from citydesk.management.timekeeping.choices import AccrualKind
from citydesk.management.timekeeping.rules.policy import HOUR, MINUTE


@dataclass(frozen=True)
class Step:
    """From how many full years of service how many hours are given: a period, a year, or for `per_hours` worked."""

    years: int
    hours: Decimal


@dataclass(frozen=True)
class LeaveRules:
    """One kind of leave. `cap` and `carry_over` are None where there is none; `floor` how far below zero it may go."""

    code: str
    names: Mapping[str, str]
    pay_code: str
    absence_kind: str
    accrual: str = AccrualKind.NONE
    steps: tuple[Step, ...] = ()
    per_hours: Decimal = Decimal(1)
    cap: int | None = None
    carry_over: int | None = None
    year_starts: tuple[int, int] = (1, 1)
    min_unit: int = 15 * MINUTE
    floor: int = 0
    needs_balance: bool = True
    is_paid: bool = True
    is_fmla: bool = False
    documented_after_days: int | None = None
    order: int = 100

    def name_in(self, language: str) -> str:
        return self.names.get(language) or self.names.get("en") or self.code


def leave_of(code: str, body: Mapping[str, Any]) -> LeaveRules:
    """The kind of leave as the profile serves it."""
    month, day = (int(part) for part in body["year_starts"].split("-"))
    return LeaveRules(
        code=code,
        names=body["name"],
        pay_code=body["pay_code"],
        absence_kind=body["absence_kind"],
        accrual=body["accrual"],
        steps=tuple(Step(one["years"], Decimal(one["hours"])) for one in body["steps"]),
        per_hours=Decimal(body["per_hours"]),
        cap=_seconds(body["cap_hours"]),
        carry_over=_seconds(body["carry_over_hours"]),
        year_starts=(month, day),
        min_unit=body["min_unit_minutes"] * MINUTE,
        floor=_seconds(body["floor_hours"]) or 0,
        needs_balance=body["needs_balance"],
        is_paid=body["is_paid"],
        is_fmla=body["is_fmla"],
        documented_after_days=body["documented_after_days"],
        order=body["order"],
    )


def _seconds(hours: Any) -> int | None:
    return None if hours is None else whole_seconds(Decimal(hours))


def whole_seconds(hours: Decimal) -> int:
    """Hours in seconds, half up: the profile may write 3.6923 hours a period."""
    return int((hours * HOUR).quantize(Decimal(1), ROUND_HALF_UP))


def years_of_service(since: date, on: date) -> int:
    """Full years on a day; one who began on 29 February has them on 1 March of other years."""
    had_it = (on.month, on.day) >= (since.month, since.day)
    return max(0, on.year - since.year - (0 if had_it else 1))


def hours_for(rules: LeaveRules, service_since: date, on: date) -> Decimal:
    """The hours of the step a person has reached on a day."""
    years = years_of_service(service_since, on)
    reached = [one for one in rules.steps if one.years <= years]
    return max(reached, key=lambda one: one.years).hours if reached else Decimal(0)

"""Worked examples of a profile: what a week is worth, as the city's clerk would sign it."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from citydesk.city.profile.rules import Snapshot
from citydesk.management.timekeeping.choices import POLICY, TIME_SECTION
from citydesk.management.timekeeping.rules.comp_time import earned_by
from citydesk.management.timekeeping.rules.leave_types import whole_seconds
from citydesk.management.timekeeping.rules.pay import Earning, hourly_pay, salary_pay
from citydesk.management.timekeeping.rules.policy import HOUR, policy_of


def run_pay_example(*, given: Mapping[str, Any], profile: Snapshot) -> dict[str, Any]:
    """`given = {on, rate, hours, bonus}` -> overtime hours, regular rate, total dollars, hours of compensatory time.

    `rate` is dollars an hour, or where the city pays salaries, dollars a week.
    """
    policy = policy_of(profile.entry(TIME_SECTION, POLICY, given["on"]))
    worked = whole_seconds(Decimal(given["hours"]))
    overtime = max(0, worked - policy.overtime_after)
    rate, bonus = Decimal(given["rate"]), Decimal(given.get("bonus", 0))
    if policy.basis == "salary":
        pay = salary_pay(rate, for_seconds=policy.overtime_after, worked=worked, overtime=overtime, bonus=bonus)
    else:
        pay = hourly_pay([Earning(worked, rate)], overtime=overtime, bonus=bonus)
    return {
        "overtime_hours": str(Decimal(overtime) / HOUR),
        "regular_rate": str(pay.regular_rate),
        "total": str(pay.total),
        "comp_hours": str(Decimal(earned_by(overtime)) / HOUR),
    }

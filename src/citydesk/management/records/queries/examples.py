"""Worked examples of the retention schedule, computed from a snapshot of the profile."""

from collections.abc import Mapping
from typing import Any

from citydesk.city.profile.rules import Snapshot
from citydesk.management.records import rules
from citydesk.management.records.choices import SECTION


def run_retention_example(*, given: Mapping[str, Any], profile: Snapshot) -> dict[str, Any]:
    """`given = {series, happened}` (local days) -> the first day of destruction, and the latest trigger gone by it."""
    on = given["happened"]
    body = profile.entry(SECTION, given["series"], on)
    starts = profile.city(on).fiscal_year_starts
    period = rules.Period.of(body)
    eligible = rules.eligible_on(on, period, fiscal_year_starts=starts)
    return {
        "covers": body["covers"],
        "eligible": eligible,
        "last_trigger": rules.last_trigger_day(eligible, period, fiscal_year_starts=starts),
    }

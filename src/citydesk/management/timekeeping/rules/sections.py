"""Read timekeeping.toml and leave.toml of a city profile. Format: profiles/README.md."""

import re
from typing import Any

from citydesk.city.profile.rules import Fields, Item, Reading
from citydesk.management.timekeeping.choices import POLICY, AccrualKind, LineKind, OccurrenceKind
from citydesk.management.timekeeping.rules.policy import WEEKDAYS

_DAY_OF_YEAR = re.compile(r"^(0[1-9]|1[0-2])-(0[1-9]|1\d|2[0-8])$")
BASES = ("hourly", "salary")


def parse_policy(reading: Reading) -> list[Item]:
    """The rules of counting time: `[timekeeping.default]`."""
    found = []
    for entry in reading.tables("timekeeping"):
        if entry.key != POLICY:
            entry.problem(f"is called {entry.key}; the rules for everybody are [timekeeping.{POLICY}]")
        found.append(entry.item(_policy(entry)))
    return found


def _policy(entry: Fields) -> dict[str, Any]:
    some = entry.optional
    first = entry.date("first_period")
    body: dict[str, Any] = {
        "week_starts": entry.choice("week_starts", WEEKDAYS) or WEEKDAYS[0],
        "week_start_minute": some.whole("week_start_minute", 0, at_least=0, at_most=1439),
        "overtime_after_hours": some.decimal("overtime_after_hours", 40, at_least=1, at_most=168),
        "weeks_per_period": entry.whole("weeks_per_period", at_least=1, at_most=4) or 1,
        "first_period": first,
        "meal_minutes": some.whole("meal_minutes", 30, at_least=21, at_most=120),
        "auto_meal_after_hours": some.decimal("auto_meal_after_hours", 0, at_least=0, at_most=24),
        "auto_meal_minutes": some.whole("auto_meal_minutes", 0, at_least=0, at_most=120),
        "longest_shift_hours": some.decimal("longest_shift_hours", 16, at_least=1, at_most=24),
        "comp_cap_hours": some.decimal("comp_cap_hours", 240, at_least=0, at_most=240),
        "comp_cap_safety_hours": some.decimal("comp_cap_safety_hours", 480, at_least=0, at_most=480),
        "grace_minutes": some.whole("grace_minutes", 0, at_least=0, at_most=60),
        "points": [_step(row) for row in some.tables("points")],
        "rolls_off_days": some.whole("rolls_off_days", 365, at_least=1, at_most=3660),
        "review_at": some.numbers("review_at", len(entry.raw.get("review_at", []))) if entry.has("review_at") else [],
        "basis": some.choice("basis", BASES, "hourly"),
        "tells_traffic": some.boolean("tells_traffic", False),
        "pay_codes": _pay_codes(entry.table("pay_codes")),
    }
    if first is not None and WEEKDAYS[first.weekday()] != body["week_starts"]:
        entry.problem("must be a day on which a workweek begins", "first_period")
    if body["auto_meal_minutes"] and body["auto_meal_minutes"] < body["meal_minutes"]:
        entry.problem("is shorter than meal_minutes: a shorter meal is time worked", "auto_meal_minutes")
    return body


def _step(row: Fields) -> dict[str, Any]:
    return {
        "kind": row.choice("kind", OccurrenceKind),
        "from_minutes": row.optional.whole("from_minutes", 0, at_least=0, at_most=1440),
        "points": row.decimal("points", at_least=0, at_most=20) or 0,
    }


def _pay_codes(table: Fields) -> dict[str, str]:
    return {kind.value: table.text(kind.value) for kind in LineKind if kind != LineKind.LEAVE}


def parse_leave(reading: Reading) -> list[Item]:
    """The kinds of leave: `[leave.<code>]`."""
    return [entry.item(_leave(entry)) for entry in reading.tables("leave")]


def _leave(entry: Fields) -> dict[str, Any]:
    some = entry.optional
    body: dict[str, Any] = {
        "name": entry.translated("name"),
        "pay_code": entry.text("pay_code"),
        "absence_kind": entry.code("absence_kind", of="absence_kinds"),
        "accrual": some.choice("accrual", AccrualKind, AccrualKind.NONE.value),
        "steps": [_service_step(row) for row in some.tables("steps")],
        "per_hours": some.decimal("per_hours", 1, at_least=1, at_most=2000),
        "cap_hours": some.decimal("cap_hours", at_least=0),
        "carry_over_hours": some.decimal("carry_over_hours", at_least=0),
        "year_starts": some.text("year_starts", "01-01"),
        "min_unit_minutes": some.whole("min_unit_minutes", 15, at_least=1, at_most=480),
        "floor_hours": some.decimal("floor_hours", 0, at_least=0),
        "needs_balance": some.boolean("needs_balance", True),
        "is_paid": some.boolean("is_paid", True),
        "is_fmla": some.boolean("is_fmla", False),
        "documented_after_days": some.whole("documented_after_days", at_least=0, at_most=400),
        "order": some.whole("order", 100),
    }
    _check(entry, body)
    return body


def _service_step(row: Fields) -> dict[str, Any]:
    return {
        "years": row.optional.whole("years", 0, at_least=0, at_most=60),
        "hours": row.decimal("hours", at_least=0) or 0,
    }


def _check(entry: Fields, body: dict[str, Any]) -> None:
    """What one key alone does not tell."""
    grows = body["accrual"] not in (AccrualKind.NONE, AccrualKind.EARNED)
    if grows and not body["steps"]:
        entry.problem("needs steps: from how many years how many hours", "accrual")
    if not _DAY_OF_YEAR.match(body["year_starts"]):
        entry.problem('must be a month and a day through the 28th, such as "07-01"', "year_starts")
    years = [one["years"] for one in body["steps"]]
    if len(set(years)) != len(years):
        entry.problem("names a number of years twice", "steps")


def parse_blackouts(reading: Reading) -> list[Item]:
    """Days without leave: `[blackout.<code>]`."""
    found = []
    for entry in reading.tables("blackout"):
        first, last = entry.date("first"), entry.date("last")
        if first is not None and last is not None and last < first:
            entry.problem("is before first", "last")
        body = {"name": entry.translated("name"), "first": first, "last": last}
        found.append(entry.item({**body, "teams": entry.optional.codes("teams", of="teams")}))
    return found

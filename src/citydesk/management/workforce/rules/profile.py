"""The profile's sections `staffing` and `staffing_flags`: `[staffing.<code>]` and `[flag.<code>]` of staffing.toml."""

from collections.abc import Mapping, Sequence
from typing import Any

from citydesk.city.profile.rules import Fields, Item, Problem, Reading
from citydesk.kernel.calendars import parse_windows
from citydesk.kernel.errors import Invalid
from citydesk.kernel.holidays import WEEKDAYS
from citydesk.management.workforce.choices import SECTION, Work
from citydesk.management.workforce.rules.forecast.calendar import GIVEN

LENGTHS = (15, 30)


def parse_staffing(reading: Reading) -> list[Item]:
    """`[staffing.<code>]`: a team, the queues it takes, and what it plans with."""
    return [entry.item(_group(entry)) for entry in reading.tables("staffing")]


def _group(entry: Fields) -> dict[str, Any]:
    some = entry.optional
    minutes = some.whole("slot_minutes", 30)
    if minutes not in LENGTHS:
        entry.problem("must be 15 or 30", "slot_minutes")
    body = {
        "name": entry.translated("name"),
        "team": entry.code("team", of="teams"),
        "calendar": entry.code("calendar", of="calendars"),
        "slot_minutes": minutes,
        "shrinkage": _shrinkage(entry.table("shrinkage")),
        "shrinkage_by": [_shrinkage_by(row) for row in some.tables("shrinkage_by")],
        "most_busy": _share(some, "most_busy"),
        "hourly_cost": some.decimal("hourly_cost", at_least=0, at_most=1000),
        "queues": [_queue(row) for row in entry.tables("queues")],
        "skills": [_skill(row) for row in some.tables("skills")],
        "notice_days": some.whole("notice_days", 0, at_least=0, at_most=6),
        "open_with": [_open_with(row) for row in some.tables("open_with")],
        "order": some.whole("order", 100),
    }
    if not body["queues"]:
        entry.problem("names no queue", "queues")
    return body


def _shrinkage(row: Fields) -> dict[str, Any]:
    planned, unplanned = row.decimal("planned", at_least=0), row.optional.decimal("unplanned", 0, at_least=0)
    if planned is not None and unplanned is not None and planned + unplanned >= 1:
        row.problem("and unplanned are shares of paid time: together below 1", "planned")
    return {"planned": planned or 0, "unplanned": unplanned or 0}


def _shrinkage_by(row: Fields) -> dict[str, Any]:
    """Another shrinkage on some weekdays or hours; the first row that fits a slot counts."""
    return {**_when(row), **_shrinkage(row)}


def _when(row: Fields) -> dict[str, Any]:
    """Some weekdays and hours; without them all."""
    hours = row.optional.text("hours")
    windows = []
    if hours:
        try:
            windows = [[one.opens, one.closes] for one in parse_windows(hours)]
        except Invalid as error:
            row.problem(str(error.message), "hours")
    return {
        "weekdays": [WEEKDAYS.index(one) for one in row.optional.choices("weekdays", WEEKDAYS) if one in WEEKDAYS],
        "windows": windows,
    }


def _skill(row: Fields) -> dict[str, Any]:
    """So many of the people on the desk must have a skill whenever anybody is asked for, or at those times."""
    return {
        "skill": row.code("skill", of="skills"),
        "at_least": row.optional.whole("at_least", 1, at_least=1, at_most=100),
        **_when(row),
    }


def _open_with(row: Fields) -> dict[str, Any]:
    """The least people while the group's calendar is open (or a queue's), or at those times of it, and why."""
    return {
        "people": row.whole("people", at_least=1, at_most=100),
        "queue": row.optional.code("queue", of="queues"),
        "why": row.translated("why"),
        **_when(row),
    }


def _queue(row: Fields) -> dict[str, Any]:
    some = row.optional
    work = some.choice("work", list(Work), Work.WAITS.value)
    at_once = some.whole("concurrency", 1, at_least=1, at_most=6)
    measured = [_at_once(one) for one in some.tables("handle_at_once")]
    if work == Work.CHAT and at_once != 1 and at_once not in [one["at_once"] for one in measured]:
        row.problem("was never measured: handle_at_once says how long so many at once take", "concurrency")
    return {
        "queue": row.code("queue", of="queues"),
        "work": work,
        "handle_s": row.whole("handle", at_least=1, at_most=14_400),
        "patience_s": some.whole("patience", at_least=1, at_most=14_400),
        "concurrency": at_once,
        "handle_at_once": measured,
        "due_hours": some.decimal("due_hours", 24, at_least=1, at_most=720),
    }


def _at_once(row: Fields) -> dict[str, Any]:
    return {
        "at_once": row.whole("at_once", at_least=1, at_most=6),
        "seconds": row.whole("seconds", at_least=1, at_most=14_400),
    }


def _share(row: Fields, key: str) -> Any:
    value = row.decimal(key, at_least=0, at_most=1)
    if value is not None and value <= 0:
        row.problem("must be above 0", key)
    return value


def parse_flags(reading: Reading) -> list[Item]:
    """`[flag.<code>]`: days that are not like others, known beforehand, and a first guess of how much."""
    return [entry.item(_flag(entry)) for entry in reading.tables("flag")]


def _flag(entry: Fields) -> dict[str, Any]:
    some = entry.optional
    body = {
        "name": entry.translated("name"),
        "kind": entry.choice("kind", GIVEN),
        "days": [] if not entry.has("days") else _days(entry),
        "monthly": some.whole("monthly", at_least=1, at_most=31),
        "holidays": some.code("holidays", of="holidays"),
        "queues": some.codes("queues", of="queues"),
        "factor": some.decimal("factor", at_least=0, at_most=100),
        "author": some.text("author"),
    }
    if not (body["days"] or body["monthly"] or body["holidays"]):
        entry.problem("names no day: days, monthly or holidays")
    if body["factor"] is not None and not body["author"]:
        entry.problem("is somebody's guess: author says whose", "factor")
    return body


def _days(entry: Fields) -> list[dict[str, Any]]:
    """Stretches of days: `{first = 2026-02-03}`, with a `last` where it is more than one."""
    found = []
    for row in entry.tables("days"):
        first = row.date("first")
        last = row.optional.date("last", first)
        if first is not None and last is not None and last < first:
            row.problem("is before first", "last")
        found.append({"first": first, "last": last})
    return found


def check_staffing(items: Mapping[str, Sequence[Item]]) -> list[Problem]:
    """A queue is taken by one group, in slots of its own length."""
    lengths = {one.code: one.body["slot_minutes"] for one in items.get("queues", ())}
    problems: list[Problem] = []
    taken: dict[str, str] = {}
    for item in items.get(SECTION, ()):
        for row in item.body["queues"]:
            code = row["queue"]
            if taken.setdefault(code, item.code) != item.code:
                words = f"staffing.{item.code}: {code} is taken by {taken[code]} already"
                problems.append(Problem(item.file, item.line, words))
            if lengths.get(code, item.body["slot_minutes"]) != item.body["slot_minutes"]:
                words = f"staffing.{item.code}: slot_minutes must be those of the queue {code}"
                problems.append(Problem(item.file, item.line, words))
    return problems

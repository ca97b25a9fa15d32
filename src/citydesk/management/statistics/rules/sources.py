"""Where a measure's text reads from. `{requests}`, `{closings}`, `{openings}`, `{dues}`, `{durations}` and `{filters}`
of a text are filled here, with names written in this file and parameters, never with what a reader typed."""

import re
from collections.abc import Mapping
from typing import Any

from citydesk.management.statistics.choices import AGE_BANDS
from citydesk.management.statistics.rules.selection import Selection, month_start, next_month

_COLUMNS = "service_code, group_code, department_id, team_id, council, channel"
_COUNTED = (
    "opened, still_open, contacts, closed, closed_done, closed_not_ours, closed_duplicate, closed_other, judged, "
    "on_time, returned, reopened, elapsed_seconds, hold_seconds"
)
# Sums keep 0 for "none", facts keep null: single records are read as the sums are.
FACT_COLUMNS = (
    "service_code, group_code, coalesce(department_id, 0) AS department_id, coalesce(team_id, 0) AS team_id, "
    "council, channel"
)
_LOCAL_HOUR = "extract(hour FROM {at} AT TIME ZONE %(zone)s)::int"
_COLUMN = re.compile(r"\bf\.(\w+)")
DAYS = "service_requests_requestday"
MONTHS = "service_requests_requestmonth"
FACTS = "service_requests_requestfact"
DURATIONS = "service_requests_requestduration"
DURATION_MONTHS = "service_requests_requestdurationmonth"

# The same columns as the daily counts, from single records and with the hour: slower, for what the counts do not keep.
SINGLE_FACTS = f"""(
    SELECT received_date AS day, {_LOCAL_HOUR.format(at="received_at")} AS hour, {FACT_COLUMNS}, 1 AS opened,
        is_open::int AS still_open, contact_count AS contacts, 0 AS closed, 0 AS closed_done, 0 AS closed_not_ours,
        0 AS closed_duplicate, 0 AS closed_other, 0 AS judged, 0 AS on_time, return_count AS returned,
        reopen_count AS reopened, 0::bigint AS elapsed_seconds, 0::bigint AS hold_seconds
    FROM {FACTS} WHERE received_date >= %(from_day)s AND received_date < %(to_day)s
    UNION ALL
    SELECT closed_date, {_LOCAL_HOUR.format(at="closed_at")}, {FACT_COLUMNS}, 0, 0, 0, 1, (close_reason = 'done')::int,
        (close_reason = 'not_ours')::int, (close_reason = 'duplicate')::int,
        (close_reason NOT IN ('done', 'not_ours', 'duplicate'))::int, (is_on_time IS NOT NULL)::int,
        coalesce(is_on_time, false)::int, 0, 0, elapsed_seconds, hold_seconds
    FROM {FACTS} WHERE NOT is_open AND closed_date >= %(from_day)s AND closed_date < %(to_day)s
)"""  # noqa: S608 - names from above
CLOSINGS = f"""(
    SELECT closed_date AS day, {_LOCAL_HOUR.format(at="closed_at")} AS hour, request_id, {FACT_COLUMNS},
        elapsed_seconds, service_seconds, hold_seconds FROM {FACTS} WHERE NOT is_open
)"""  # noqa: S608 - names from above
OPENINGS = f"""(
    SELECT received_date AS day, {_LOCAL_HOUR.format(at="received_at")} AS hour, request_id, {FACT_COLUMNS}, due_at
    FROM {FACTS} WHERE is_open
)"""  # noqa: S608 - names from above

# What became of a request with a due time, from a fact `f`. Until the due time nobody knows ("waiting"), closed or not;
# so too while the clock stands: the due time moves on with it.
FATE = """CASE WHEN f.due_at >= %(now)s THEN 'waiting' WHEN NOT f.is_open AND f.is_on_time THEN 'met'
    WHEN NOT f.is_open THEN 'late'
    WHEN EXISTS (SELECT FROM service_requests_servicerequest r WHERE r.id = f.request_id AND r.due_at >= r.paused_since)
    THEN 'waiting' ELSE 'overdue' END"""
_DUE = "f.due_at >= %(from)s AND f.due_at < %(to)s"
DUES = f"""(
    SELECT (f.due_at AT TIME ZONE %(zone)s)::date AS day, {_LOCAL_HOUR.format(at="f.due_at")} AS hour, f.request_id,
        {FACT_COLUMNS}, f.close_reason, f.return_count, f.reopen_count, f.hold_seconds, {FATE} AS fate
    FROM {FACTS} f WHERE {_DUE}
)"""  # noqa: S608 - names from above

_TIME = {
    "week": "date_trunc('week', {day})::date",
    "month": "date_trunc('month', {day})::date",
    "year": "extract(year FROM {day})::int",
    "weekday": "extract(isodow FROM {day})::int",
    "day": "{day}",
}
_AGE = "CASE {} ELSE 'over-90' END".format(
    " ".join(f"WHEN %(today)s - f.day <= {last} THEN '{code}'" for code, _first, last in AGE_BANDS if last is not None)
)
_CONTACT_DAY = "(f.received_at AT TIME ZONE %(zone)s)::date"


def key_of(fact: str, columns: Mapping[str, Any], name: str) -> str | None:
    """The SQL of what a figure is divided or narrowed by; None when the fact table has no such column."""
    if fact == "contacts":
        if name == "hour":
            return _LOCAL_HOUR.format(at="f.received_at")
        if name in _TIME:
            return _TIME[name].format(day=_CONTACT_DAY)
    elif name in _TIME:
        return _TIME[name].format(day="f.day")
    elif name in ("hour", "age"):
        return "f.hour" if name == "hour" else _AGE
    return f"f.{columns[name]}" if name in columns else None


def conditions(fact: str, columns: Mapping[str, Any], selection: Selection) -> tuple[str, dict[str, Any]]:
    """`AND ...` for every filter, and its parameters. `KeyError(name)` for a filter the fact table does not have."""
    parts, given = [], {}
    for name, values in selection.filters.items():
        if not values:
            continue
        column = key_of(fact, columns, name)
        if column is None:
            raise KeyError(name)
        parts.append(f"AND {column} = ANY(%(only_{name})s)")
        given[f"only_{name}"] = list(values)
    return " ".join(parts), given


def requests_source(selection: Selection, by: tuple[str, ...] = ()) -> str:
    """The smallest table that holds the counts of a selection: months, days, or single records where hours matter."""
    asked = {*by, *(name for name, values in selection.filters.items() if values)}
    if "hour" in asked:
        return SINGLE_FACTS
    if asked & {"day", "week", "weekday"}:
        return DAYS
    return _months_and_edges(selection, MONTHS, DAYS, f"{_COLUMNS}, {_COUNTED}")


def durations_source(selection: Selection, by: tuple[str, ...] = ()) -> str | None:
    """The histogram to read, None where hours matter (single records then)."""
    asked = {*by, *(name for name, values in selection.filters.items() if values)}
    if "hour" in asked:
        return None
    if asked & {"day", "week", "weekday", "district", "channel"}:
        return DURATIONS
    columns = "service_code, group_code, department_id, team_id, bucket, closed"
    return _months_and_edges(selection, DURATION_MONTHS, DURATIONS, columns)


def _months_and_edges(selection: Selection, months: str, days: str, columns: str) -> str:
    """Whole months from the monthly table, the days before and after from the daily one."""
    start, end = selection.from_day, selection.to_day
    if month_start(start) == start and month_start(end) == end:
        return months
    first = start if month_start(start) == start else next_month(start)
    last = month_start(end)
    if first >= last:
        return days
    # Dates of our own arithmetic in ISO form: safe as text, and the planner sees them.
    return (
        f"(SELECT day, {columns} FROM {months} WHERE day >= '{first}' AND day < '{last}' UNION ALL "  # noqa: S608
        f"SELECT day, {columns} FROM {days} WHERE day >= '{start}' AND day < '{first}' UNION ALL "
        f"SELECT day, {columns} FROM {days} WHERE day >= '{last}' AND day < '{end}')"
    )


def read_once(rows: str, columns: Mapping[str, str]) -> str:
    """The rows of a selection with some columns (name to the SQL of its value): counts summed by these, durations as
    they are.

    Many figures of one selection differ by what they are divided by alone; so the selection is read once for all.
    """
    keys = "".join(f"{value} AS {name}, " for name, value in columns.items())
    if CLOSINGS in rows:
        return f"SELECT {keys}f.elapsed_seconds {rows}"
    sums = ", ".join(f"sum(f.{one.strip()}) AS {one.strip()}" for one in _COUNTED.split(","))
    grouped = f" GROUP BY {', '.join(str(at + 1) for at in range(len(columns)))}" if columns else ""
    return f"SELECT {keys}{sums} {rows}{grouped}"


def column_of(key: str) -> str:
    """The column that a key of the counted rows reads: `f.day` of every time, else its own; empty for an hour."""
    found = sorted(set(_COLUMN.findall(key)))
    return found[0] if len(found) == 1 and found[0] != "hour" else ""


def divided(text: str, keys: tuple[str, ...]) -> str:
    """A measure's text with a row for each value of the keys instead of one row."""
    if not keys:
        return text
    names = ", ".join(f"{key} AS part_{at}" for at, key in enumerate(keys))
    places = ", ".join(str(at + 1) for at in range(len(keys)))
    return text.replace("SELECT ", f"SELECT {names}, ", 1) + f" GROUP BY {places} ORDER BY {places}"

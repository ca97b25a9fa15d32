"""The tables of the report: rows by column code; `<column>_href` leads to the records behind a cell."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from citydesk.kernel.charts import ChartColumn
from citydesk.management.statistics import labels
from citydesk.management.statistics.queries import dues
from citydesk.management.statistics.queries.measure import Figure, days_of, figures
from citydesk.management.statistics.queries.names import words_for
from citydesk.management.statistics.queries.reading import Reading
from citydesk.management.statistics.queries.targets import SpecialDays, special_days, target_hours
from citydesk.management.statistics.rules.asking import Asked
from citydesk.management.statistics.rules.cells import hidden
from citydesk.management.statistics.rules.selection import period_end, periods

MOST_ROWS = 12
MOST_PERIODS = 400
# Columns of a table of parts, by the measures that fill them.
DIVIDED = {
    "opened": "requests_opened",
    "closed": "requests_closed",
    "median": "requests_closed_hours_median",
    "p90": "requests_closed_hours_p90",
    "on_time": "requests_on_time_share",
}
BACK = {
    "returned": "requests_returned",
    "reopened": "requests_reopened",
    "not_ours": "requests_not_ours_share",
    "duplicate": "requests_duplicates",
}


@dataclass(frozen=True)
class Table:
    """A table of the report and of its chart. `small` tells that cells were hidden."""

    code: str
    title: str
    columns: tuple[ChartColumn, ...]
    rows: list[dict[str, Any]]
    fact: str = ""
    small: bool = False
    total: dict[str, Any] | None = None
    # Days in the table that the city's calendars name, by the row they fall in: chart and table show the name.
    special: tuple[SpecialDays, ...] = ()


def column(code: str, label: Any, kind: str = "number") -> ChartColumn:
    """A column of a table; `kind` is text, number or hours (one decimal)."""
    return ChartColumn(code, str(label), kind)


def _hide(
    reading: Reading,
    rows: list[dict[str, Any]],
    counts: Mapping[str, tuple[str, ...]],
    name: str = "",
    keys: Sequence[Any] = (),
) -> bool:
    """Hide small counts; `counts` names the shares that go with a count.

    Whoever may not read every request sees none of them; whoever reads all but what is confidential sees none that
    counts a confidential one. `name` and `keys` are what the rows are divided by.
    """
    if reading.may_see_small and (reading.may_see_sealed or not keys):
        return False
    found = False
    for code, shares in counts.items():
        risks = [reading.sealed.holds(code, name, key) for key in keys] if reading.may_see_small else None
        for row, hides in zip(rows, hidden([row.get(code) for row in rows], reading.small, risks), strict=True):
            if hides:
                found = True
                row[code] = reading.small_sign
                row.pop(f"{code}_href", None)
                row.update(dict.fromkeys(shares))
    return found


def by_period(reading: Reading) -> Table:
    """Opened and closed by day, week or month; periods without any are rows of noughts."""
    asked = reading.asked
    opened = _by_first_part(reading, "requests_opened", asked.by)
    closed = _by_first_part(reading, "requests_closed", asked.by)
    first, last = days_of(asked.selection)
    first = min([*opened, *closed], default=first) if asked.selection.first is None else first
    last = min(last, reading.today) if last else None
    starts = periods(first, last, asked.by)[-MOST_PERIODS:] if first and last else []
    special = special_days(starts[0], last, reading.today) if starts else []
    rows = []
    for start in starts:
        row: dict[str, Any] = {"at": start, "at_words": words_for(asked.by, (), reading.today)(start)}
        row["special"] = ", ".join(dict.fromkeys(_names_in(special, start, period_end(start, asked.by))))
        part = _within(asked, start, period_end(start, asked.by))
        for code, found, what in (("opened", opened, "opened"), ("closed", closed, "closed")):
            row[code] = int(found[start].value or 0) if start in found else 0
            if row[code]:
                row[f"{code}_href"] = reading.records(what, part)
        row["difference"] = row["opened"] - row["closed"]
        rows.append(row)
    small = _hide(reading, rows, {"opened": ("difference",), "closed": ("difference",)}, asked.by, starts)
    columns = (
        column("at", labels.DIMENSIONS[asked.by], "date"),
        column("opened", _("Opened")),
        column("closed", _("Closed")),
        column("difference", _("Difference")),
        *([column("special", _("Special days"), "text")] if special else []),
    )
    titles = {"day": _("Opened and closed by day"), "week": _("Opened and closed by week")}
    return Table(
        "periods",
        titles.get(asked.by, _("Opened and closed by month")),
        columns,
        rows,
        small=small,
        special=tuple(special),
    )


def _names_in(special: list[SpecialDays], start: date, end: date) -> list[str]:
    return [one.label for one in special if one.first <= end and one.last >= start]


def _within(asked: Asked, start: date, end: date) -> Asked:
    """The part of a report that lies in one period."""
    first = max(start, asked.selection.first) if asked.selection.first else start
    last = min(end, asked.selection.last) if asked.selection.last else end
    return asked.on(first, last)


def _by_first_part(reading: Reading, code: str, by: str, asked: Asked | None = None) -> dict[Any, Figure]:
    selection = (asked or reading.asked).selection
    return {one.parts[0]: one for one in figures(code, selection, (by,), now=reading.now, answers=reading.answers)}


def by_code(reading: Reading) -> Table:
    """Hours to close and share on time by service code, the busiest first; what is beyond the twelfth is one row."""
    return _by(reading, "code", "codes", _("Hours to close by code"))


def by_department(reading: Reading) -> Table:
    """The same by department, with hours on hold."""
    return _by(reading, "department", "departments", _("On time by department"))


def _by(reading: Reading, name: str, code: str, title: str) -> Table:
    found = {key: _by_first_part(reading, text, name) for key, text in DIVIDED.items()}
    parts = sorted(
        {*found["opened"], *found["closed"]},
        key=lambda part: (-_value(found["opened"], part), -_value(found["closed"], part), str(part)),
    )
    words = words_for(name, parts, reading.today)
    rows = [_row_of(reading, name, part, words, found) for part in parts]
    if name == "code":
        for row, part in zip(rows, parts, strict=True):
            row["target"] = goal = target_hours(part, reading.today)
            row["is_over"] = goal is not None and row["p90"] is not None and row["p90"] > goal
    shares = ("median", "p90", "on_time", "on_time_href", "hold")
    counts: dict[str, tuple[str, ...]] = {"opened": (), "closed": shares}
    if name == "department" and dues.add_to_rows(reading, name, parts, rows):
        counts["due"] = dues.SHARES
    small = _hide(reading, rows, counts, name, parts)
    columns = (
        column("name", labels.DIMENSIONS[name], "text"),
        column("opened", _("Opened")),
        column("closed", _("Closed")),
        column("median", _("Median h"), "hours"),
        column("p90", _("p90 h"), "hours"),
        *([column("target", _("Target h"), "hours")] if name == "code" else []),
        column("on_time", _("On time %"), "hours"),
        column("hold", _("On hold h"), "hours"),
        *(dues.columns(reading) if name == "department" else ()),
    )
    return Table(code, title, columns, rows, small=small)


def _value(found: dict[Any, Figure], part: Any) -> float:
    return (found[part].value or 0) if part in found else 0


def _row_of(
    reading: Reading, name: str, part: Any, words: Callable[[Any], str], found: dict[str, dict[Any, Figure]]
) -> dict[str, Any]:
    row: dict[str, Any] = {"name": words(part)}
    for code in ("opened", "closed"):
        row[code] = int(_value(found[code], part))
        if row[code] and part not in (None, ""):
            row[f"{code}_href"] = reading.records(code, **{name: part})
    for code in ("median", "p90", "on_time"):
        one = found[code].get(part)
        row[code] = None if one is None or one.value is None else round(one.value, 1)
    judged = found["on_time"].get(part)
    row["hold"] = round(judged.beside.get("hold_hours") or 0, 1) if judged else None
    if judged and judged.denominator and part not in (None, ""):
        row["on_time_href"] = reading.records("late_closed", **{name: part})
    return row


def by_age(reading: Reading) -> Table:
    """Requests open now by the days since they came."""
    found = _by_first_part(reading, "requests_open_by_age", "age")
    rows: list[dict[str, Any]] = []
    for band, words in labels.AGES.items():
        count = int(_value(found, band))
        row = {"name": str(words), "open": count}
        if count:
            row["open_href"] = reading.records("open", age=band)
        rows.append(row)
    small = _hide(reading, rows, {"open": ()}, "age", list(labels.AGES))
    columns = (column("name", labels.DIMENSIONS["age"], "text"), column("open", _("Open now")))
    return Table("ages", _("Open requests by age"), columns, rows, small=small)


def contact_asked(asked: Asked) -> Asked:
    """The report's filters as contacts know them: a code is their reason; departments and teams have no contacts."""
    chosen = dict(asked.selection.filters)
    code = chosen.pop("code", None)
    for name in ("department", "team", "group"):
        chosen.pop(name, None)
    if code:
        chosen["reason"] = code
    return replace(asked, selection=replace(asked.selection, filters=chosen))


def contacts_by(reading: Reading, name: str, title: str) -> Table:
    """Contacts by channel, outcome, reason or representative, with the mean handle time."""
    asked = contact_asked(reading.asked)
    found = _by_first_part(reading, "contacts_count", name, asked)
    times = _by_first_part(reading, "contacts_active_seconds_mean", name, asked)
    parts = sorted(found, key=lambda part: (-_value(found, part), str(part)))
    words = words_for(name, parts, reading.today)
    rows = []
    for part in parts:
        seconds = times[part].value if part in times else None
        row = {
            "name": words(part),
            "contacts": int(found[part].value or 0),
            "minutes": None if seconds is None else round(seconds / 60, 1),
        }
        if part not in (None, ""):
            row["contacts_href"] = reading.records("contacts", asked, **{name: part})
        rows.append(row)
    small = _hide(reading, rows, {"contacts": ("minutes",)})
    columns = (
        column("name", labels.DIMENSIONS[name], "text"),
        column("contacts", _("Contacts")),
        column("minutes", _("Handle time, min"), "hours"),
    )
    return Table(f"contacts_{name}", title, columns, rows, fact="contacts", small=small)


def by_weekday_and_hour(reading: Reading) -> Table:
    """Contacts by weekday and hour of the city's clock: one row a weekday, one column an hour that had any."""
    asked = contact_asked(reading.asked)
    keys = ("weekday", "hour")
    found = figures("contacts_count", asked.selection, keys, now=reading.now, answers=reading.answers)
    cells = {(one.parts[0], one.parts[1]): int(one.value or 0) for one in found}
    hours = sorted({hour for _weekday, hour in cells})
    hours = list(range(hours[0], hours[-1] + 1)) if hours else []
    rows = []
    for weekday, words in labels.WEEKDAYS.items() if hours else ():
        row: dict[str, Any] = {"name": str(words)}
        for hour in hours:
            count = row[f"h{hour}"] = cells.get((weekday, hour), 0)
            if count:
                row[f"h{hour}_href"] = reading.records("contacts", asked, weekday=weekday, hour=hour)
        row["contacts"] = sum(row[f"h{hour}"] for hour in hours)
        if row["contacts"]:
            row["contacts_href"] = reading.records("contacts", asked, weekday=weekday)
        rows.append(row)
    small = _hide(reading, rows, {f"h{hour}": () for hour in hours} | {"contacts": ()})
    for row in rows:  # the sum of a day would tell the hour that is hidden
        if any(row[f"h{hour}"] == reading.small_sign for hour in hours):
            row["contacts"] = reading.small_sign
            row.pop("contacts_href", None)
    columns = (
        column("name", labels.DIMENSIONS["weekday"], "text"),
        *(column(f"h{hour}", f"{hour:02d}") for hour in hours),
        column("contacts", _("All hours")),
    )
    return Table("hours", _("Contacts by weekday and hour"), columns, rows, fact="contacts", small=small)


def returns_by_code(reading: Reading) -> Table:
    """Returns, reopenings, not ours and duplicates by code."""
    found = {key: _by_first_part(reading, text, "code") for key, text in BACK.items()}
    parts = sorted({part for one in found.values() for part in one}, key=str)
    words = words_for("code", parts, reading.today)
    rows, keys = [], []
    for part in parts:
        row: dict[str, Any] = {"name": words(part)}
        for code in BACK:
            one = found[code].get(part)
            value = (one.numerator if code == "not_ours" else one.value) if one else 0
            row[code] = int(value or 0)
            if row[code]:
                row[f"{code}_href"] = reading.records(code, code=part)
        if any(row[code] for code in BACK):
            rows.append(row)
            keys.append(part)
    small = _hide(reading, rows, {code: () for code in BACK}, "code", keys)
    columns = (
        column("name", labels.DIMENSIONS["code"], "text"),
        column("returned", _("Returns")),
        column("reopened", _("Reopenings")),
        column("not_ours", _("Not ours")),
        column("duplicate", _("Duplicates")),
    )
    return Table("back", _("What came back"), columns, rows, small=small)


BUILDERS: dict[str, Callable[[Reading], Table]] = {
    "periods": by_period,
    "codes": by_code,
    "departments": by_department,
    "ages": by_age,
    "back": returns_by_code,
    "hours": by_weekday_and_hour,
    "contacts_channel": lambda reading: contacts_by(reading, "channel", _("Contacts by channel")),
    "contacts_outcome": lambda reading: contacts_by(reading, "outcome", _("Contacts by outcome")),
    "contacts_reason": lambda reading: contacts_by(reading, "reason", _("Contacts by reason")),
    "contacts_representative": lambda reading: contacts_by(reading, "representative", _("Contacts by representative")),
}


def build(code: str, reading: Reading) -> Table:
    """A table by its code. `KeyError` when there is none."""
    return BUILDERS[code](reading)


def shown(table: Table) -> Table:
    """The table as the page shows it: the first rows, the periods from the latest; files hold all."""
    rows = table.rows[::-1] if table.code == "periods" else table.rows
    columns = tuple(one for one in table.columns if one.code != "special")  # beside the day, not a column of its own
    return replace(table, columns=columns, rows=rows[:MOST_ROWS])

"""The report page: its figures against the year before, tables with charts, and how it was counted."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from citydesk.city.profile import queries as profile
from citydesk.kernel.charts import Chart
from citydesk.kernel.registries import Measure
from citydesk.kernel.texts import count
from citydesk.management.statistics.choices import FACTS_CONTACTS, FACTS_REQUESTS
from citydesk.management.statistics.queries import dues
from citydesk.management.statistics.queries.ahead import count_ahead
from citydesk.management.statistics.queries.charts import HEIGHTS, chart_of
from citydesk.management.statistics.queries.freshness import as_of
from citydesk.management.statistics.queries.measure import HISTOGRAM, Measured, get_measure, measure
from citydesk.management.statistics.queries.reading import Reading
from citydesk.management.statistics.queries.tables import DIVIDED, Table, build, shown
from citydesk.management.statistics.rules.selection import Selection, year_before

REQUEST_TABLES = ("periods", "codes", "departments", "ages", "back")
CONTACT_TABLES = ("hours", "contacts_channel", "contacts_outcome", "contacts_representative", "contacts_reason")
# A percentage of fewer than so many says nothing; beyond so many times as many a multiple is read more easily.
SMALL_BASE, MOST_TIMES = 20, 3
USED = (
    "requests_opened",
    "requests_closed",
    "requests_closed_hours_median",
    "requests_closed_hours_p90",
    "requests_on_time_share",
    "requests_reopened_share",
)


@dataclass(frozen=True)
class Box:
    """One of the figures at the top: `tone` hold where a target is missed."""

    label: str
    value: str
    below: str
    href: str
    tone: str = ""


@dataclass(frozen=True)
class Pair:
    """A chart and its table."""

    table: Table
    chart: Chart | None
    height: int
    is_cut: bool


@dataclass(frozen=True)
class Definition:
    """How one of the page's figures is counted."""

    measure: Measure
    method: str


@dataclass(frozen=True)
class Report:
    """Everything the page and its printed form show."""

    boxes: tuple[Box, ...]
    pairs: tuple[Pair, ...]
    contact_pairs: tuple[Pair, ...]
    definitions: tuple[Definition, ...]
    notes: tuple[str, ...]
    requests_as_of: datetime | None
    contacts_as_of: datetime | None
    is_empty: bool


def report(reading: Reading) -> Report:
    """The whole report: a few statements over daily and monthly sums, whatever the number of requests and codes."""
    earlier = year_before(reading.asked.selection) if reading.asked.is_compared else None
    count_ahead(reading, USED, earlier)
    found = {code: _whole(reading, code, reading.asked.selection) for code in USED}
    before = {code: _whole(reading, code, earlier) for code in USED} if earlier else {}
    due = dues.whole(reading)
    pairs = tuple(_with_total(_pair(code, reading), reading, found, due) for code in REQUEST_TABLES)
    contacts = tuple(_pair(code, reading) for code in CONTACT_TABLES)
    has_any = any(found[code].total.value for code in ("requests_opened", "requests_closed"))
    return Report(
        (*_boxes(reading, found, before), *_due_box(reading, due)),
        pairs,
        contacts,
        tuple(Definition(one.measure, one.method) for one in (*found.values(), *([due] if due else []))),
        tuple(_notes(reading, found, (*pairs, *contacts), due)),
        as_of(FACTS_REQUESTS),
        as_of(FACTS_CONTACTS),
        not has_any and not any(pair.table.rows for pair in contacts[1:]),
    )


def _whole(reading: Reading, code: str, selection: Selection) -> Measured:
    return measure(code, selection, now=reading.now, answers=reading.answers)


def _pair(code: str, reading: Reading) -> Pair:
    table = build(code, reading)
    cut = shown(table)
    return Pair(cut, chart_of(table, reading.asked.query()), HEIGHTS.get(code, 260), len(cut.rows) < len(table.rows))


def _with_total(pair: Pair, reading: Reading, found: dict[str, Measured], due: Measured | None) -> Pair:
    """The last row of a table of parts: the whole, whose percentiles no sum of the parts gives."""
    if pair.table.code not in ("codes", "departments") or len(pair.table.rows) < 2:
        return pair
    total = {name: _safe_value(reading, found[code], plain=True) for name, code in DIVIDED.items()}
    hold = found["requests_on_time_share"].total.beside.get("hold_hours") or 0
    total |= {f"{what}_href": reading.records(what) for what in ("opened", "closed")}
    total |= {"name": _("All"), "target": _("mixed"), "hold": f"{hold:,.1f}"}
    if due is not None:
        total |= {"due": reading.shown(due.total.denominator or 0), "due_href": reading.records("due")}
        total["due_on_time"] = _safe_value(reading, due, plain=True)
    return replace(pair, table=replace(pair.table, total=total))


def targets(today: date) -> dict[str, dict[str, Any]]:
    """The profile's targets by measure."""
    return {body["measure"]: body for body in profile.entries("kpis", today).values()}


def _boxes(reading: Reading, found: dict[str, Measured], before: dict[str, Measured]) -> tuple[Box, ...]:
    still_open = found["requests_opened"].total.beside.get("still_open") or 0
    notes = {
        "requests_opened": _change(reading, found, before),
        "requests_closed": _("%(n)s still open") % {"n": reading.shown(still_open)},
    }
    wanted = targets(reading.today)
    boxes = []
    for code in USED:
        one, target = found[code], wanted.get(code)
        told, tone = _against(one, target)
        below = notes.get(code) or told or _was(before.get(code))
        href = reading.records(one.measure.drill)
        boxes.append(Box(_label(code), _safe_value(reading, one), below, href, tone))
    return tuple(boxes)


def _due_box(reading: Reading, due: Measured | None) -> list[Box]:
    """On time of those due, beside the share of the closed, which leaves out the latest of all: those still open."""
    if due is None or not due.total.denominator:
        return []
    still_open = reading.shown(due.total.beside["due_overdue"] or 0)
    below = _("%(n)s late and still open") % {"n": still_open}
    return [Box(_("On time of those due"), _safe_value(reading, due), below, reading.records("due"))]


def _label(code: str) -> str:
    return {
        "requests_opened": _("Opened"),
        "requests_closed": _("Closed"),
        "requests_closed_hours_median": _("Median to close"),
        "requests_closed_hours_p90": _("90th percentile"),
        "requests_on_time_share": _("On time"),
        "requests_reopened_share": _("Reopened"),
    }[code]


def value_words(value: float | None, unit: str) -> str:
    """A figure as it is read: "3,763", "21.4 h", "87.2 %", "4:05"."""
    if value is None:
        return "–"
    if unit == "count":
        return str(count(round(value)))
    if unit == "seconds":
        return f"{int(value) // 60}:{int(value) % 60:02d}"
    number = f"{value:,.1f}"
    return _("%(n)s h") % {"n": number} if unit == "hours" else f"{number} %"


def _safe_value(reading: Reading, one: Measured, plain: bool = False) -> str:
    behind = one.total.value if one.measure.unit == "count" else one.total.denominator
    if behind is None:
        behind = one.total.beside.get("closed")
    if reading.hides(behind):
        return reading.small_sign if one.measure.unit == "count" else "–"
    value = one.total.value
    if plain and value is not None and one.measure.unit != "count":
        return f"{value:,.1f}"
    return value_words(value, one.measure.unit)


def _change(reading: Reading, found: dict[str, Measured], before: dict[str, Measured]) -> str:
    """Against the year before: in percent, but not on a handful, and not when a multiple says it better."""
    now = found["requests_opened"].total.value or 0
    then = before["requests_opened"].total.value if before else None
    sees_all = reading.may_see_small and reading.may_see_sealed
    if not then or (not sees_all and then < reading.small):
        return ""
    if now > MOST_TIMES * then:
        return _("%(n)s times as many as a year ago (%(was)s)") % {"n": f"{now / then:,.0f}", "was": f"{then:,.0f}"}
    if then < SMALL_BASE:
        return _("was %(value)s a year ago") % {"value": f"{then:,.0f}"}
    change = round(100 * (now - then) / then)
    if change == 0:
        return _("as many as a year ago")
    if change > 0:
        return _("up %(n)s %% on a year ago") % {"n": change}
    return _("down %(n)s %% on a year ago") % {"n": -change}


def _was(before: Measured | None) -> str:
    if before is None or before.total.value is None:
        return ""
    return _("was %(value)s a year ago") % {"value": value_words(before.total.value, before.measure.unit)}


def _against(one: Measured, target: dict[str, Any] | None) -> tuple[str, str]:
    """What to say about the target, and whether to look soon."""
    if target is None or one.total.value is None:
        return "", ""
    wanted = float(target["target"])
    goal = value_words(wanted, target["unit"])
    if target["direction"] == "at_least":
        if one.total.value < wanted:
            return _("Below target %(goal)s") % {"goal": goal}, "hold"
        return _("target %(goal)s") % {"goal": goal}, ""
    if one.total.value > wanted:
        return _("Above target %(goal)s") % {"goal": goal}, "hold"
    return _("target at most %(goal)s") % {"goal": goal}, ""


def _notes(reading: Reading, found: dict[str, Measured], pairs: tuple[Pair, ...], due: Measured | None) -> list[str]:
    """What a reader must know about these very figures."""
    still_open = found["requests_opened"].total.beside.get("still_open") or 0
    median = found["requests_closed_hours_median"]
    without = found["requests_on_time_share"].total.beside.get("closed_without_target") or 0
    held = found["requests_on_time_share"].total.beside.get("hold_hours") or 0
    notes = [
        _("%(n)s open requests are not in the hours to close.") % {"n": reading.shown(still_open)},
        _("%(n)s were closed without a target and are not in the share on time; %(h)s hours stood on hold.")
        % {"n": reading.shown(without), "h": count(round(held))},
        *([dues.sentence(reading, due)] if due else []),
    ]
    if median.method == HISTOGRAM:
        error = max(median.total.error, found["requests_closed_hours_p90"].total.error)
        notes.append(
            _("Percentiles come from daily histograms with steps of 5 %%: they are at most %(n)s %% off.")
            % {"n": round(error * 100, 1)}
        )
    else:
        notes.append(_("Percentiles are exact, from each closed request."))
    notes.append(
        _("A target of working days stands as 24 hours for each; on time is judged by the due time on its calendar.")
    )
    if any(pair.table.small for pair in pairs):
        notes.append(_hidden_words(reading))
    if {"department", "team", "group"} & set(reading.asked.selection.filters):
        notes.append(_("Contacts have no department: that filter does not narrow them."))
    notes.append(
        _(
            "Confidential requests are counted; the lists behind the figures show those that you may read, so a list "
            "may be shorter than its figure."
        )
    )
    return notes


def _hidden_words(reading: Reading) -> str:
    if reading.may_see_small:
        return _(
            "Counts under %(n)s with a confidential request in them are hidden, and what would give them away."
        ) % {"n": reading.small}
    return _("Counts under %(n)s are hidden, and what would give them away.") % {"n": reading.small}


def measure_of(code: str) -> Measure:
    """A measure's definition and text, for the page that shows them."""
    return get_measure(code)

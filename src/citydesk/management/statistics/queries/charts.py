"""The charts of the report: the same rows as the tables, drawn by Vega-Lite."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from citydesk.kernel.charts import Chart, ChartColumn, bar_chart, line_chart
from citydesk.management.statistics.queries.tables import MOST_ROWS, Table

# Tables with a chart, and how tall it is drawn.
HEIGHTS = {"periods": 260, "codes": 320, "departments": 260, "ages": 200, "contacts_channel": 200, "hours": 260}


def chart_of(table: Table, query: str = "") -> Chart | None:
    """The chart of a table; None where the table stands alone or is empty."""
    if table.code == "departments" and all(_number(row["on_time"]) is None for row in table.rows):
        return None
    draw = {"periods": _periods, "codes": _hours, "hours": _heat}.get(table.code)
    if table.code not in HEIGHTS or not table.rows:
        return None
    address = f"{reverse('statistics:chart', args=[table.code])}?{query}"
    return draw(table, address) if draw else _bars(table, address)


def _number(value: Any) -> float | None:
    """What can be drawn: hidden cells leave a gap."""
    return value if isinstance(value, int | float) else None


def _periods(table: Table, address: str) -> Chart:
    at, opened, closed = table.columns[:3]
    rows = [{**row, "opened": _number(row["opened"]), "closed": _number(row["closed"])} for row in table.rows]
    drawn = line_chart(code="periods", label=table.title, at=at, values=[opened, closed], rows=rows, spec_url=address)
    return replace(drawn, spec={**drawn.spec, "layer": [*_bands(table), *drawn.spec["layer"]]})


def _bands(table: Table) -> list[dict[str, Any]]:
    """Special days behind the lines: half a period to each side of the points they fall in, with their name."""
    starts = [row["at"] for row in table.rows]
    bands: list[dict[str, Any]] = []
    for label in dict.fromkeys(one.label for one in table.special):
        touched = [at for at, row in enumerate(table.rows) if label in row["special"]]
        if not touched:
            continue
        first, last = starts[touched[0]], starts[touched[-1]]
        half = (starts[1] - starts[0]) / 2 if len(starts) > 1 else timedelta(hours=12)
        bands.append({"from": _midnight(first, -half), "to": _midnight(last, half), "name": label})
    if not bands:
        return []
    own: dict[str, Any] = {"data": {"values": bands}}
    nothing = {"y": None, "color": None, "href": None, "description": None}
    along = {"field": "from", "type": "temporal", "title": None}
    return [
        {
            **own,
            "mark": {"type": "rect", "color": "#e5a000", "opacity": 0.16},
            "encoding": {**nothing, "x": along, "x2": {"field": "to"}, "y": {"value": 0}, "y2": {"value": "height"}},
        },
        {
            **own,
            "mark": {"type": "text", "align": "right", "baseline": "top", "dx": -4, "dy": 4, "fontWeight": 600},
            "encoding": {**nothing, "x": along, "y": {"value": 0}, "text": {"field": "name", "type": "nominal"}},
        },
    ]


def _midnight(day: date, shift: timedelta) -> str:
    return (datetime.combine(day, time()) + shift).isoformat(timespec="seconds")


def _bars(table: Table, address: str) -> Chart:
    value = table.columns[5] if table.code == "departments" else table.columns[1]
    rows = [
        {**row, value.code: _number(row[value.code]), "href": row.get(f"{value.code}_href")}
        for row in table.rows[:MOST_ROWS]
    ]
    return bar_chart(
        code=table.code, label=table.title, category=table.columns[0], value=value, rows=rows, spec_url=address
    )


def _hours(table: Table, address: str) -> Chart:
    """A dot for the median, a tick for the 90th percentile, a line between, amber beyond the dotted target."""
    rows = [
        {
            "name": row["name"],
            "median": row["median"],
            "p90": row["p90"],
            "target": row["target"],
            "within": row["p90"] if row["target"] is None else min(row["p90"], max(row["target"], row["median"])),
            "href": row.get("closed_href"),
        }
        for row in table.rows[:MOST_ROWS]
        if row["median"] is not None
    ]
    base = bar_chart(
        code=table.code, label=table.title, category=table.columns[0], value=table.columns[3], rows=rows,
        spec_url=address,
    )  # fmt: skip
    names = {"field": "name", "type": "nominal", "sort": None, "title": None, "axis": {"labelLimit": 240}}
    # No two figures under the axis touch, and none is pushed in from its end.
    axis = {"labelFlush": False, "labelOverlap": "greedy", "tickCount": 8}
    along = {"type": "quantitative", "title": _("Hours from received to closed"), "axis": axis}
    link = {"href": {"field": "href"}, "description": {"field": "said"}} if base.has_links else {}
    spec = {name: one for name, one in base.spec.items() if name not in ("layer", "encoding")}
    spec["data"] = {"values": [{**one, "said": _said(one)} for one in base.spec["data"]["values"]]}
    spec["encoding"] = {"y": names, **link}
    spec["layer"] = [
        {
            "mark": {"type": "rule", "strokeWidth": 5, "color": "#9cc3e6"},
            "encoding": {"x": {**along, "field": "median"}, "x2": {"field": "within"}},
        },
        {
            "transform": [{"filter": "datum.p90 > datum.within"}],
            "mark": {"type": "rule", "strokeWidth": 5, "color": "#dcb267"},
            "encoding": {"x": {**along, "field": "within"}, "x2": {"field": "p90"}},
        },
        {
            "transform": [{"filter": "isValid(datum.target)"}],
            "mark": {"type": "text", "text": "┊", "fontSize": 18, "fontWeight": 700},
            "encoding": {"x": {**along, "field": "target"}},
        },
        {"mark": {"type": "point", "color": "#005ea2", "size": 70}, "encoding": {"x": {**along, "field": "median"}}},
        {
            "mark": {"type": "tick", "color": "#7a4b00", "thickness": 3, "size": 14},
            "encoding": {"x": {**along, "field": "p90"}},
        },
    ]
    summary = _("Dot: median. Tick: 90th percentile. Dotted: target.")
    return Chart(base.code, base.label, spec, table.columns, base.rows, summary, address)


def _said(row: dict[str, Any]) -> str:
    if row["target"] is None:
        return _("%(name)s: median %(median)s h, 90th percentile %(p90)s h") % row
    return _("%(name)s: median %(median)s h, 90th percentile %(p90)s h, target %(target)g h") % row


def _heat(table: Table, address: str) -> Chart:
    """A cell for each weekday and hour, darker for more, with its number in it."""
    hours = [column for column in table.columns if column.code.startswith("h")]
    rows = [
        {
            "weekday": row["name"],
            "hour": hour.label,
            "contacts": _number(row[hour.code]),
            "href": row.get(f"{hour.code}_href"),
        }
        for row in table.rows
        for hour in hours
    ]
    columns = (
        ChartColumn("weekday", table.columns[0].label),
        ChartColumn("hour", _("Hour")),
        ChartColumn("contacts", _("Contacts"), "number"),
    )
    base = bar_chart(
        code="hours", label=table.title, category=columns[0], value=columns[2], rows=rows, spec_url=address
    )
    spec = {name: one for name, one in base.spec.items() if name not in ("layer", "encoding")}
    most = max((row["contacts"] or 0 for row in rows), default=0)
    shade = {"field": "contacts", "type": "quantitative", "legend": None, "scale": {"range": ["#e8f1fa", "#1c5a94"]}}
    link = {"href": {"field": "href"}, "description": {"field": "said"}} if base.has_links else {}
    spec["encoding"] = {
        "x": {"field": "hour", "type": "ordinal", "title": _("Hour of the day"), "axis": {"labelAngle": 0}},
        "y": {"field": "weekday", "type": "nominal", "sort": None, "title": None},
        **link,
    }
    spec["layer"] = [
        {"mark": {"type": "rect", "cornerRadius": 2, "stroke": "#ffffff"}, "encoding": {"color": shade}},
        {
            "mark": {"type": "text", "fontSize": 11},
            "encoding": {
                "text": {"field": "contacts", "type": "quantitative"},
                "color": {"condition": {"test": f"datum.contacts > {most * 0.5}", "value": "#fff"}, "value": "#18222d"},
            },
        },
    ]
    return Chart("hours", table.title, spec, table.columns, table.rows, "", address)

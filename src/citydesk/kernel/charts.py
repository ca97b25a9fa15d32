"""Charts: a Vega-Lite specification, the table that says the same, a sentence, and links from marks to records.

Look: grey hairline grid, no frame, labels beside the lines, colour never alone (dash and shape repeat it). Drawn on the
page by chart.js (SVG, without eval), in documents by `charts_engine` in the worker.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from citydesk.kernel.texts import short_date

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
# Readable on white and on the dark surface alike, and apart for the colour blind (tested by hue and lightness).
COLORS = ("#2378c3", "#c05600", "#4d8055", "#8168b3", "#9a7a00", "#5b6773")
DASHES = ((1, 0), (6, 3), (2, 2), (8, 3, 2, 3), (4, 4), (10, 4))
_CONFIG = {
    "background": None,
    "view": {"stroke": None},
    "font": "Public Sans, system-ui, sans-serif",
    "axis": {
        "grid": True,
        "gridColor": "#8a96a344",
        "domain": False,
        "ticks": False,
        "labelColor": "#5b6773",
        "titleColor": "#5b6773",
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": 400,
        "labelPadding": 6,
    },
    "axisX": {"grid": False},
    "legend": {"labelColor": "#5b6773", "labelFontSize": 12, "title": None, "orient": "top", "symbolDash": [1, 0]},
    "line": {"strokeWidth": 2},
    "point": {"size": 50, "filled": True},
    "range": {"category": list(COLORS)},
}


@dataclass(frozen=True)
class ChartColumn:
    """A column of the table twin; `kind` is text, number, date or hours."""

    code: str
    label: Any
    kind: str = "text"


@dataclass(frozen=True)
class Chart:
    """A chart and its twin. `rows` are dictionaries by column code; a row's `href` leads to its records.

    `label` says what the chart shows, `summary` what is to be seen in it. `spec_url` is where the page fetches the
    specification; a view that answers it returns `chart.spec`.
    """

    code: str
    label: str
    spec: dict[str, Any]
    columns: tuple[ChartColumn, ...]
    rows: list[dict[str, Any]]
    summary: str = ""
    spec_url: str = ""
    notes: tuple[str, ...] = field(default=())

    @property
    def has_links(self) -> bool:
        return any(row.get("href") for row in self.rows)

    @property
    def in_words(self) -> str:
        """The summary; without one what the drawing shows at a glance: how far a measure goes and where it is most."""
        if self.summary or not self.rows:
            return self.summary
        first, *others = self.columns
        told = [_range_in_words(one, first, self.rows) for one in others if one.kind in ("number", "hours")]
        return " ".join(one for one in told if one)


def bar_chart(
    *,
    code: str,
    label: str,
    category: ChartColumn,
    value: ChartColumn,
    rows: Sequence[dict[str, Any]],
    summary: str = "",
    spec_url: str = "",
    is_lying: bool = True,
) -> Chart:
    """Bars in the order of the rows; lying bars (the default) leave room for names."""
    along, across = ("x", "y") if is_lying else ("y", "x")
    names: dict[str, Any] = {"field": category.code, "type": "nominal", "sort": None, "title": None}
    names["axis"] = {"labelLimit": 300, "labelAngle": 0, "grid": False}
    encoding = {across: names, along: _amount(value)}
    bars = {"mark": {"type": "bar", "color": COLORS[0], "cornerRadiusEnd": 2, "height": {"band": 0.7}}, "encoding": {}}
    if not is_lying:
        bars["mark"] = {"type": "bar", "color": COLORS[0], "cornerRadiusEnd": 2, "width": {"band": 0.7}}
    words = {
        "mark": {"type": "text", "align": "left", "dx": 4, "color": "#5b6773"},
        "encoding": {"text": {"field": value.code}},
    }
    layers = [bars, words] if is_lying else [bars]
    return _chart(code, label, [category, value], rows, {"encoding": encoding, "layer": layers}, summary, spec_url)


_BY_DAY = {"axis": {"tickCount": "day", "grid": True, "format": "%a %-d %b"}}
_MOST_DAYS_NAMED = 8


def _along_days(at: ChartColumn, rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Names under a line over days: the days of the rows themselves, back from the last, every second or third of many.

    Left to itself the drawing names Sundays, and the point of a week that begins on Monday stands beside its name.
    """
    days = [row.get(at.code) for row in rows]
    known = sorted({day for day in days if isinstance(day, date) and not isinstance(day, datetime)})
    step = max(1, -(-len(known) // _MOST_DAYS_NAMED))
    named = known[::-1][::step][::-1]
    if not named:
        return {}
    values = [{"year": day.year, "month": day.month, "date": day.day} for day in named]
    return {"axis": {"format": "%-d %b", "values": values}}


def line_chart(
    *,
    code: str,
    label: str,
    at: ChartColumn,
    values: Sequence[ChartColumn],
    rows: Sequence[dict[str, Any]],
    summary: str = "",
    spec_url: str = "",
    by_day: bool = False,
) -> Chart:
    """One line a measure over days or moments: colour, dash and name at its end. A missing value breaks the line.

    `by_day` for the slots of a few days: a mark at the beginning of each day, named once.
    """
    series = [str(one.label) for one in values]
    encoding = {
        "x": {"field": at.code, "type": "temporal", "title": None, **(_BY_DAY if by_day else _along_days(at, rows))},
        "y": {
            "field": "amount",
            "type": "quantitative",
            "title": None,
            "scale": {"zero": True},
            **_steps(values, rows),
        },
        "color": {"field": "series", "type": "nominal", "sort": series, "legend": {} if len(series) > 1 else None},
    }
    dash: dict[str, Any] = {"field": "series", "type": "nominal", "sort": series, "legend": None}
    dash["scale"] = {"range": [list(DASHES[n % len(DASHES)]) for n in range(len(series))]}
    line = {"mark": {"type": "line", "invalid": "break-paths-show-domains"}, "encoding": {"strokeDash": dash}}
    points = {
        "mark": {"type": "point"},
        "encoding": {"shape": {"field": "series", "type": "nominal", "sort": series, "legend": None}},
    }
    drawn = _melt([at], values, rows)
    spec = {"encoding": encoding, "layer": [line, points]}
    return _chart(code, label, [at, *values], rows, spec, summary, spec_url, drawn)


def _steps(values: Sequence[ChartColumn], rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What is counted in whole numbers has no marks between them on its axis: there is no half a person."""
    drawn = [row.get(one.code) for one in values for row in rows]
    is_whole = all(isinstance(one, int) for one in drawn if one is not None)
    return {"axis": {"tickMinStep": 1}} if is_whole else {}


def stacked_chart(
    *,
    code: str,
    label: str,
    category: ChartColumn,
    values: Sequence[ChartColumn],
    rows: Sequence[dict[str, Any]],
    summary: str = "",
    spec_url: str = "",
) -> Chart:
    """Standing bars of parts; the parts in the order of `values`, from the bottom."""
    series = [str(one.label) for one in values]
    kind = "temporal" if category.kind == "date" else "ordinal"
    across: dict[str, Any] = {"field": category.code, "type": kind, "sort": None, "title": None}
    if kind == "temporal":
        across["timeUnit"] = "yearmonthdate"
    encoding = {
        "x": across,
        "y": {"field": "amount", "type": "quantitative", "title": None, "stack": "zero"},
        "color": {"field": "series", "type": "nominal", "sort": series},
        "order": {"field": "position", "type": "quantitative"},
    }
    spec = {"encoding": encoding, "layer": [{"mark": {"type": "bar", "stroke": "#8a96a3", "strokeWidth": 0.5}}]}
    return _chart(code, label, [category, *values], rows, spec, summary, spec_url, _melt([category], values, rows))


def steps_chart(
    *,
    code: str,
    label: str,
    at: ChartColumn,
    values: Sequence[ChartColumn],
    rows: Sequence[dict[str, Any]],
    summary: str = "",
    spec_url: str = "",
) -> Chart:
    """Lines over numbers or names in the order of the rows instead of moments."""
    drawn = line_chart(code=code, label=label, at=at, values=values, rows=rows, summary=summary, spec_url=spec_url)
    across = {"field": at.code, "type": "ordinal", "sort": None, "title": str(at.label), "axis": {"labelAngle": 0}}
    spec = {**drawn.spec, "encoding": {**drawn.spec["encoding"], "x": across}}
    return Chart(code, label, spec, drawn.columns, drawn.rows, summary, spec_url)


def band_chart(
    *,
    code: str,
    label: str,
    at: ChartColumn,
    low: ChartColumn,
    high: ChartColumn,
    values: Sequence[ChartColumn],
    rows: Sequence[dict[str, Any]],
    summary: str = "",
    spec_url: str = "",
) -> Chart:
    """Lines over moments with the range of the first behind them, a mark at the beginning of each day. Where the range
    is missing the band has a gap."""
    given: dict[str, Any] = {"values": values, "rows": rows, "summary": summary, "spec_url": spec_url}
    drawn = line_chart(code=code, label=label, at=at, by_day=True, **given)
    band = {
        "data": {"values": [{key.code: _plain(row.get(key.code)) for key in (at, low, high)} for row in rows]},
        "mark": {"type": "area", "color": COLORS[0], "opacity": 0.18, "invalid": "break-paths-show-domains"},
        "encoding": {
            "x": {"field": at.code, "type": "temporal", "title": None, **_BY_DAY},
            "y": {"field": low.code, "type": "quantitative", "title": None},
            "y2": {"field": high.code},
        },
    }
    lines = {"encoding": drawn.spec.pop("encoding"), "layer": drawn.spec.pop("layer")[:1]}
    spec = {**drawn.spec, "layer": [band, lines]}
    return Chart(code, label, spec, (at, *values, low, high), drawn.rows, summary, spec_url)


def _amount(value: ChartColumn) -> dict[str, Any]:
    return {"field": value.code, "type": "quantitative", "title": None, "axis": {"tickCount": 4}}


def _melt(
    keys: Sequence[ChartColumn], values: Sequence[ChartColumn], rows: Sequence[dict[str, Any]]
) -> list[dict[str, Any]]:
    """One row a mark: the series' name, its amount, and the link of that value (`<code>_href`) or of the row."""
    return [
        {
            **{key.code: row.get(key.code) for key in keys},
            "series": str(one.label),
            "position": position,
            "amount": row.get(one.code),
            "href": row.get(f"{one.code}_href") or row.get("href"),
        }
        for row in rows
        for position, one in enumerate(values)
    ]


def _chart(
    code: str,
    label: str,
    columns: Sequence[ChartColumn],
    rows: Sequence[dict[str, Any]],
    parts: dict[str, Any],
    summary: str,
    spec_url: str,
    drawn: list[dict[str, Any]] | None = None,
) -> Chart:
    given = drawn if drawn is not None else rows
    values = [{key: _plain(one) for key, one in row.items()} for row in given]
    if any(row.get("href") for row in values):
        parts["encoding"]["href"] = {"field": "href", "type": "nominal"}
        parts["encoding"]["description"] = {"field": "said", "type": "nominal"}
        for row, said in zip(values, given, strict=True):
            row["said"] = ", ".join(_words(said, columns))
    spec = {
        "$schema": SCHEMA,
        "description": summary or label,
        "width": "container",
        "height": 220,
        "autosize": {"type": "fit", "contains": "padding"},
        "data": {"values": values},
        "config": _CONFIG,
        **parts,
    }
    return Chart(code, label, spec, tuple(columns), [dict(row) for row in rows], summary, spec_url)


def _words(row: dict[str, Any], columns: Sequence[ChartColumn]) -> list[str]:
    if "series" in row:
        return [_spoken(row.get(columns[0].code)), f"{row['series']} {_spoken(row['amount'])}"]
    return [_spoken(row.get(column.code)) for column in columns]


def _range_in_words(measure: ChartColumn, first: ChartColumn, rows: Sequence[dict[str, Any]]) -> str:
    known = [row for row in rows if isinstance(row.get(measure.code), int | float | Decimal)]
    if not known:
        return ""
    most = max(known, key=lambda row: row[measure.code])
    least = min(row[measure.code] for row in known)
    words = {
        "measure": str(measure.label),
        "least": f"{round(float(least), 1):g}",
        "most": f"{round(float(most[measure.code]), 1):g}",
        "where": _spoken(most.get(first.code)),
    }
    return _("%(measure)s: from %(least)s to %(most)s, most at %(where)s.") % words


def _spoken(value: Any) -> str:
    """A value as a link of the drawing is read aloud: "24 Nov 2026", "24 Nov 2026 14:30", "0.5"."""
    if isinstance(value, datetime):
        return f"{short_date(value.date())} {value:%H:%M}"
    return short_date(value) if isinstance(value, date) else str(_plain(value))


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, date):
        return f"{value.isoformat()}T00:00:00"  # a bare date would be read as UTC and slip to the day before
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)

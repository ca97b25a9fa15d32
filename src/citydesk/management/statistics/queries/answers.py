"""Measures as the command and programs read them: name, value, unit, numerator, denominator, from, to, definition."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from citydesk.city.profile import queries as profile
from citydesk.kernel.errors import Invalid
from citydesk.management.statistics import labels
from citydesk.management.statistics.choices import FACTS_REQUESTS
from citydesk.management.statistics.queries.freshness import as_of
from citydesk.management.statistics.queries.measure import AUTO, Figure, Measured, days_of, list_measures, measure
from citydesk.management.statistics.queries.names import ids_of, words_for
from citydesk.management.statistics.rules import texts
from citydesk.management.statistics.rules.selection import Selection


def listed() -> list[dict[str, Any]]:
    """Every measure with its words."""
    return [
        {
            "name": one.code,
            "label": str(one.label),
            "unit": one.unit,
            "version": one.version,
            "definition": str(one.definition),
        }
        for one in list_measures()
    ]


def answer(
    name: str,
    *,
    first: date | None,
    last: date | None,
    filters: Mapping[str, Sequence[str]],
    now: datetime,
    by: str = "",
    method: str = AUTO,
) -> dict[str, Any]:
    """One measure as a plain dictionary. Raises `NotFound` and `Invalid`."""
    if first and last and last < first:
        raise Invalid(_("The last day is before the first."), field="to")
    selection = Selection(first, last, {key: ids_of(key, values) for key, values in filters.items()})
    keys = (by,) if by else (("age",) if name == "requests_open_by_age" else ())
    found = measure(name, selection, now=now, by=keys, method=method)
    start, end = days_of(selection)
    said: dict[str, Any] = {
        "name": name,
        **_plain(found.total, found),
        "unit": found.measure.unit,
        "from": start,
        "to": end,
        "definition": str(found.measure.definition),
        "version": found.measure.version,
        "method": found.method,
        "left_out": _left_out(found, selection, now),
        "as_of": as_of(found.measure.fact),
    }
    if keys:
        words = words_for(keys[0], [one.parts[0] for one in found.rows], profile.city_today(now))
        said["by"] = keys[0]
        said["parts"] = [
            {keys[0]: one.parts[0], "label": words(one.parts[0]), **_plain(one, found)} for one in found.rows
        ]
    return said


def _plain(one: Figure, found: Measured) -> dict[str, Any]:
    shown = {"value": rounded(one.value), "numerator": rounded(one.numerator), "denominator": one.denominator}
    if found.measure.code in texts.SHARES:
        shown["denominator"] = one.beside.get("closed")
    if one.error:
        shown["error_percent"] = round(one.error * 100, 2)
    return {**shown, **{name: rounded(value) for name, value in one.beside.items()}}


def rounded(value: float | None) -> float | None:
    """Two places are enough for hours and percents; whole numbers stay whole."""
    return round(value, 2) if isinstance(value, float) else value


def _left_out(found: Measured, selection: Selection, now: datetime) -> dict[str, Any]:
    """How many requests of the same days are open, and so in no figure of closed ones."""
    if found.measure.fact != FACTS_REQUESTS or found.measure.code.startswith("requests_open"):
        return {}
    still_open = measure("requests_open", replace(selection), now=now)
    return {"open": still_open.total.value}


def as_text(said: Mapping[str, Any]) -> str:
    """The answer in words, for a terminal."""
    lines = [f"{said['name']}: {_shown(said['value'])} {said['unit']}"]
    if said["denominator"] is not None:
        lines.append(f"  {_shown(said['numerator'])} / {said['denominator']}")
    lines.append(f"  {said['from']} .. {said['to']}, {said['method']}, version {said['version']}")
    lines += [f"  {labels.BESIDE[name]}: {_shown(said[name])}" for name in labels.BESIDE if said.get(name) is not None]
    lines += [f"  left out: {value} {name}" for name, value in said["left_out"].items()]
    lines += [f"  {one['label']}: {_shown(one['value'])}" for one in said.get("parts", [])]
    return "\n".join([*lines, "", said["definition"]])


def _shown(value: Any) -> str:
    return "-" if value is None else f"{value:,}"

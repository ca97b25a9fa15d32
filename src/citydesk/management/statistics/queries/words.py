"""Cells, days and filters of the report in words."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from citydesk.kernel.charts import ChartColumn
from citydesk.kernel.texts import count, date_words
from citydesk.management.statistics import labels
from citydesk.management.statistics.queries.names import words_for
from citydesk.management.statistics.queries.reading import Reading
from citydesk.management.statistics.rules.selection import Selection


def cell_words(column: ChartColumn, value: Any) -> str:
    """A cell as it is read."""
    if value is None:
        return "–"
    if isinstance(value, date):
        return date_words(value, "j M Y")
    if column.kind == "hours" and isinstance(value, float | int):
        return f"{value:,.1f}"
    return str(count(value)) if isinstance(value, int) else str(value)


def days_words(selection: Selection) -> str:
    """ "7 Sep to 22 Nov 2026" """
    first, last = selection.first, selection.last
    if first and last:
        start = date_words(first, "j M" if first.year == last.year else "j M Y")
        return _("%(first)s to %(last)s") % {"first": start, "last": date_words(last, "j M Y")}
    if first:
        return _("from %(first)s") % {"first": date_words(first, "j M Y")}
    return _("until %(last)s") % {"last": date_words(last, "j M Y")} if last else _("all days")


def filter_words(reading: Reading) -> list[list[str]]:
    """What the report is narrowed to: name and values of each filter."""
    found = []
    for name, values in reading.asked.selection.filters.items():
        words = words_for(name, values, reading.today)
        found.append([str(labels.DIMENSIONS.get(name, name)), ", ".join(words(one) for one in values)])
    return found


def unit_words(unit: str) -> str:
    """The unit of a measure."""
    return {
        "count": _("number"),
        "percent": _("percent"),
        "hours": _("hours"),
        "seconds": _("seconds"),
        "dollars": _("dollars"),
    }.get(unit, unit)

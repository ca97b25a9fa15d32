"""What was due in the report's days: a figure, a sentence, and two columns of a table, where few enough were closed.

Due times are kept by single records alone, so a page does not ask over very many days; `citydesk measure` does.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from citydesk.kernel.charts import ChartColumn
from citydesk.management.statistics.choices import DUE_ON_TIME
from citydesk.management.statistics.queries.measure import Measured, figures, measure, reads_records
from citydesk.management.statistics.queries.reading import Reading
from citydesk.management.statistics.rules.selection import NO_FILTERS, Selection

# Which of a row's cells go with the count of those due.
SHARES = ("due_on_time",)


def days_of(reading: Reading) -> Selection:
    """The report's days without its filters: all that was due in them is read, whatever is then left of it."""
    return replace(reading.asked.selection, filters=NO_FILTERS)


def counts_dues(reading: Reading) -> bool:
    """Whether the page counts what was due: where few enough were closed in its days."""
    return reads_records(days_of(reading), now=reading.now, answers=reading.answers)


def whole(reading: Reading) -> Measured | None:
    """What was due in all; None where the page does not count it."""
    if not counts_dues(reading):
        return None
    return measure(DUE_ON_TIME, reading.asked.selection, now=reading.now, answers=reading.answers)


def columns(reading: Reading) -> tuple[ChartColumn, ...]:
    """The columns of a table by department."""
    if not counts_dues(reading):
        return ()
    return ChartColumn("due", _("Were due"), "number"), ChartColumn("due_on_time", _("Of those on time %"), "hours")


def add_to_rows(reading: Reading, name: str, parts: Sequence[Any], rows: list[dict[str, Any]]) -> bool:
    """Write what was due into the rows of a table that is divided by `name`; whether it did. `parts` are the rows'."""
    if not counts_dues(reading):
        return False
    selection = reading.asked.selection
    found = {
        one.parts[0]: one for one in figures(DUE_ON_TIME, selection, (name,), now=reading.now, answers=reading.answers)
    }
    for part, row in zip(parts, rows, strict=True):
        one = found.get(part)
        row["due"] = int(one.denominator or 0) if one else 0
        row["due_on_time"] = None if one is None or one.value is None else round(one.value, 1)
        if row["due"] and part not in (None, ""):
            row["due_href"] = reading.records("due", **{name: part})
    return True


def sentence(reading: Reading, found: Measured) -> str:
    """What became of those due."""
    beside = found.total.beside
    counts = {
        "n": found.total.denominator or 0,
        "met": found.total.numerator or 0,
        "late": beside["due_closed_late"] or 0,
        "open": beside["due_overdue"] or 0,
        "waiting": beside["due_waiting"] or 0,
    }
    told = {code: reading.shown(value) for code, value in counts.items()}
    return (
        _(
            "%(n)s were due in these days: %(met)s closed on time, %(late)s closed late, %(open)s still open; "
            "%(waiting)s more are not to be judged yet."
        )
        % told
    )

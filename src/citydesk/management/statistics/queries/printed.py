"""Printed reports: what stands on the paper, how far one is, who may open it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs

from django.utils import translation
from django.utils.translation import gettext as _

from citydesk.city.profile import queries as profile
from citydesk.kernel.actors import Access
from citydesk.kernel.charts import Chart
from citydesk.kernel.errors import NotFound, marked
from citydesk.kernel.files import link_to
from citydesk.kernel.texts import date_words, day_and_clock
from citydesk.management.statistics.choices import PrintState
from citydesk.management.statistics.models import PrintedReport
from citydesk.management.statistics.queries.reading import Reading
from citydesk.management.statistics.queries.report import Pair, report
from citydesk.management.statistics.queries.words import cell_words, days_words, filter_words
from citydesk.management.statistics.rules.asking import parse


@dataclass(frozen=True)
class Printing:
    """How far a printed report is; `url` once it can be fetched."""

    id: int
    state: str
    steps_done: int
    steps: int
    url: str

    @property
    def is_over(self) -> bool:
        return self.state in (PrintState.DONE, PrintState.FAILED)


def get_printing(access: Access, report_id: int) -> Printing:
    """One's own printed report. Raises `NotFound`."""
    row = PrintedReport.objects.visible_to(access).select_related("file").filter(pk=report_id).first()
    if row is None:
        raise NotFound(marked("There is no such report."))
    return Printing(row.pk, row.state, row.steps_done, row.steps, link_to(row.file).url if row.file else "")


def may_open_file(access: Access, file_id: int) -> bool:
    """Whoever asked for a printed report may open it."""
    return PrintedReport.objects.visible_to(access).filter(file_id=file_id).exists()


def paper_of(
    query: str, *, language: str, may_see_small: bool, may_see_sealed: bool, now: datetime
) -> tuple[dict[str, Any], list[tuple[str, Chart]]]:
    """The data of the printed form in a language, and its charts by code."""
    with translation.override(language):
        reading = Reading(parse(parse_qs(query), profile.city_today(now)), may_see_small, now, may_see_sealed)
        found = report(reading)
        pairs = [pair for pair in (*found.pairs, *found.contact_pairs) if pair.table.rows]
        fresh = found.requests_as_of
        data = {
            "title": _("Report on service requests"),
            "city": profile.city().name,
            "summary": days_words(reading.asked.selection),
            "filters": filter_words(reading),
            "figures": [[box.label, box.value, box.below] for box in found.boxes],
            "parts": [_part(pair) for pair in pairs],
            "how_title": _("How this was counted"),
            "how": [
                *found.notes,
                *(f"{one.measure.code} {one.measure.version}: {one.measure.definition}" for one in found.definitions),
            ],
            "foot": _("Counted %(at)s") % {"at": date_words(profile.city_today(now), "j M Y")}
            + (f", {day_and_clock(fresh, now)}" if fresh else ""),
        }
        charts = [(pair.table.code, pair.chart) for pair in pairs if pair.chart is not None]
    return data, charts


def _part(pair: Pair) -> dict[str, Any]:
    table = pair.table
    return {
        "code": table.code,
        "title": table.title,
        "columns": [
            {"label": column.label, "align": "left" if column.kind in ("text", "date") else "right"}
            for column in table.columns
        ],
        "rows": [
            [row.get(f"{column.code}_words") or cell_words(column, row.get(column.code)) for column in table.columns]
            for row in table.rows
        ],
    }

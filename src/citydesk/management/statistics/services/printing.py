"""Printing a report: asked for on the page, drawn by the worker, fetched when it is done."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction

from citydesk.kernel.actors import Access, Actor, ActorKind
from citydesk.kernel.charts import Chart
from citydesk.kernel.errors import NotFound, marked
from citydesk.kernel.files import store_made
from citydesk.kernel.outbox import defer
from citydesk.management.statistics.choices import EXPORT, VIEW_ALL, PrintState
from citydesk.management.statistics.models import PrintedReport
from citydesk.management.statistics.queries.printed import paper_of
from citydesk.management.statistics.queries.sealed import may_see_sealed

Draw = Callable[[Chart], str]
Render = Callable[..., bytes]


def print_report(*, query: str, language: str, access: Access, now: datetime) -> int:
    """Ask for a printed report of an address's query; returns its key. Raises `NotAllowed` without the export right."""
    access.require(EXPORT)
    with transaction.atomic():
        asked = PrintedReport.objects.create(
            made_by_id=access.actor.staff_id or 0,
            query=query[:2000],
            language=language,
            may_see_small=access.may(VIEW_ALL),
            may_see_sealed=may_see_sealed(access),
            created_at=now,
        )
        defer("statistics.draw_report", report_id=asked.pk)
    return asked.pk


def draw_report(*, report_id: int, draw: Draw, render: Render, now: datetime) -> None:
    """Draw a report that was asked for. Called by the worker; a second call of a finished one changes nothing.

    `draw` makes a chart an SVG text, `render` a template and data a PDF. Raises `NotFound`.
    """
    asked = PrintedReport.objects.filter(pk=report_id).first()
    if asked is None:
        raise NotFound(marked("There is no such report."))
    if asked.state == PrintState.DONE:
        return
    data, charts = paper_of(
        asked.query,
        language=asked.language,
        may_see_small=asked.may_see_small,
        may_see_sealed=asked.may_see_sealed,
        now=now,
    )
    _move(report_id, state=PrintState.DRAWING, steps=len(charts) + 1, steps_done=0)
    try:
        pictures: dict[str, str] = {}
        for at, (code, chart) in enumerate(charts, 1):
            pictures[code] = draw(chart)
            _move(report_id, steps_done=at)
        content = render("statistics/report.typ", {**data, "pictures": pictures}, language=asked.language, now=now)
        maker = Actor(ActorKind.STAFF, asked.made_by_id, "")
        name = f"report-{now:%Y-%m-%d}.pdf"
        stored = store_made(
            content, name=name, content_type="application/pdf", purpose="statistics.report", actor=maker, now=now
        )
    except Exception:
        _move(report_id, state=PrintState.FAILED, finished_at=now)
        raise
    _move(report_id, state=PrintState.DONE, file_id=stored.pk, steps_done=len(charts) + 1, finished_at=now)


def _move(report_id: int, **values: Any) -> None:
    PrintedReport.objects.filter(pk=report_id).update(**values)

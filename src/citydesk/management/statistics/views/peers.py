"""Our own figures beside those other offices print."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from citydesk.kernel.charts import Chart, ChartColumn, bar_chart
from citydesk.kernel.clock import utc_now
from citydesk.kernel.pages import access_of, needs, render
from citydesk.management.statistics import labels
from citydesk.management.statistics.choices import VIEW
from citydesk.management.statistics.queries.first_contact import first_ways
from citydesk.management.statistics.queries.peers import PeerFigure, PeersPage, Side, get_peers, get_side
from citydesk.management.statistics.queries.report import value_words
from citydesk.management.statistics.queries.words import days_words, unit_words
from citydesk.management.statistics.rules.peers import UNITS
from citydesk.management.statistics.views.report import reading_for

FIRST_CONTACT = "first_contact_resolution"


@needs(VIEW, long=True)
@require_GET
def peers(request: HttpRequest) -> HttpResponse:
    """Each figure that is counted alike, ours first; below them what is printed and stands beside nothing."""
    now = utc_now()
    page = get_peers(access_of(request), now=now)
    context: dict[str, Any] = {
        "title": _("Beside other offices"),
        "page": page,
        "days": days_words(page.selection),
        "sides": [_shown(page, one) for one in page.sides],
        "apart": [_line(one) for one in page.apart],
        "first": _three_ways(request, page, now),
    }
    return render(request, "statistics/peers.jinja", context)


@needs(VIEW, long=True)
@require_GET
def peers_chart(request: HttpRequest, figure: str) -> JsonResponse:
    """The drawing of one figure."""
    page, side = get_side(access_of(request), figure, now=utc_now())
    return JsonResponse(_chart(page, side).spec)


def _three_ways(request: HttpRequest, page: PeersPage, now: datetime) -> dict[str, Any] | None:
    """What stands under our first-contact resolution: the other two ways to tell it, which are other numbers."""
    if not any(one.figure == FIRST_CONTACT for one in page.sides):
        return None
    days = {"from": [str(page.selection.first)], "to": [str(page.selection.last)]}
    reading = reading_for(access_of(request), days, now)
    return {"ways": first_ways(reading), "query": reading.asked.query()}


def _shown(page: PeersPage, side: Side) -> dict[str, Any]:
    return {
        "code": side.figure,
        "name": labels.PEER_FIGURES[side.figure],
        "definition": labels.OWN_DEFINITIONS.get(side.figure, labels.NOT_COUNTED_HERE),
        "own": _words(side.own, side.unit),
        "has_own": side.own is not None,
        "lines": [_line(one) for one in side.beside],
        "unit": "" if side.unit == "count" else unit_words(side.unit),
        "chart": _chart(page, side),
    }


def _line(one: PeerFigure) -> dict[str, Any]:
    return {
        "one": one,
        "figure": labels.PEER_FIGURES[one.figure],
        "value": _words(one.value, UNITS[one.figure]),
        "match": labels.MATCHES[one.match],
        "basis": labels.BASES[one.basis],
    }


def _words(value: float | None, unit: str) -> str:
    if unit == "dollars" and value is not None:
        return f"${value:,.2f}"
    return value_words(value, unit)


def _chart(page: PeersPage, side: Side) -> Chart:
    """Bars, ours first; a bar of nobody's figure is not drawn."""
    name, value = ChartColumn("name", _("Office")), ChartColumn("value", labels.PEER_FIGURES[side.figure], "number")
    rows: list[dict[str, Any]] = [{"name": page.city, "value": side.own}] if side.own is not None else []
    rows += [{"name": f"{one.name}, {one.year}", "value": one.value} for one in side.beside]
    shown = [{**row, "value": round(row["value"], 1)} for row in rows]
    return bar_chart(
        code=f"peers_{side.figure}",
        label=str(labels.PEER_FIGURES[side.figure]),
        category=name,
        value=value,
        rows=shown,
        spec_url=reverse("statistics:peers_chart", args=[side.figure]),
    )

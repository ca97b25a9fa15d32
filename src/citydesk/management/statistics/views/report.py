"""The report page, its charts, its tables as files, and how each measure is counted."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, parse_qsl

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from citydesk.city.profile import queries as profile
from citydesk.kernel.actors import Access
from citydesk.kernel.clock import utc_now
from citydesk.kernel.lists import delete_view, save_view, views_for
from citydesk.kernel.pages import access_of, needs, render
from citydesk.management.quality.choices import ANSWERS
from citydesk.management.statistics import labels
from citydesk.management.statistics.choices import EXPORT, VIEW, VIEW_ALL
from citydesk.management.statistics.queries import charts, filters, first_contact, tables
from citydesk.management.statistics.queries import report as reports
from citydesk.management.statistics.queries.measure import get_measure, list_measures
from citydesk.management.statistics.queries.reading import Reading
from citydesk.management.statistics.queries.sealed import may_see_sealed
from citydesk.management.statistics.queries.words import cell_words, days_words, unit_words
from citydesk.management.statistics.rules.asking import parse
from citydesk.management.statistics.views import files

LIST_CODE = "statistics.report"


def kept(reading: Reading, code: str) -> list[tuple[str, str]]:
    """What the form of one filter hands on of the others."""
    replaced = ("dates", "from", "to") if code == "dates" else (code,)
    return [pair for pair in parse_qsl(reading.asked.query()) if pair[0] not in replaced]


def heads(table: tables.Table) -> list[dict[str, str]]:
    """Heads of a table: numbers stand right."""
    return [{"text": str(one.label), "kind": "" if at == 0 else "n"} for at, one in enumerate(table.columns)]


def reading_of(request: HttpRequest) -> Reading:
    """What the address asks for, by whom, now."""
    given = {name: [str(one) for one in values] for name, values in request.GET.lists()}
    return reading_for(access_of(request), given, utc_now())


def reading_for(access: Access, given: Mapping[str, Sequence[str]], now: datetime) -> Reading:
    """The same, of what another page asks for."""
    return Reading(
        parse(given, profile.city_today(now)),
        access.may(VIEW_ALL),
        now,
        may_see_sealed(access),
        may_see_answers=access.may(ANSWERS),
    )


@needs(VIEW, long=True)
@require_GET
def report(request: HttpRequest) -> HttpResponse:
    """Requests and contacts of some days: figures, charts, tables, and how they were counted."""
    reading = reading_of(request)
    views = views_for(LIST_CODE, access=access_of(request), query=reading.asked.query())
    context: dict[str, Any] = {
        "title": _("Requests"),
        "reading": reading,
        "asked": reading.asked,
        "report": reports.report(reading),
        "filters": filters.filter_boxes(reading),
        "days": days_words(reading.asked.selection),
        "query": reading.asked.query(),
        "words": cell_words,
        "problems": labels.PROBLEMS,
        "heads": heads,
        "kept": lambda code: kept(reading, code),
        "views": views,
        "current": next((one for one in views if one.is_current), None),
        "may_export": access_of(request).may(EXPORT),
        "at": reading.now,
    }
    return render(request, "statistics/report.jinja", context)


@needs(VIEW)
@require_POST
def keep_view(request: HttpRequest) -> HttpResponse:
    """Keep days and filters of the report under a name, for oneself."""
    now = utc_now()
    query = parse(parse_qs(request.POST.get("query", "")), profile.city_today(now)).query()
    name = request.POST.get("name", "")
    save_view(list_code=LIST_CODE, name=name, query=query, access=access_of(request), now=now)
    return redirect(f"{reverse('statistics:report')}?{query}")


@needs(VIEW)
@require_POST
def drop_view(request: HttpRequest, view_id: int) -> HttpResponse:
    """Delete a view of one's own."""
    delete_view(view_id=view_id, access=access_of(request))
    return redirect("statistics:report")


@needs(VIEW, long=True)
@require_GET
def chart(request: HttpRequest, code: str) -> JsonResponse:
    """The drawing of one table."""
    reading = reading_of(request)
    drawn = charts.chart_of(_table(code, reading), reading.asked.query())
    if drawn is None:
        raise Http404
    return JsonResponse(drawn.spec)


@needs(EXPORT, long=True)
@require_GET
def table(request: HttpRequest, code: str) -> HttpResponseBase:
    """A whole table as CSV or XLSX: all its rows, not only those the page shows."""
    reading = reading_of(request)
    found = _table(code, reading)
    return files.table_file(found, form=request.GET.get("as", "csv"), now=reading.now)


def _table(code: str, reading: Reading) -> tables.Table:
    try:
        return {**tables.BUILDERS, **first_contact.BUILDERS}[code](reading)
    except KeyError as error:
        raise Http404 from error


@needs(VIEW)
@require_GET
def measures(request: HttpRequest) -> HttpResponse:
    """Every measure of the house with its definition."""
    return render(
        request,
        "statistics/measures.jinja",
        {"title": _("Measures"), "measures": list_measures(), "unit_words": unit_words},
    )


@needs(VIEW, long=True)
@require_GET
def measure(request: HttpRequest, code: str) -> HttpResponse:
    """One measure: definition, version and the text that computes it."""
    found = get_measure(code)
    return render(
        request, "statistics/measure.jinja", {"title": str(found.label), "measure": found, "unit_words": unit_words}
    )

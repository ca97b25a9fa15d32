"""Coverage and cost for who answers for the whole: groups by week, what a week is made of, the files of both."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_GET

from citydesk.city.profile import queries as profile
from citydesk.kernel.charts import Chart, ChartColumn, line_chart
from citydesk.kernel.clock import utc_now
from citydesk.kernel.lists import values_response
from citydesk.kernel.money import format_money
from citydesk.kernel.pages import access_of, needs
from citydesk.management.workforce.queries.coverage_cost import (
    CostLine,
    CostPage,
    CostSpan,
    CoverWeek,
    GroupCost,
    cost_page,
    cover_week,
    month_span,
    year_span,
)
from citydesk.management.workforce.views.forecast import spec_of
from citydesk.management.workforce.views.planning import WEEK, address, monday_of, show
from citydesk.management.workforce.views.shown import chosen_day

# The door of the desk: who lacks the right of this page is told that there is no such page.
DESK = "desk.home"
SIX = timedelta(days=6)


@needs(DESK, long=True)
@require_GET
def cost(request: HttpRequest) -> HttpResponse:
    """Groups over a month or the fiscal year, and one of them week by week."""
    page, today = _asked(request)
    chosen = page.of(request.GET.get("group", ""))
    span = page.span
    context: dict[str, Any] = {
        "page": page,
        "chosen": chosen,
        "is_year": span.is_year,
        "chart": _chart(page.span, chosen) if chosen and chosen.weeks else None,
        "earlier": _address("cost", span, chosen, span.previous),
        "later": _address("cost", span, chosen, span.following) if span.following <= today else "",
        "month_href": _address("cost", month_span(min(span.last, today)), chosen),
        "year_href": _address("cost", year_span(min(span.last, today), today), chosen),
        "csv": _address("cost_file", span, chosen) + "&as=csv",
        "xlsx": _address("cost_file", span, chosen) + "&as=xlsx",
        "group_href": lambda one: _address("cost", span, one),
        "week_href": lambda one: address("cost_week", group=chosen.group.code, week=one) if chosen else "",
        **_words(),
    }
    return show(request, "coverage_cost.jinja", context)


def _asked(request: HttpRequest) -> tuple[CostPage, date]:
    today = profile.city_today(utc_now())
    day = chosen_day(request.GET.get("day", ""), today)
    is_year = request.GET.get("span") == "year"
    span = year_span(day, today) if is_year else month_span(day)
    return cost_page(access_of(request), span, today), today


def _address(name: str, span: CostSpan, chosen: GroupCost | None, day: date | None = None) -> str:
    given = {"span": "year" if span.is_year else "month", "day": day or span.first}
    return address(name, **given, **({"group": chosen.group.code} if chosen else {}))


def _words() -> dict[str, Any]:
    language = get_language() or "en"
    return {
        "dollars": lambda amount: "–" if amount is None else format_money(amount, language),
        "hours": lambda minutes: f"{minutes / 60:,.1f}",
        "percent": lambda share: "–" if share is None else f"{100 * float(share):.1f} %",
    }


def _chart(span: CostSpan, chosen: GroupCost | None) -> Chart:
    assert chosen is not None
    values = (
        ChartColumn("required", _("Hours required"), "number"),
        ChartColumn("scheduled", _("Hours scheduled"), "number"),
        ChartColumn("paid", _("Hours paid"), "number"),
    )
    rows = [
        {
            "week": one.monday.isoformat(),
            "required": _hours(one.cover.required),
            "scheduled": _hours(one.cover.scheduled) if one.is_published else None,
            "paid": _hours(one.paid.whole / 60) if one.has_begun and not one.is_few else None,
            "href": address("cost_week", group=chosen.group.code, week=one.monday),
        }
        for one in chosen.weeks
        if one.monday is not None
    ]
    return line_chart(
        code="coverage_cost",
        label=_("Hours by week, %(group)s") % {"group": chosen.group.name},
        at=ChartColumn("week", _("Week of"), "date"),
        values=values,
        rows=rows,
        summary=_("Where the line of the scheduled lies below that of the required, people are missing."),
        spec_url=_address("cost_chart", span, chosen),
    )


@needs(DESK, long=True)
@require_GET
def cost_chart(request: HttpRequest) -> JsonResponse:
    """The drawing of a group's weeks."""
    page, _today = _asked(request)
    chosen = page.of(request.GET.get("group", ""))
    if chosen is None:
        raise Http404
    return JsonResponse(_chart(page.span, chosen).spec)


_COLUMNS = (
    ("group", lazy("Group"), "text"),
    ("week", lazy("Week of"), "text"),
    ("required", lazy("Hours required"), "number"),
    ("scheduled", lazy("Hours scheduled"), "number"),
    ("over", lazy("Hours over"), "number"),
    ("under", lazy("Hours under"), "number"),
    ("paid", lazy("Hours paid"), "number"),
    ("leave", lazy("of these on leave"), "number"),
    ("overtime", lazy("Hours of overtime"), "number"),
    ("cost", lazy("Cost"), "number"),
    ("answered", lazy("Contacts answered"), "number"),
    ("each", lazy("Cost of a contact"), "number"),
    ("in_time", lazy("In time"), "number"),
    ("counted", lazy("Of contacts"), "number"),
    ("level", lazy("Service level"), "number"),
    ("target", lazy("Target"), "number"),
)


@needs(DESK, long=True)
@require_GET
def cost_file(request: HttpRequest) -> HttpResponseBase:
    """Every group's weeks as CSV or XLSX; what is not shown on the page is empty here."""
    page, _today = _asked(request)
    name = f"coverage-cost-{page.span.first}"
    form = request.GET.get("as", "csv")
    spec = spec_of("coverage_cost", _COLUMNS)
    return values_response(spec, _rows(page), form=form, name=name, access=access_of(request), now=utc_now())


def _rows(page: CostPage) -> Iterator[list[Any]]:
    for group in page.groups:
        for one in group.weeks:
            yield [group.group.name, str(one.monday), *_cells(one)]


def _cells(one: CostLine) -> list[Any]:
    cover, paid, reached = one.cover, one.paid, one.reached
    is_paid = one.has_begun and not one.is_few
    return [
        _hours(cover.required),
        *([_hours(cover.scheduled), _hours(cover.over), _hours(cover.under)] if one.is_published else [None] * 3),
        *([_hours(paid.whole / 60), _hours(paid.leave / 60), _hours(paid.overtime / 60)] if is_paid else [None] * 3),
        one.cost,
        reached.answered,
        one.each,
        reached.in_time,
        reached.counted,
        *(None if it is None else round(it, 4) for it in (reached.level, reached.target)),
    ]


def _hours(minutes: float) -> Decimal:
    return round(Decimal(str(minutes)) / 60, 2)


@needs(DESK, long=True)
@require_GET
def cost_week(request: HttpRequest) -> HttpResponse:
    """What a week's numbers are made of, slot by slot and queue by queue."""
    found = _week(request)
    monday = found.line.monday
    assert monday is not None
    cells: dict[int, dict[date, Any]] = {}
    for one in found.slots:
        local = timezone.localtime(one.starts_at)
        cells.setdefault(local.hour * 60 + local.minute, {})[one.day] = one
    days = sorted({one.day for one in found.slots})
    given = {"group": found.group.code}
    context = {
        "found": found,
        "line": found.line,
        "days": days,
        "grid": [(minute, [cells[minute].get(day) for day in days]) for minute in sorted(cells)],
        "back": address("cost", span="month", day=monday + SIX, **given),
        "earlier": address("cost_week", **given, week=monday - WEEK),
        "later": address("cost_week", **given, week=monday + WEEK),
        "csv": address("cost_week_file", **given, week=monday) + "&as=csv",
        "xlsx": address("cost_week_file", **given, week=monday) + "&as=xlsx",
        **_words(),
    }
    return show(request, "coverage_cost_week.jinja", context)


def _week(request: HttpRequest) -> CoverWeek:
    today = profile.city_today(utc_now())
    monday = monday_of(request.GET.get("week", ""), today)
    return cover_week(access_of(request), request.GET.get("group", ""), monday, today)


_SLOT_COLUMNS = (
    ("day", lazy("Day"), "text"),
    ("starts", lazy("Begins"), "text"),
    ("minutes", lazy("Minutes"), "number"),
    ("required", lazy("Required"), "number"),
    ("scheduled", lazy("On duty"), "number"),
)


@needs(DESK, long=True)
@require_GET
def cost_week_file(request: HttpRequest) -> HttpResponseBase:
    """The slots of a week as CSV or XLSX: people times minutes give the hours of the page."""
    found = _week(request)
    values = (
        [
            one.day.isoformat(),
            timezone.localtime(one.starts_at).strftime("%H:%M"),
            one.minutes,
            one.required,
            one.scheduled if found.line.is_published else None,
        ]
        for one in found.slots
    )
    name = f"coverage-{found.group.code}-{found.line.monday}"
    form = request.GET.get("as", "csv")
    spec = spec_of("coverage", _SLOT_COLUMNS)
    return values_response(spec, values, form=form, name=name, access=access_of(request), now=utc_now())

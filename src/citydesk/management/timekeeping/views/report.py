"""The timekeeping report: by person for who approves for them, by team for who answers for the whole; as files, too."""

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_GET

from citydesk.city.profile import queries as profile
from citydesk.kernel import texts
from citydesk.kernel.clock import utc_now
from citydesk.kernel.documents import render_pdf
from citydesk.kernel.lists import Column, Key, ListSpec, Sort, values_response
from citydesk.kernel.pages import access_of, needs
from citydesk.management.timekeeping import forms, queries
from citydesk.management.timekeeping.choices import SUMS, VIEW
from citydesk.management.timekeeping.queries import Hours, ReportSpan
from citydesk.management.timekeeping.views.shown import show

_MONTH = re.compile(r"^\d{4}-(0[1-9]|1[0-2])$")
_HEADS = (
    ("worked", lazy("Worked"), "number"),
    ("overtime", lazy("Overtime"), "number"),
    ("leave", lazy("Paid leave"), "number"),
    ("deducted", lazy("Meals taken off by rule"), "number"),
    ("missing", lazy("Weeks not submitted"), "number"),
    ("exceptions", lazy("Attendance exceptions"), "number"),
)
_TIMES = ("worked", "overtime", "leave", "deducted")


@needs(VIEW, long=True)
@require_GET
def report(request: HttpRequest) -> HttpResponseBase:
    """People the reader approves for; the pay period that ended last unless the address names a day or a month."""
    access, now = access_of(request), utc_now()
    span = _span(request, now)
    rows = queries.report(access, span.weeks, now)
    if request.GET.get("as"):
        lines = [([one.person], one.hours) for one in rows]
        return _file(request, _("Hours by person"), (("person", lazy("Person")),), lines, span, now)
    context = {"span": span, "rows": rows, "sums": queries.total(one.hours for one in rows), "is_teams": False}
    return show(request, "report.jinja", {**context, **_links(request, span)}, now)


@needs(SUMS, long=True)
@require_GET
def teams(request: HttpRequest) -> HttpResponseBase:
    """Hours by team, of nobody by name."""
    access, now = access_of(request), utc_now()
    span = _span(request, now)
    rows = queries.team_report(access, span.weeks, now)
    if request.GET.get("as"):
        heads = (("team", lazy("Team")), ("people", lazy("People")))
        lines = [([one.team, one.people if one.hours else None], one.hours) for one in rows]
        return _file(request, _("Hours by team"), heads, lines, span, now)
    context = {"span": span, "rows": rows, "small": profile.city().small_cell, "is_teams": True}
    return show(request, "teams.jinja", {**context, **_links(request, span)}, now)


def _span(request: HttpRequest, now: datetime) -> ReportSpan:
    month = request.GET.get("month", "")
    if _MONTH.match(month):
        return queries.span_of_month(date.fromisoformat(f"{month}-01"))
    return queries.span_of_day(forms.day_or(request.GET.get("day", ""), queries.last_period(now).first_day))


def _links(request: HttpRequest, span: ReportSpan) -> dict[str, Any]:
    """The same span as files, and the other kind of span."""
    here = f"month={span.month}" if span.month else f"day={span.first_day}"
    other = f"day={span.first_day}" if span.month else f"month={span.last_day:%Y-%m}"
    access = access_of(request)
    return {"here": here, "other": other, "may_sums": access.may(SUMS), "may_view": access.may(VIEW)}


def _file(
    request: HttpRequest,
    title: str,
    names: Sequence[tuple[str, Any]],
    lines: Sequence[tuple[list[Any], Hours | None]],
    span: ReportSpan,
    now: datetime,
) -> HttpResponseBase:
    """The report as CSV or XLSX with hours as numbers, or as printed pages; that it was taken is on record."""
    access, form = access_of(request), request.GET.get("as", "")
    if form == "pdf":
        response: HttpResponseBase = _printed(title, names, lines, span, now)
    else:
        values = ([*before, *_numbers(hours)] for before, hours in lines)
        name = f"time-{span.first_day}-{span.last_day}"
        response = values_response(_spec(names), values, form=form, name=name, access=access, now=now)
    queries.note_taken(access, span, now)
    response["Cache-Control"] = "no-store, private"
    return response


def _spec(names: Sequence[tuple[str, Any]]) -> ListSpec:
    return ListSpec(
        code="time_report",
        columns=(
            *(Column(code=code, label=words) for code, words in names),
            *(Column(code=code, label=words, kind=kind) for code, words, kind in _HEADS),
        ),
        sorts=(Sort("person", "person", (Key("person"),)),),
        default_sort="person",
        filters=(),
        fields=(),
    )


def _numbers(hours: Hours | None) -> list[Any]:
    """Hours as decimal numbers, counts as they are; nothing where the cells are hidden."""
    if hours is None:
        return [None] * len(_HEADS)
    return [
        forms.decimal_hours(getattr(hours, code)) if code in _TIMES else getattr(hours, code)
        for code, _words, _kind in _HEADS
    ]


def _printed(
    title: str,
    names: Sequence[tuple[str, Any]],
    lines: Sequence[tuple[list[Any], Hours | None]],
    span: ReportSpan,
    now: datetime,
) -> HttpResponse:
    columns = [{"label": str(words)} for _code, words in names]
    columns += [{"label": str(words), "align": "right"} for _code, words, _kind in _HEADS]
    data = {
        "title": title,
        "summary": f"{profile.city().name}, {texts.short_date(span.first_day)} – {texts.short_date(span.last_day)}",
        "columns": columns,
        "rows": [[*(_word(one) for one in before), *_clocked(hours)] for before, hours in lines],
        "is_wide": True,
        "foot": texts.full_time(now),
    }
    pdf = render_pdf("kernel/list.typ", data, language=get_language() or "en", now=now)
    name = f"time-{span.first_day}-{span.last_day}.pdf"
    headers = {"Content-Disposition": f'inline; filename="{name}"'}
    return HttpResponse(pdf, content_type="application/pdf", headers=headers)


def _clocked(hours: Hours | None) -> list[str]:
    if hours is None:
        return [""] * len(_HEADS)
    return [
        forms.hours_text(getattr(hours, code)) if code in _TIMES else str(getattr(hours, code))
        for code, _words, _kind in _HEADS
    ]


def _word(value: Any) -> str:
    return "" if value is None else str(value)

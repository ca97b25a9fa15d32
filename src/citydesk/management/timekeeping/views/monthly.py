"""The monthly report "timekeeping and equipment": as a page with a chart, as a file, on paper."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_GET

from citydesk.city.profile import queries as profile
from citydesk.contact.traffic.choices import MalfunctionKind
from citydesk.contact.traffic.queries import words as traffic_words
from citydesk.kernel import texts
from citydesk.kernel.charts import Chart, ChartColumn, stacked_chart
from citydesk.kernel.clock import utc_now
from citydesk.kernel.documents import render_pdf
from citydesk.kernel.lists import Column, Key, ListSpec, Sort, values_response
from citydesk.kernel.pages import access_of, needs
from citydesk.management.timekeeping import forms, labels, queries
from citydesk.management.timekeeping.choices import VIEW, EntryKind, OccurrenceKind
from citydesk.management.timekeeping.queries.monthly import MonthlyReport, MonthSums, monthly_report
from citydesk.management.timekeeping.queries.policy import leave_rules
from citydesk.management.timekeeping.rules.monthly import change
from citydesk.management.timekeeping.views.shown import show


@needs(VIEW, long=True)
@require_GET
def monthly(request: HttpRequest) -> HttpResponseBase:
    """The month before this one unless the address names another: hours, leave, attendance, malfunctions."""
    now = utc_now()
    found = _asked(request, now)
    form = request.GET.get("as", "")
    if form:
        return _file(request, found, form, now)
    span = found.span
    context = {
        "found": found,
        "title": _title(found),
        "measures": _measures(found),
        "months": [(texts.date_words(one.month, "M Y"), _of_month(one)) for one in found.months],
        "heads": [one.words for one in _MEASURES],
        "kinds": [(labels.KINDS[EntryKind(kind)], seconds) for kind, seconds in sorted(found.by_kind.items())],
        "leave": [(_leave_name(code, span.last_day), seconds) for code, seconds in _leave_rows(found)],
        "broken_words": {one.value: words for one, words in traffic_words.MALFUNCTIONS.items()},
        "chart": _chart(found),
        "unplanned": _what_is_unplanned(found),
        "here": f"month={span.month}",
    }
    return show(request, "monthly.jinja", context, now)


@needs(VIEW, long=True)
@require_GET
def monthly_chart(request: HttpRequest) -> JsonResponse:
    """The drawing of the last months."""
    return JsonResponse(_chart(_asked(request, utc_now())).spec)


def _asked(request: HttpRequest, now: datetime) -> MonthlyReport:
    today = profile.city_today(now)
    over = today.replace(day=1) - timedelta(days=1)
    return monthly_report(access_of(request), forms.month_or(request.GET.get("month", ""), over), now)


def _title(found: MonthlyReport) -> str:
    return _("Timekeeping and equipment, %(month)s") % {"month": texts.date_words(found.now.month, "F Y")}


def _leave_rows(found: MonthlyReport) -> list[tuple[str, int | None]]:
    return [(one.code, one.seconds) for one in found.leave]


def _leave_name(code: str, day: date) -> str:
    return leave_rules(code, day).name_in(get_language() or "en")


def _hours(seconds: int | None) -> str:
    return "–" if seconds is None else forms.hours_text(seconds)


@dataclass(frozen=True)
class Measure:
    """What is compared from month to month: its words, its value, and what the value is (hours, count, share)."""

    words: Any
    value: Callable[[MonthSums], float | None]
    unit: str = "hours"

    def text(self, one: MonthSums) -> str:
        """The value as a page shows it."""
        found = self.value(one)
        if found is None:
            return "–"
        if self.unit == "share":
            return f"{100 * found:.1f} %"
        return forms.hours_text(int(found)) if self.unit == "hours" else str(found)

    def number(self, one: MonthSums) -> Any:
        """The value as a file has it: hours as decimals, shares with four places."""
        found = self.value(one)
        if found is None or self.unit == "count":
            return found
        return forms.decimal_hours(int(found)) if self.unit == "hours" else round(found, 4)


_MEASURES = (
    Measure(lazy("Worked"), lambda one: one.hours.worked),
    Measure(lazy("Overtime"), lambda one: one.hours.overtime),
    Measure(lazy("Paid leave"), lambda one: one.hours.leave),
    Measure(lazy("Attendance exceptions"), lambda one: one.hours.exceptions, "count"),
    Measure(lazy("Malfunctions"), lambda one: one.malfunctions, "count"),
    Measure(lazy("Something did not work"), lambda one: one.down),
    Measure(lazy("Lost to malfunctions"), lambda one: None if one.down is None else one.lost),
    Measure(lazy("Unplanned shrinkage"), lambda one: one.unplanned.share, "share"),
)
_UNITS = {"hours": lazy("hours"), "count": lazy("count"), "share": lazy("share")}


def _of_month(one: MonthSums) -> list[str]:
    return [it.text(one) for it in _MEASURES]


def _measures(found: MonthlyReport) -> list[tuple[Any, str, str, str]]:
    """Each measure of the month beside the month before, and how much it changed."""
    rows = []
    for one in _MEASURES:
        now, before = one.value(found.now), one.value(found.before)
        moved = change(now, before) if now is not None and before is not None else None
        text = "–" if moved is None else f"{100 * moved:+.0f} %"
        rows.append((one.words, one.text(found.now), one.text(found.before), text))
    return rows


def _chart(found: MonthlyReport) -> Chart:
    rows = [
        {
            "month": texts.date_words(one.month, "M Y"),
            "straight": round((one.hours.worked - one.hours.overtime) / 3600, 1),
            "overtime": round(one.hours.overtime / 3600, 1),
            "leave": round(one.hours.leave / 3600, 1),
        }
        for one in found.months
    ]
    return stacked_chart(
        code="monthly_hours",
        label=_("Hours by month"),
        category=ChartColumn("month", _("Month")),
        values=[
            ChartColumn("straight", _("Straight time"), "number"),
            ChartColumn("overtime", _("Overtime"), "number"),
            ChartColumn("leave", _("Paid leave"), "number"),
        ],
        rows=rows,
        spec_url=f"{reverse('timekeeping:monthly_chart')}?month={found.span.month}",
    )


def _file(request: HttpRequest, found: MonthlyReport, form: str, now: datetime) -> HttpResponseBase:
    """The report as CSV or XLSX, a row for each figure, or as printed pages; that it was taken is on record."""
    access, name = access_of(request), f"time-and-equipment-{found.span.month}"
    if form == "pdf":
        response: HttpResponseBase = _printed(found, name, now)
    else:
        response = values_response(_SPEC, _lines(found), form=form, name=name, access=access, now=now)
    queries.note_taken(access, found.span, now)
    response["Cache-Control"] = "no-store, private"
    return response


_SPEC = ListSpec(
    code="time_and_equipment",
    columns=(
        Column(code="part", label=lazy("Part")),
        Column(code="what", label=lazy("What")),
        Column(code="measure", label=lazy("Measure")),
        Column(code="value", label=lazy("Value"), kind="number"),
        Column(code="unit", label=lazy("Unit")),
    ),
    sorts=(Sort("part", "part", (Key("part"),)),),
    default_sort="part",
    filters=(),
    fields=(),
)


def _lines(found: MonthlyReport) -> Iterator[list[Any]]:
    """Every figure of the page as a row: part, what, measure, value, unit. What is hidden has no value."""
    for month in found.months:
        yield from _month_lines(month)
    for person in found.rows:
        for measure, seconds in _of_person(person):
            yield [_("Person"), person.person, measure, _decimal(seconds), _("hours")]
        yield [_("Person"), person.person, _("Attendance exceptions"), person.hours.exceptions, _("count")]
    for kind, seconds in sorted(found.by_kind.items()):
        yield [_("Kind of time"), str(labels.KINDS[EntryKind(kind)]), _("Entered"), _decimal(seconds), _("hours")]
    for code, taken in _leave_rows(found):
        yield [_("Leave"), _leave_name(code, found.span.last_day), _("Taken"), _decimal(taken), _("hours")]
    for one in found.exceptions:
        name = str(labels.OCCURRENCES[OccurrenceKind(one.kind)])
        yield [_("Attendance"), name, _("Counts"), one.confirmed, _("count")]
        yield [_("Attendance"), name, _("Time that counts"), _decimal(one.seconds), _("hours")]
    for broken in found.malfunctions or ():
        yield [_("Malfunction"), broken.what, _("Did not work"), _decimal(broken.seconds), _("hours")]
        yield [_("Malfunction"), broken.what, _("People affected"), broken.people, _("count")]
        yield [_("Malfunction"), broken.what, _("Lost"), _decimal(broken.lost), _("hours")]


def _month_lines(month: MonthSums) -> Iterator[list[Any]]:
    for one in _MEASURES:
        yield [_("Month"), f"{month.month:%Y-%m}", str(one.words), one.number(month), str(_UNITS[one.unit])]


def _decimal(seconds: int | None) -> Any:
    return None if seconds is None else forms.decimal_hours(seconds)


def _of_person(row: Any) -> list[tuple[str, int]]:
    hours = row.hours
    pairs = [(_("Worked"), hours.worked), (_("Overtime"), hours.overtime), (_("Paid leave"), hours.leave)]
    return [*pairs, (_("Lost to malfunctions"), row.lost)]


def _printed(found: MonthlyReport, name: str, now: datetime) -> HttpResponse:
    data = {
        "title": _title(found),
        "city": profile.city().name,
        "summary": _("%(people)s people, workweeks from %(first)s to %(last)s.")
        % {
            "people": found.people,
            "first": texts.short_date(found.span.first_day),
            "last": texts.short_date(found.span.last_day),
        },
        "parts": list(_parts(found)),
        "foot": texts.full_time(now),
    }
    pdf = render_pdf("timekeeping/monthly.typ", data, language=get_language() or "en", now=now)
    headers = {"Content-Disposition": f'inline; filename="{name}.pdf"'}
    return HttpResponse(pdf, content_type="application/pdf", headers=headers)


def _what_is_unplanned(found: MonthlyReport) -> str:
    """What the last measure counts: the one that staff required shows and that is planned with."""
    words = _(
        "Unplanned shrinkage is what of rostered time was lost to sickness, lateness or absence without leave and to "
        "malfunctions: the same measure as on the page Staff required, over the weeks of this month."
    )
    some = found.now.unplanned
    if some.share is None:
        return f"{words} {_('Nothing of this month was measured: no schedule was published, or it is not over.')}"
    parts = _("%(rostered)s rostered: sick %(sick)s, late or not there %(away)s, malfunctions %(broken)s.") % {
        "rostered": _hours(some.rostered),
        "sick": _hours(some.sick),
        "away": _hours(some.not_there),
        "broken": _hours(some.malfunction),
    }
    return f"{words} {parts}"


def _part(title: str, heads: list[Any], rows: list[list[Any]], empty: str, note: str = "") -> dict[str, Any]:
    columns = [{"label": str(words), "align": "left" if not n else "right"} for n, words in enumerate(heads)]
    written = [[str(cell) for cell in row] for row in rows]
    return {"title": title, "columns": columns, "rows": written, "empty": empty, "note": note}


def _parts(found: MonthlyReport) -> Iterator[dict[str, Any]]:
    """The tables of the paper."""
    heads = [_("Measure"), _("This month"), _("Month before"), _("Difference")]
    yield _part(
        _("This month and the one before"),
        heads,
        [list(row) for row in _measures(found)],
        "",
        _what_is_unplanned(found),
    )
    months = [[texts.date_words(one.month, "M Y"), *_of_month(one)] for one in found.months]
    yield _part(_("Month by month"), [_("Month"), *(one.words for one in _MEASURES)], months, "")
    heads = [_("Person"), _("Worked"), _("Overtime"), _("Paid leave"), _("Lost to malfunctions"), _("Attendance")]
    people = [
        [one.person, *(_hours(seconds) for _w, seconds in _of_person(one)), one.hours.exceptions] for one in found.rows
    ]
    yield _part(_("Hours by person"), heads, people, _("There is nobody whose hours you read."))
    kinds = [[labels.KINDS[EntryKind(kind)], _hours(seconds)] for kind, seconds in sorted(found.by_kind.items())]
    yield _part(_("Hours by kind of time"), [_("Kind of time"), _("Hours")], kinds, _("Nobody entered time."))
    leave = [[_leave_name(code, found.span.last_day), _hours(seconds)] for code, seconds in _leave_rows(found)]
    few = _("Kinds that fewer than %(n)s people took are hidden.") % {"n": profile.city().small_cell}
    yield _part(_("Leave by kind"), [_("Leave"), _("Hours")], leave, _("Nobody was on leave."), few)
    heads = [_("Attendance"), _("Open"), _("Counts"), _("Excused"), _("Time that counts")]
    exceptions = [
        [labels.OCCURRENCES[OccurrenceKind(one.kind)], one.open, one.confirmed, one.excused, _hours(one.seconds)]
        for one in found.exceptions
    ]
    yield _part(_("Attendance exceptions"), heads, exceptions, _("Schedule and clock agreed."))
    if found.malfunctions is not None:
        heads = [_("Malfunction"), _("From"), _("Did not work"), _("People affected"), _("Lost")]
        rows = [
            [
                f"{traffic_words.MALFUNCTIONS[MalfunctionKind(one.kind)]}: {one.what}",
                f"{texts.short_date(one.started_at)} {texts.clock(one.started_at)}",
                _hours(one.seconds),
                one.people,
                _hours(one.lost),
            ]
            for one in found.malfunctions
        ]
        yield _part(_("Malfunctions"), heads, rows, _("Everything worked, as far as anybody said."))

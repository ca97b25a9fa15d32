"""Numbers of people: one's own week, with what one says about it, and the week of one's team."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from citydesk.city.profile import queries as profile
from citydesk.contact.traffic import forms, labels, queries
from citydesk.contact.traffic.choices import FIGURES, NUMBERS, TEAM_NUMBERS, MonitorCode
from citydesk.contact.traffic.queries import Monitor, Numbers
from citydesk.contact.traffic.rules.expected import HOUR, Compared
from citydesk.contact.traffic.services.numbers import note_number
from citydesk.contact.traffic.views.sheets import csv_file
from citydesk.contact.traffic.views.shown import name_in, show
from citydesk.kernel.actors import Access
from citydesk.kernel.acts import REFUSALS, Refusal
from citydesk.kernel.clock import utc_now
from citydesk.kernel.pages import access_of, needs
from citydesk.kernel.texts import count, duration_clock

_PERCENTS = frozenset({MonitorCode.TRANSFERS, MonitorCode.RECORDS})


@needs(NUMBERS, long=True)
@require_GET
def numbers(request: HttpRequest) -> HttpResponse:
    """The reader's own week, this one unless the address names another."""
    return _own(request)


def _own(request: HttpRequest, refusal: Refusal | None = None) -> HttpResponse:
    access, now = access_of(request), utc_now()
    asked = request.POST.get("week", "") if refusal else request.GET.get("week", "")
    week = _week(asked, now)
    found = queries.own_numbers(access=access, week=week, now=now)
    context = _around(week, now) | {
        "found": found,
        "figures": [_shown(one, found) for one in found.figures],
        "lines": _lines(found),
    }
    return show(request, "numbers.jinja", context, refusal)


@needs(NUMBERS)
@require_POST
def numbers_note(request: HttpRequest) -> HttpResponse:
    """Say something about a figure of one's own week."""
    now = utc_now()
    week = _week(request.POST.get("week", ""), now)
    try:
        note_number(
            week=week,
            figure=request.POST.get("figure", ""),
            text=request.POST.get("text", ""),
            access=access_of(request),
            now=now,
        )
    except REFUSALS as error:
        return _own(request, Refusal(request.POST.get("figure", ""), error, request.POST))
    return redirect(f"{reverse('traffic:numbers')}?week={week.isoformat()}")


@needs(NUMBERS, long=True)
@require_GET
def numbers_file(request: HttpRequest) -> HttpResponse:
    """One's own week as a file."""
    access, now = access_of(request), utc_now()
    week = _week(request.GET.get("week", ""), now)
    found = queries.own_numbers(access=access, week=week, now=now)
    return csv_file(f"numbers-{week.isoformat()}", _head(), _rows([found]))


@needs(TEAM_NUMBERS, long=True)
@require_GET
def team_numbers(request: HttpRequest) -> HttpResponse:
    """The week of the people of the reader's teams: the last one unless the address names another."""
    access, now = access_of(request), utc_now()
    week = _week(request.GET.get("week", ""), now, weeks_back=1)
    found = queries.team_numbers(access=access, week=week, now=now)
    context = _around(week, now) | {
        "people": [
            {
                "one": one,
                "figures": [_shown(figure, one) for figure in one.figures],
                "has_work": any(figure.own.denominator + figure.left_out for figure in one.figures),
            }
            for one in found
        ],
        "opens": [
            (labels.FIGURES[code], opens)
            for code, monitor in queries.figures_on(now).items()
            if (opens := queries.opens_on(week, monitor)) > profile.city_today(now)
        ],
    }
    return show(request, "team_numbers.jinja", context)


@needs(TEAM_NUMBERS, long=True)
@require_GET
def team_numbers_file(request: HttpRequest) -> HttpResponse:
    """The same as a file."""
    access, now = access_of(request), utc_now()
    week = _week(request.GET.get("week", ""), now, weeks_back=1)
    return csv_file(
        f"team-numbers-{week.isoformat()}",
        _head(),
        _rows(queries.team_numbers(access=access, week=week, now=now)),
    )


def own_card(access: Access, now: datetime) -> dict[str, Any]:
    """The reader's own today and this week for their opening page, beside what the week's mix lets expect."""
    brief = queries.own_brief(access=access, now=now)
    rows = [
        {
            "name": labels.FIGURES[week.code],
            "today": _written(week.code, today.own.value),
            "week": _written(week.code, week.own.value),
            "expected": _written(week.code, week.expected),
        }
        for today, week in brief.figures
    ]
    return {"brief": brief, "rows": rows}


def _week(text: str, now: datetime, weeks_back: int = 0) -> date:
    today = profile.city_today(now)
    found = queries.week_of(forms.day_or(text, today - timedelta(weeks=weeks_back)))
    return min(found, queries.week_of(today))


def _around(week: date, now: datetime) -> dict[str, Any]:
    later = week + timedelta(weeks=1)
    return {
        "week": week,
        "last_day": week + timedelta(days=6),
        "earlier": week - timedelta(weeks=1),
        "later": later if later <= profile.city_today(now) else None,
        "monitors": [_agreed(one) for one in queries.list_monitors(now)],
    }


def _agreed(monitor: Monitor) -> dict[str, Any]:
    return {
        "name": labels.FIGURES[monitor.code],
        "is_on": monitor.is_on,
        "agreement": name_in(monitor.agreement, ""),
        "days": monitor.own_first_days if monitor.code in FIGURES else None,
    }


def _shown(one: Compared, of: Numbers) -> dict[str, Any]:
    note = of.notes.get(one.code)
    return {
        "code": one.code.value,
        "name": labels.FIGURES[one.code],
        "definition": labels.FIGURE_DEFINITIONS[one.code],
        "value": _written(one.code, one.own.value),
        "expected": _written(one.code, one.expected),
        "sums": _sums(one),
        "share": "" if one.share is None else f"{100 * one.share:.0f} %",
        "left_out": one.left_out,
        "note": note.text if note else "",
        "noted_at": note.written_at if note else None,
    }


def _written(code: MonitorCode, value: float | None) -> str:
    if value is None:
        return ""
    if code == MonitorCode.PER_HOUR:
        return f"{value:.1f}"
    return f"{100 * value:.1f} %" if code in _PERCENTS else duration_clock(round(value))


def _parts(one: Compared) -> tuple[float, float]:
    """What stands above and below the line: contacts and hours of contacts by hour."""
    if one.code != MonitorCode.PER_HOUR:
        return one.own.numerator, one.own.denominator
    return one.own.numerator // HOUR, round(one.own.denominator / HOUR, 4)


def _sums(one: Compared) -> str:
    if not one.own.denominator:
        return ""
    above, below = _parts(one)
    if one.code == MonitorCode.PER_HOUR:
        return _("%(n)s in %(hours)s h") % {"n": count(above), "hours": f"{below:,.1f}"}
    return f"{count(above)} / {count(below)}"


def _lines(found: Numbers) -> list[dict[str, Any]]:
    services = profile.entries("services", found.week)
    return [
        {
            "queue": name_in(found.queues.get(one.cell.queue_id, {}), ""),
            "reason": name_in(services.get(one.cell.reason, {}).get("name", {}), one.cell.reason),
            "work": labels.WORK_CLASSES[one.cell.work],
            "contacts": one.own.contacts,
            "own": duration_clock(round(one.own.handle_s / one.own.contacts)),
            "expected": duration_clock(round(one.others.handle_s / one.others.contacts)) if one.others else "",
            "others": one.others.contacts if one.others else 0,
            "stood_for": labels.STOOD_FOR.get(one.stood_for, ""),
        }
        for one in found.lines
    ]


def _head() -> list[Any]:
    return [
        _("Week from"), _("Person"), _("Figure"), _("Numerator"), _("Denominator"), _("Value"), _("Expected"),
        _("Left out"), _("Definition"), _("What the person says"),
    ]  # fmt: skip


def _rows(people: Iterable[Numbers]) -> Iterable[list[Any]]:
    """Numerator by denominator is the value, in seconds, as a share or by hour; the file says what the page says."""
    for person in people:
        for one in person.figures:
            note = person.notes.get(one.code)
            above, below = _parts(one)
            yield [
                person.week.isoformat(),
                person.name,
                labels.FIGURES[one.code],
                above,
                below,
                "" if one.own.value is None else round(one.own.value, 4),
                "" if one.expected is None else round(one.expected, 4),
                one.left_out,
                labels.FIGURE_DEFINITIONS[one.code],
                note.text if note else "",
            ]

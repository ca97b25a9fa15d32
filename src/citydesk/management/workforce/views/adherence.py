"""Adherence and conformance: one's own first, a team's by day and week, one day down to the minutes."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_POST

from citydesk.city.profile import queries as profile
from citydesk.city.staff.rules import in_language
from citydesk.contact.traffic import queries as traffic
from citydesk.contact.traffic.choices import NUMBERS, MonitorCode
from citydesk.contact.traffic.services import note_number
from citydesk.kernel.clock import utc_now
from citydesk.kernel.pages import access_of, needs
from citydesk.management.workforce import labels
from citydesk.management.workforce.choices import ADHERENCE, OWN
from citydesk.management.workforce.queries import adherence as queries
from citydesk.management.workforce.queries.adherence import DayLook
from citydesk.management.workforce.queries.published import week_of
from citydesk.management.workforce.rules.adherence import Doing, Stretch
from citydesk.management.workforce.views.shown import chosen_day, show

_WIDTH = 1000
_HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Bar:
    """A stretch of a strip, in thousandths of its width."""

    x: float
    width: float
    doing: Doing


@needs(ADHERENCE, long=True)
@require_GET
def adherence(request: HttpRequest) -> HttpResponse:
    """The people of one's teams: a day, or the week it lies in."""
    now = utc_now()
    today = profile.city_today(now)
    # Without a day it opens at the last one that is not the people's own any more.
    day = min(chosen_day(request.GET.get("day", ""), queries.open_until(now) or today), today)
    is_week = request.GET.get("by") == "week"
    first, last = (week_of(day), week_of(day) + timedelta(days=6)) if is_week else (day, day)
    context = {
        "page": queries.team_adherence(access_of(request), first, last, now=now),
        "is_week": is_week,
        "day": day,
        "first": first,
        "last": last,
        "heads": [labels.dayname(first + timedelta(days=n)) for n in range(7)],
        **_around(day, is_week, today),
    }
    return show(request, "adherence.jinja", context, now)


@needs(OWN)
@require_GET
def my_adherence(request: HttpRequest) -> HttpResponse:
    """One's own week, before anybody else's."""
    now = utc_now()
    today = profile.city_today(now)
    day = min(chosen_day(request.GET.get("day", ""), today), today)
    first = week_of(day)
    access = access_of(request)
    context = {
        "line": queries.own_adherence(access, first, first + timedelta(days=6), now=now),
        "note": queries.own_note(access, first),
        "may_note": access.may(NUMBERS),
        "agreement": _agreement(now),
        "first": first,
        "today": today,
        **_around(day, True, today),
    }
    return show(request, "my_adherence.jinja", context, now)


@needs(NUMBERS)
@require_POST
def adherence_note(request: HttpRequest) -> HttpResponse:
    """Say something about a week of one's own; it stands beside the figures wherever others read them."""
    now = utc_now()
    week = week_of(chosen_day(request.POST.get("week", ""), profile.city_today(now)))
    note_number(
        week=week,
        figure=MonitorCode.ADHERENCE,
        text=request.POST.get("text", ""),
        access=access_of(request),
        now=now,
    )
    return redirect(f"{reverse('workforce:my_adherence')}?day={week.isoformat()}")


def _agreement(now: datetime) -> str:
    """What was agreed with labor about it, in the reader's language."""
    monitor = traffic.monitor_on(MonitorCode.ADHERENCE, now)
    return in_language(dict(monitor.agreement), get_language() or "") if monitor else ""


def _around(day: date, is_week: bool, today: date) -> dict[str, Any]:
    step = timedelta(days=7 if is_week else 1)
    return {"earlier": day - step, "later": day + step if day + step <= today else None}


@needs(OWN)
@require_GET
def adherence_day(request: HttpRequest, user_id: int, day: str) -> HttpResponse:
    """A person's day: the schedule above what was done, and every minute of it as a table."""
    now = utc_now()
    chosen = chosen_day(day, profile.city_today(now))
    name, look = queries.get_day(access_of(request), user_id, chosen, now=now)
    since, until = _shown_hours(look)
    context = {
        "name": name,
        "look": look,
        "is_own": user_id == access_of(request).actor.staff_id,
        "strips": {
            "planned": bars(look.plan, since, until),
            "actual": bars(look.actual, since, until),
        },
        "ticks": _ticks(since, until),
        "doings": [one for one in Doing if one is not Doing.AWAY],
    }
    return show(request, "adherence_day.jinja", context, now)


def _shown_hours(look: DayLook) -> tuple[datetime, datetime]:
    """From the full hour before anything until after everything, a whole number of ticks long."""
    moments = [at for one in (*look.plan, *look.actual) for at in (one.start, one.end)]
    if not moments:
        return look.window.start, look.window.end
    since = min(moments).replace(minute=0, second=0, microsecond=0)
    hours = -(-(max(moments) - since) // _HOUR)
    step = _step(hours)
    return since, since + -(-hours // step) * step * _HOUR


def _step(hours: int) -> int:
    """Every full hour is marked; every second or fourth one where there are many."""
    return 1 if hours <= 12 else 2 if hours <= 24 else 4


def bars(strip: tuple[Stretch, ...], since: datetime, until: datetime) -> list[Bar]:
    """A strip as parts of its width."""
    whole = (until - since).total_seconds() or 1.0
    return [
        Bar(
            round((one.start - since).total_seconds() / whole * _WIDTH, 2),
            round((one.end - one.start).total_seconds() / whole * _WIDTH, 2),
            one.doing,
        )
        for one in strip
        if one.doing is not Doing.AWAY
    ]


def _ticks(since: datetime, until: datetime) -> list[datetime]:
    """The moments marked below the strips, each at the begin of its part."""
    hours = (until - since) // _HOUR
    return [since + n * _HOUR for n in range(0, hours, _step(hours))]

"""The forecast of a queue's week, one slot with what it rests on, and a person's word beside it."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_GET, require_POST

from citydesk.city.profile import queries as profile
from citydesk.contact.traffic.choices import VIEW as TRAFFIC
from citydesk.contact.traffic.queries import QueueLine
from citydesk.contact.traffic.rules.intervals import day_bounds, slot_of
from citydesk.kernel.actors import Access
from citydesk.kernel.acts import Refusal, act_on, read
from citydesk.kernel.charts import Chart, ChartColumn, band_chart
from citydesk.kernel.clock import utc_now
from citydesk.kernel.lists import Column, Key, ListSpec, Sort, values_response
from citydesk.kernel.pages import access_of, needs
from citydesk.management.workforce import forms, services
from citydesk.management.workforce.choices import FORECAST, VIEW, ChangeKind
from citydesk.management.workforce.queries.forecasts import (
    ForecastWeek,
    PointRow,
    forecast_week,
    foretold_queues,
    get_point,
)
from citydesk.management.workforce.views.planning import WEEK, address, chosen, here, monday_of, show, with_nights

HUNDRED = Decimal(100)


@needs(VIEW)
@require_GET
def start(request: HttpRequest) -> HttpResponse:
    """Where planning begins; every page of it lies below this address."""
    return redirect("workforce:forecast")


@needs(VIEW, long=True)
@require_GET
def forecast(request: HttpRequest) -> HttpResponse:
    """A queue's week: values in force with their range, what came where it is over, overrides."""
    return _page(request, request.GET.get("queue", ""), request.GET.get("week", ""))


def _page(request: HttpRequest, queue_code: str, week: str, refusal: Refusal | None = None) -> HttpResponse:
    access, now = access_of(request), utc_now()
    queues = foretold_queues(access)
    queue = chosen(queues, queue_code, lambda one: one.code)
    monday = monday_of(week, profile.city_today(now))
    context: dict[str, Any] = {
        "queues": [(one.code, name_of(one)) for one in queues],
        "queue": queue,
        "queue_name": name_of(queue) if queue else "",
        "monday": monday,
        "may_override": access.may(FORECAST),
        "now_at": now,
    }
    if queue is not None:
        found = forecast_week(access, queue, monday, now)
        context |= _shown(found) | {
            "earlier": address("forecast", queue=queue.code, week=monday - WEEK),
            "later": address("forecast", queue=queue.code, week=monday + WEEK),
            "csv": address("forecast_file", queue=queue.code, week=monday),
        }
    return show(request, "forecast.jinja", context, refusal)


def _shown(found: ForecastWeek) -> dict[str, Any]:
    days = [found.monday + timedelta(days=one) for one in range(7)]
    by_place = {(one.slot, one.day): one for one in found.points}
    shown = [day for day in days if found.day(day)]
    slots = sorted({one.slot for one in found.points})
    return {
        "found": found,
        "days": [_day(day, found.day(day)) for day in shown],
        "grid": [(slot * found.queue.slot_minutes, [by_place.get((slot, day)) for day in shown]) for slot in slots],
        "chart": _chart(found) if found.points else None,
    }


def _day(day: date, points: Sequence[PointRow]) -> dict[str, Any]:
    came = [one.came for one in points if one.came is not None]
    return {
        "day": day,
        "value": sum(one.value for one in points),
        "model": sum(one.model for one in points),
        "came": sum(came) if len(came) == len(points) else None,
        "is_closed": all(one.is_closed for one in points),
        "is_overridden": any(one.is_overridden for one in points),
        "is_sure": all(one.is_sure for one in points),
        "factors": next((one.factors for one in points if one.factors), ()),
    }


def _chart(found: ForecastWeek) -> Chart:
    rows = [
        {
            "at": here(one.starts_at),
            "value": round(float(one.value), 1),
            "came": one.came,
            "low": round(one.low, 1),
            "high": round(one.high, 1),
        }
        for one in found.points
    ]
    columns = [ChartColumn("value", _("Forecast"), "number")]
    if any(one.came is not None for one in found.points):
        columns.append(ChartColumn("came", _("Came"), "number"))
    return band_chart(
        code="forecast",
        label=_("Contacts by half-hour with the range that holds 80 of 100"),
        at=ChartColumn("at", _("Slot")),
        low=ChartColumn("low", _("Low"), "number"),
        high=ChartColumn("high", _("High"), "number"),
        values=columns,
        rows=with_nights(rows, found.queue.slot_minutes),
        spec_url=address("forecast_chart", queue=found.queue.code, week=found.monday),
    )


def _asked(request: HttpRequest) -> ForecastWeek:
    access, now = access_of(request), utc_now()
    queue = chosen(foretold_queues(access), request.GET.get("queue", ""), lambda one: one.code)
    if queue is None:
        raise Http404
    monday = monday_of(request.GET.get("week", ""), profile.city_today(now))
    return forecast_week(access, queue, monday, now)


@needs(VIEW, long=True)
@require_GET
def forecast_chart(request: HttpRequest) -> JsonResponse:
    """The drawing of a week."""
    return JsonResponse(_chart(_asked(request)).spec)


_COLUMNS = (
    ("day", lazy("Day"), "text"),
    ("starts", lazy("Begins"), "text"),
    ("value", lazy("Forecast"), "number"),
    ("model", lazy("The model's value"), "number"),
    ("low", lazy("Low"), "number"),
    ("high", lazy("High"), "number"),
    ("came", lazy("Came"), "number"),
    ("marks", lazy("Marks"), "text"),
)


def spec_of(code: str, columns: Sequence[tuple[str, Any, str]]) -> ListSpec:
    """The columns of a file that no list page shows."""
    return ListSpec(
        code=code,
        columns=tuple(Column(code=one, label=words, kind=kind) for one, words, kind in columns),
        sorts=(Sort(columns[0][0], columns[0][0], (Key(columns[0][0]),)),),
        default_sort=columns[0][0],
    )


@needs(VIEW, long=True)
@require_GET
def forecast_file(request: HttpRequest) -> HttpResponseBase:
    """The week as CSV or XLSX."""
    found = _asked(request)
    values = (
        [
            one.day.isoformat(),
            timezone.localtime(one.starts_at).strftime("%H:%M"),
            one.value,
            one.model,
            round(one.low, 3),
            round(one.high, 3),
            one.came,
            ", ".join(marks_of(one)),
        ]
        for one in found.points
    )
    name = f"forecast-{found.queue.code}-{found.monday}"
    form = request.GET.get("as", "csv")
    spec = spec_of("forecast", _COLUMNS)
    return values_response(spec, values, form=form, name=name, access=access_of(request), now=utc_now())


def marks_of(one: PointRow) -> list[str]:
    """What is to be known of a slot besides its value."""
    marks = [
        (one.is_closed, pgettext("day", "closed")),
        (one.is_overridden, _("overridden")),
        (not one.is_sure, _("not sure")),
    ]
    return [words for is_so, words in marks if is_so]


@needs(VIEW)
@require_GET
def forecast_point(request: HttpRequest, point_id: int) -> HttpResponse:
    """One slot: the past slots it rests on, what they were multiplied by, the range, a person's word."""
    access = access_of(request)
    found = get_point(access, point_id)
    day, code = found.point.day, found.queue.code
    monday = day - timedelta(days=day.weekday())
    may_look = access.may(TRAFFIC)
    context = {
        "found": found,
        "queue_name": name_of(found.queue),
        "back": address("forecast", queue=code, week=monday),
        "basis": [
            (at, seen, f"{reverse('traffic:day')}?queue={code}&on={on.isoformat()}" if may_look else "")
            for on, at, seen in found.basis
        ],
        "may_override": access.may(FORECAST),
    }
    return show(request, "forecast_point.jinja", context)


@needs(FORECAST, long=True)
@require_POST
def forecast_act(request: HttpRequest) -> HttpResponse:
    """Put one's own word in, or take one back."""
    queue, week = request.POST.get("queue", ""), request.POST.get("week", "")
    given = request.POST.get("override", "")
    return act_on(
        request,
        {"override": _override, "end": _end},
        find=lambda access: int(given) if given.isdecimal() and len(given) < 18 else 0,
        refused=lambda refusal: _page(request, queue, week, refusal),
        done=lambda: redirect(address("forecast", queue=queue, week=week)),
    )


def _override(request: HttpRequest, record_id: int, access: Access, now: datetime) -> None:
    typed = read(forms.OverrideForm, request.POST)
    is_percent = typed["kind"] == "percent"
    services.override_forecast(
        queue_code=request.POST.get("queue", ""),
        **_span(typed["day"], typed["starts"], typed["ends"], now),
        kind=ChangeKind.FACTOR if is_percent else ChangeKind.TOTAL,
        amount=typed["amount"] / HUNDRED if is_percent else typed["amount"],
        reason=typed["reason"],
        access=access,
        now=now,
    )


def _span(day: date, starts: time | None, ends: time | None, now: datetime) -> dict[str, datetime]:
    """The stretch on the city's clock. A whole day that has begun is meant from its next quarter on."""
    zone = profile.local_zone()
    bounds = day_bounds(day, zone)
    begin = datetime.combine(day, starts, tzinfo=zone) if starts else bounds.since
    if not starts and bounds.since <= now < bounds.until:
        begin = slot_of(now, 15, zone) + timedelta(minutes=15)
    end = datetime.combine(day, ends, tzinfo=zone) if ends else bounds.until
    return {"starts_at": begin, "ends_at": max(end, begin + timedelta(minutes=1))}


def _end(request: HttpRequest, record_id: int, access: Access, now: datetime) -> None:
    services.end_override(override_id=record_id, access=access, now=now)


def name_of(queue: QueueLine) -> str:
    """A queue's name in the reader's language."""
    return queue.name.get(get_language() or "") or next(iter(queue.name.values()), queue.code)

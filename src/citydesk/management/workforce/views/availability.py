"""When I can work: the hours of every week and of single days, as a person says them."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.dates import WEEKDAYS
from django.views.decorators.http import require_GET, require_POST

from citydesk.kernel.actors import Access
from citydesk.kernel.acts import Act, Refusal, act_on, read, version_of
from citydesk.kernel.clock import utc_now
from citydesk.kernel.pages import access_of, needs
from citydesk.management.workforce import forms, labels, services
from citydesk.management.workforce.choices import OWN
from citydesk.management.workforce.queries import availability as queries
from citydesk.management.workforce.rules.availability import DayHours
from citydesk.management.workforce.views.shown import number, show


@needs(OWN)
@require_GET
def my_hours(request: HttpRequest) -> HttpResponse:
    """What one said, what became of it, and the forms to say it anew."""
    return _page(request)


def _page(request: HttpRequest, refusal: Refusal | None = None) -> HttpResponse:
    now = utc_now()
    page = queries.my_hours(access_of(request), now=now)
    act = refusal.act if refusal else ""
    context: dict[str, Any] = {
        "page": page,
        "weekdays": [(day, str(name)) for day, name in WEEKDAYS.items()],
        "modes": list(labels.DAY_MODES.items()),
        "week": refusal.typed.dict() if refusal and act == "week" else _written(page.week, str(page.today)),
        "day": refusal.typed.dict() if refusal and act == "days" else {"mode": "between"},
    }
    return show(request, "my_hours.jinja", context, now, refusal)


def _written(week: dict[int, DayHours], first: str) -> dict[str, str]:
    """The fields of the week as they stand."""
    found = {"first": first}
    for day, said in week.items():
        found[f"mode-{day}"] = said.mode
        for name in ("starts", "ends", "likes_from", "likes_until"):
            minute = getattr(said, name)
            found[f"{name}-{day}"] = "" if minute is None else labels.hours(minute).rjust(5, "0")
    return found


@needs(OWN)
@require_POST
def my_hours_act(request: HttpRequest) -> HttpResponse:
    """Say the week, say days, or take back what waits."""
    return act_on(
        request,
        _ACTS,
        find=lambda access: number(request.POST.get("statement", "")),
        refused=lambda refusal: _page(request, refusal),
        done=lambda: redirect("workforce:my_hours"),
    )


def _week(request: HttpRequest, record_id: int, access: Access, now: datetime) -> None:
    typed = read(forms.WeekHoursForm, request.POST)
    days = {day: forms.day_hours(typed, f"-{day}") for day in range(7)}
    services.say_week(first=typed["first"], days=days, access=access, now=now)


def _days(request: HttpRequest, record_id: int, access: Access, now: datetime) -> None:
    typed = read(forms.DayHoursForm, request.POST)
    said = forms.day_hours(typed)
    services.say_days(first=typed["day"], last=typed["last"], said=said, access=access, now=now)


def _withdraw(request: HttpRequest, record_id: int, access: Access, now: datetime) -> None:
    services.withdraw_statement(statement_id=record_id, access=access, now=now, version=version_of(request.POST))


_ACTS: dict[str, Act] = {"week": _week, "days": _days, "withdraw": _withdraw}

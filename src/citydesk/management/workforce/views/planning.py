"""What the pages of forecasts and staff required have in common: their tabs, the week and what is chosen."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from citydesk.kernel.actors import Access
from citydesk.kernel.acts import Refusal, shown_again
from citydesk.kernel.pages import access_of, render
from citydesk.management.workforce import labels
from citydesk.management.workforce.choices import COST, SCHEDULES, VIEW

WEEK = timedelta(days=7)
Row = TypeVar("Row")


def show(request: HttpRequest, template: str, context: dict[str, Any], refusal: Refusal | None = None) -> HttpResponse:
    """A page; a refused act comes back with what was typed."""
    values = {
        "tabs": planning_tabs(access_of(request)),
        "labels": labels,
        "clock_of": labels.clock,
        **shown_again(refusal),
        **context,
    }
    return render(request, f"workforce/{template}", values, status=refusal.status if refusal else 200)


def planning_tabs(access: Access) -> list[tuple[str, str]]:
    """The pages of planning that the reader may open."""
    known = (
        ("forecast", _("Forecast"), VIEW),
        ("backtest", _("How good it is"), VIEW),
        ("required", _("Staff required"), VIEW),
        ("schedules", _("Schedules"), SCHEDULES),
        ("what_if", _("What if"), VIEW),
        ("cost", _("Coverage and cost"), COST),
    )
    return [(reverse(f"workforce:{name}"), words) for name, words, right in known if access.may(right)]


def monday_of(text: str, today: date) -> date:
    """The Monday of the week a day of the address lies in; this week's for anything else."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = today
    day = day if 2000 <= day.year < 2100 else today
    return day - timedelta(days=day.weekday())


def chosen(found: Sequence[Row], code: str, name: Callable[[Row], str]) -> Row | None:
    """The one the address names, else the first."""
    return next((one for one in found if name(one) == code), found[0] if found else None)


def address(name: str, **given: Any) -> str:
    """A page's address with what is asked of it."""
    return f"{reverse(f'workforce:{name}')}?{urlencode(given)}"


def here(moment: datetime) -> str:
    """A moment on the city's clock as charts read it, without a zone."""
    return timezone.localtime(moment).strftime("%Y-%m-%dT%H:%M:%S")


def with_nights(rows: Sequence[dict[str, Any]], minutes: int) -> list[dict[str, Any]]:
    """Rows of a chart with an empty one after each day's last slot: no line is drawn through a night."""
    found: list[dict[str, Any]] = []
    for one in rows:
        if found and found[-1]["at"][:10] != one["at"][:10]:
            end = datetime.fromisoformat(found[-1]["at"]) + timedelta(minutes=minutes)
            found.append({**dict.fromkeys(one), "at": end.isoformat()})
        found.append(one)
    return found

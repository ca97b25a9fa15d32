"""What the desk foretells: last week's night and this one's, tried on the past, with a word of who supervises."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from citydesk.city.profile import queries as profile
from citydesk.contact.traffic.rules.intervals import day_bounds
from citydesk.kernel.actors import SYSTEM, Access
from citydesk.kernel.errors import CitydeskError
from citydesk.management.workforce import services
from citydesk.management.workforce.choices import ChangeKind
from citydesk.management.workforce.queries.groups import all_groups, taken_queues

WEEK = timedelta(days=7)
WEEKS_AHEAD = 4


def make_forecasts(year: Any) -> None:
    """Forecasts from last Monday and from today on, what they were worth, an override, and the staff they need."""
    now: datetime = year.end
    today = profile.city_today(now)
    last_monday = today - timedelta(days=today.weekday()) - WEEK
    for place, code in enumerate(taken_queues()):
        try:
            services.forecast_queue(queue_code=code, actor=SYSTEM, now=now, cutoff=last_monday)
            if not place:
                # The others are tried by the worker's first night.
                services.backtest_queue(queue_code=code, actor=SYSTEM, now=now)
            services.forecast_queue(queue_code=code, actor=SYSTEM, now=now)
        except CitydeskError:
            continue  # too short a past says nothing of what will come
    _override(year.office.supervisor, today, now)
    for group in all_groups():
        last = today + WEEKS_AHEAD * WEEK
        services.compute_requirement(group_code=group.code, first=last_monday, last=last, now=now)


def _override(boss: Access, today: date, now: datetime) -> None:
    """Next week's Friday is louder: letters of the water company arrive."""
    friday = today - timedelta(days=today.weekday()) + WEEK + timedelta(days=4)
    bounds = day_bounds(friday, profile.local_zone())
    codes = taken_queues()
    try:
        services.override_forecast(
            queue_code=codes[0] if codes else "",
            starts_at=bounds.since,
            ends_at=bounds.until,
            kind=ChangeKind.FACTOR,
            amount=Decimal("1.2"),
            reason="Letters about the new meters arrive that day",
            access=boss,
            now=now,
        )
    except CitydeskError:
        return  # nothing was foretold of that day

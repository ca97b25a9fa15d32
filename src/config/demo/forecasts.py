"""What the desk foretells: some weeks ago and this night, tried on the past, with a word of who supervises."""

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
from config.demo import told
from config.demo.schedules import first_planned

WEEK = timedelta(days=7)
WEEKS_AHEAD = 4


def foretell_past(year: Any) -> None:
    """What was foretold when the first planned week began, and the staff it asked for."""
    first = first_planned(profile.city_today(year.end))
    for code in taken_queues():
        _foretell(code, year.end, first)
    for group in all_groups():
        services.compute_requirement(group_code=group.code, first=first, last=first + WEEKS_AHEAD * WEEK, now=year.end)


def make_forecasts(year: Any) -> None:
    """The forecast from today on, what it was worth on the past, an override, and the staff it asks for."""
    now: datetime = year.end
    today = profile.city_today(now)
    for place, code in enumerate(taken_queues()):
        if not place:
            # The others are tried by the worker's first night.
            _backtest(code, now)
        _foretell(code, now)
    _override(year.office.supervisor, today, now)
    for group in all_groups():
        services.compute_requirement(group_code=group.code, first=today, last=today + WEEKS_AHEAD * WEEK, now=now)


def _foretell(code: str, now: datetime, cutoff: date | None = None) -> None:
    try:
        services.forecast_queue(queue_code=code, actor=SYSTEM, now=now, cutoff=cutoff)
    except CitydeskError:
        return  # too short a past says nothing of what will come


def _backtest(code: str, now: datetime) -> None:
    try:
        services.backtest_queue(queue_code=code, actor=SYSTEM, now=now)
    except CitydeskError:
        return  # as above


def _override(boss: Access, today: date, now: datetime) -> None:
    """Next week's Friday is louder, for the reason that the city's stories give."""
    reason = told.story("week").get("busy", "")
    if not reason:
        return
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
            reason=reason,
            access=boss,
            now=now,
        )
    except CitydeskError:
        return  # nothing was foretold of that day

"""All changes of the clock from 2024 to 2028 in six zones, and a clock that is set back by an hour while people work.

Due times, promises and open hours are compared with a count of minutes that knows nothing of calendars; days and hours
of charts with Python's own zones. Numbers, history, jobs and counts must hold whatever the wall clock says.
"""

import os
import random
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from citydesk.contact.service_requests.rules import sla
from citydesk.kernel.calendars import BusinessCalendar, always_open, parse_calendar
from tests.drills.conftest import FULL

pytestmark = [pytest.mark.drill, pytest.mark.timeout(3600)]

ZONES = ("America/New_York", "America/Chicago", "America/Los_Angeles", "America/Phoenix", "Pacific/Honolulu", "UTC")
YEARS = range(2024, 2029)
STARTS = 48 if FULL else 1  # at each change, for each calendar
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
# An office, a desk that is open all night, and one that opens at the hour that happens twice or never.
WEEKS = {
    "office": "08:00-17:00",
    "nights": "00:00-06:00, 22:00-24:00",
    "early": "01:00-03:00, 09:00-12:00",
}


@pytest.fixture
def seed():
    """The same choices in every short run: a fault of another day is found by the long ones, not by a merge."""
    number = int(os.environ.get("DRILL_SEED") or (random.SystemRandom().randrange(10**6) if FULL else 20261122))
    print(f"SEED={number}")
    return number


def changes(zone: str) -> list[datetime]:
    """The moments at which a zone's offset changes, and the turns of the years and leap days where nothing does."""
    at, found, tz = datetime(YEARS[0], 1, 1, tzinfo=UTC), [], ZoneInfo(zone)
    while at.year in YEARS:
        if at.astimezone(tz).utcoffset() != (at + HOUR).astimezone(tz).utcoffset():
            found.append(at + HOUR)
        at += HOUR
    days = [date(2024, 2, 29), date(2028, 2, 29), *(date(year, 1, 1) for year in YEARS)]
    return found + [datetime.combine(day, time(), tz).astimezone(UTC) for day in days]


def calendars(zone: str) -> list[BusinessCalendar]:
    days = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    return [
        always_open(zone),
        *(parse_calendar({"weekly": dict.fromkeys(days, week)}, zone, code) for code, week in WEEKS.items()),
    ]


def minutes_open(code: str, start: datetime, end: datetime, zone: str) -> int:
    """Counted minute by minute on the wall clock: no calendar, no arithmetic of moments but this one."""
    tz, count = ZoneInfo(zone), 0
    windows = [
        [int(one[:2]) * 60 + int(one[3:5]) for one in span.strip().split("-")]
        for span in WEEKS.get(code, "").split(",")
        if span
    ]
    for number in range(int((end - start) / MINUTE)):
        wall = (start + number * MINUTE).astimezone(tz)
        count += not windows or any(first <= wall.hour * 60 + wall.minute < last for first, last in windows)
    return count


def test_due_times_hold_at_every_change_of_the_clock(seed, report):
    chance, checked, at_changes = random.Random(seed), 0, 0
    for zone in ZONES:
        for change in changes(zone):
            at_changes += 1
            for calendar in calendars(zone) if FULL else [chance.choice(calendars(zone))]:
                starts = sorted(change + chance.randrange(-36 * 60, 12 * 60) * MINUTE for _ in range(STARTS))
                allowed = chance.choice((30, 60, 90, 240, 600)) * MINUTE
                dues = [check(calendar, zone, start, allowed, chance) for start in starts]
                assert all(one <= other for one, other in pairwise(dues)), (zone, calendar.code, starts)
                checked += len(dues)
    report(zones=len(ZONES), changes=at_changes, starts=checked, faults=0)


def check(
    calendar: BusinessCalendar, zone: str, start: datetime, allowed: timedelta, chance: random.Random
) -> datetime:
    """One clock of a request: its due time, the time used until then, a hold, and the closing of the day after."""
    due = sla.due_at(calendar, start, allowed)
    said = (zone, calendar.code, start.isoformat(), str(allowed), due.isoformat())
    assert sla.elapsed(calendar, start, due) == allowed, said
    assert minutes_open(calendar.code, start, due, zone) * MINUTE == allowed, said
    held = sla.Pause(start + 20 * MINUTE, start + 20 * MINUTE + chance.randrange(1, 300) * MINUTE)
    later = sla.due_at(calendar, start, allowed, [held])
    assert later >= due and sla.elapsed(calendar, start, later, [held]) == allowed, said
    closing = sla.closing_of_day(calendar, start, 1).astimezone(ZoneInfo(zone))
    wanted = start.astimezone(ZoneInfo(zone)).date() + timedelta(days=1)
    last = {"office": "17:00", "nights": "00:00", "early": "12:00"}.get(calendar.code, "00:00")
    assert closing.strftime("%H:%M") == last, said
    assert closing.date() == wanted + timedelta(days=last == "00:00"), said
    assert calendar.is_open(calendar.next_open(start)), said
    return due


def test_control_arithmetic_on_the_wall_clock_is_found_out(seed, report, monkeypatch):
    """Due times by adding to what the clock on the wall shows, as is easily written: the check must see it."""

    def naive(calendar, start, allowed, _pauses=(), *, at=None):
        wall = start.astimezone(calendar.tz).replace(tzinfo=None) + allowed
        return wall.replace(tzinfo=calendar.tz).astimezone(UTC)

    monkeypatch.setattr(sla, "due_at", naive)
    found, chance = 0, random.Random(seed)
    for change in changes("America/New_York")[:10]:
        try:
            check(always_open("America/New_York"), "America/New_York", change - 30 * MINUTE, HOUR, chance)
        except AssertionError:
            found += 1
    report(changes=10, found=found)
    assert found == 10


@pytest.mark.django_db
def test_days_and_hours_of_charts_are_those_of_the_zone(report):
    """The database's zones and Python's agree on day and hour around each change, so no chart loses or doubles one."""
    from django.db import connection

    moments = 0
    for zone in ZONES:
        at = [change + n * 15 * MINUTE for change in changes(zone) for n in range(-12, 12)]
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT (one AT TIME ZONE %s)::date, extract(hour FROM one AT TIME ZONE %s)::int"
                " FROM unnest(%s::timestamptz[]) WITH ORDINALITY AS t (one, n) ORDER BY n",
                [zone, zone, at],
            )
            rows = cursor.fetchall()
        local = [one.astimezone(ZoneInfo(zone)) for one in at]
        assert rows == [(one.date(), one.hour) for one in local], zone
        moments += len(at)
    report(zones=len(ZONES), moments=moments, faults=0)


# -- a clock that is set back ----------------------------------------------------------------------------------------

REQUESTS = 120 if FULL else 2


class Clock:
    """Moves on by some minutes with each look, and is set back by an hour now and then."""

    def __init__(self, chance, begin):
        self.chance, self.at, self.set_back = chance, begin, 0

    def look(self):
        if self.chance.random() < 0.25:
            self.at -= HOUR
            self.set_back += 1
        self.at += self.chance.randrange(1, 12) * MINUTE
        return self.at


@pytest.mark.django_db(transaction=True)
def test_a_clock_set_back_by_an_hour_breaks_nothing(seed, report):
    from citydesk.contact.service_requests.models import ClockPause, RequestClock, RequestFact, ServiceRequest
    from citydesk.contact.service_requests.services import refresh_request_facts as refresh_facts
    from citydesk.contact.service_requests.tests.factories import MORNING, everything, load_city, make_request
    from citydesk.kernel import sealer
    from citydesk.kernel.audit import history_of
    from citydesk.management.statistics.queries.freshness import find_differences

    load_city()
    access, chance = everything(), random.Random(seed)
    clock, numbers, done = Clock(chance, MORNING + timedelta(days=1)), [], 0
    for _ in range(REQUESTS):
        row = make_request("pothole", now=clock.look(), channel="email")
        numbers.append(row.number)
        done += live(row.pk, access, clock, chance)
        if chance.random() < 0.3:
            sealer.seal_entries(now=clock.look(), wait_seconds=60)
            refresh_facts(now=clock.look())
    sealer.seal_entries(now=clock.look(), wait_seconds=60)
    refresh_facts(now=clock.look())
    # Numbers are counted, never told from the time: unique, and in the order in which they were given.
    assert numbers == sorted(set(numbers)) and len(numbers) == REQUESTS
    assert sealer.verify_audit().bad_id is None
    for row in ServiceRequest.objects.all():
        codes = [one.code for one in history_of("service_requests.request", row.pk)]
        assert codes[-1] == "service_requests.recorded", (row.number, codes)
    assert not ClockPause.objects.filter(ended_at__lt=models_f("started_at")).exists()
    assert not RequestFact.objects.filter(elapsed_seconds__lt=0).exists()
    assert not RequestFact.objects.filter(hold_seconds__lt=0).exists()
    assert RequestFact.objects.count() == REQUESTS, "a request changed behind the counter's back"
    assert not RequestClock.objects.filter(stopped_at=None, request__is_open=False).exists()
    assert find_differences(date(2026, 11, 1), date(2027, 1, 1), "America/New_York") == {}
    report(requests=REQUESTS, acts=done, set_back=clock.set_back, doubled=0, lost=0)
    assert clock.set_back


def models_f(name):
    from django.db.models import F

    return F(name)


def live(request_id, access, clock, chance):
    """What happens to a request, each at what the clock says then; how many acts."""
    from citydesk.contact.service_requests import services

    services.take_it(request_id=request_id, access=access, now=clock.look())
    services.add_note(request_id=request_id, text="Called back", kind="internal", access=access, now=clock.look())
    review = clock.at + timedelta(days=2)
    services.hold(request_id=request_id, reason="weather", review_at=review, access=access, now=clock.look())
    services.resume(request_id=request_id, access=access, now=clock.look())
    if chance.random() < 0.7:
        services.close(request_id=request_id, reason="done", note="", access=access, now=clock.look())
        if chance.random() < 0.5:
            services.reopen(request_id=request_id, reason="It is back", access=access, now=clock.look())
    services.escalate_due(now=clock.look())
    services.end_overdue_holds(now=clock.look())
    return 7


@pytest.mark.django_db
def test_allowances_and_brakes_do_not_wait_for_the_clock_to_catch_up():
    from citydesk.city.staff import queries as staff
    from citydesk.city.staff import services as sign_in
    from citydesk.kernel.errors import TooMany
    from citydesk.kernel.throttle import throttle

    now = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
    for _ in range(3):
        throttle("drill", limit=3, per_seconds=60, now=now)
    with pytest.raises(TooMany):
        throttle("drill", limit=3, per_seconds=60, now=now)
    with pytest.raises(TooMany):  # no more than the usual disagreement of two clocks
        throttle("drill", limit=3, per_seconds=60, now=now - timedelta(seconds=5))
    back = now - HOUR
    with pytest.raises(TooMany):  # nothing for free, but it fills from here on
        throttle("drill", limit=3, per_seconds=60, now=back)
    throttle("drill", limit=3, per_seconds=60, now=back + timedelta(seconds=25))
    with pytest.raises(TooMany):
        throttle("drill", limit=3, per_seconds=60, now=back + timedelta(seconds=30))

    for _ in range(12):
        sign_in.note_failed_sign_in(login="dana", address="10.0.0.9", method="password", now=now)
    assert staff.sign_in_wait(login="dana", address="10.0.0.9", now=now) > 60
    assert staff.sign_in_wait(login="dana", address="10.0.0.9", now=back) == 0


@pytest.mark.django_db
def test_the_schedule_goes_on_after_the_clock_was_set_back(monkeypatch):
    """Every moment of a periodic task is deferred once; those ahead of a clock that was set back are forgotten."""
    import asyncio
    import time as clock

    from django.db import connection, connections

    from config.cli import work

    at = int(clock.time())
    with connection.cursor() as cursor:
        for moment in (at - 60, at + 5, at + 1800, at + 3600):
            cursor.execute(
                "INSERT INTO procrastinate_periodic_defers (task_name, periodic_id, defer_timestamp)"
                " VALUES ('drill', '', %s)",
                [moment],
            )
        monkeypatch.setattr(connections["default"], "close", lambda: None)
        assert work.forget_what_lies_ahead() == 2
    monkeypatch.setattr(work, "WATCH_SECONDS", 0.01)
    real, looked = clock.time, iter([0.0, 0.0, 5.0, 3600.0])
    monkeypatch.setattr(work.time, "time", lambda: real() - next(looked))
    with pytest.raises(work.ClockSetBack, match=r"by 3600 s|by 35\d\d s"):
        asyncio.run(work.watch_clock())

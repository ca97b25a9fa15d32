"""What a supervisor sees of all requests: late and due today by team, and what came since the desk closed."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from citydesk.city.staff.tests.factories import make_user
from citydesk.contact.service_requests import queries, services
from citydesk.contact.service_requests.models import ServiceRequest
from citydesk.contact.service_requests.tests.factories import HOUR, MORNING, everything, load_city, make_request
from citydesk.kernel.calendars import always_open, parse_calendar

HOURS = dict.fromkeys(("monday", "tuesday", "friday"), "08:00-17:00")
DESK = parse_calendar({"weekly": HOURS}, "America/New_York")
MONDAY = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)  # midnight in the city


@pytest.mark.parametrize(
    ("at", "closed"),
    [
        (MONDAY + 10 * HOUR, MONDAY - timedelta(days=3) + 17 * HOUR),  # Monday at ten: Friday's closing
        (MONDAY + 17 * HOUR, MONDAY + 17 * HOUR),  # the closing minute itself
        (MONDAY + 20 * HOUR, MONDAY + 17 * HOUR),
        (MONDAY + 34 * HOUR, MONDAY + 17 * HOUR),
    ],
)
def test_the_last_closing(at, closed):
    assert DESK.last_close(at) == closed


@given(minutes=st.integers(0, 60 * 24 * 400))
def test_after_the_last_closing_it_opened_once_at_most(minutes):
    at = MONDAY + timedelta(minutes=minutes)
    closed = DESK.last_close(at)
    assert closed <= at and not DESK.is_open(closed)
    assert DESK.business_between(closed, at) <= timedelta(hours=9)
    assert always_open("America/New_York").last_close(at) is None


@pytest.mark.django_db
def test_late_and_due_today_stand_by_team_and_the_nights_requests_are_counted():
    load_city()
    boss = everything()
    first, second = make_request("pothole"), make_request("pothole")
    works = ServiceRequest.objects.get(pk=first.pk).team_id
    ServiceRequest.objects.filter(pk=first.pk).update(due_at=MORNING - HOUR)
    ServiceRequest.objects.filter(pk=second.pk).update(due_at=MORNING + HOUR)
    told = queries.count_watch(boss, now=MORNING)
    [row] = [one for one in told["by_team"] if one["team_id"] == works]
    assert (row["open"], row["late"], row["today"]) == (2, 1, 1)
    assert (told["late"], told["due_today"], told["unassigned"]) == (1, 1, 2)
    closed = told["closed_at"]
    assert closed is None or closed <= MORNING
    assert told["of_night"] == (2 if closed else 0)
    # What somebody has is not of the night any more, and what is due tomorrow is not due today.
    services.take_it(request_id=first.pk, access=boss, now=MORNING)
    ServiceRequest.objects.filter(pk=second.pk).update(due_at=MORNING + 30 * HOUR)
    told = queries.count_watch(boss, now=MORNING)
    assert (told["due_today"], told["unassigned"]) == (0, 1)


@pytest.mark.django_db
def test_the_supervisors_page_says_it():
    load_city()
    make_request("pothole")
    client = Client()
    client.force_login(make_user("boss", roles=["supervisor"]))
    page = client.get("/desk/home/supervisor/").content.decode()
    assert "1 open, 0 late, 0 due today" in page

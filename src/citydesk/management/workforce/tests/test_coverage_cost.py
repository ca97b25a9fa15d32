"""Coverage and cost: every number of the page can be made again from what it leads to."""

import csv
import itertools
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from citydesk.city.profile.tests.factories import load_small
from citydesk.city.staff import queries as staff
from citydesk.city.staff.tests.factories import access_of, access_with, leave_teams, make_user
from citydesk.contact.traffic.tests.factories import answer_in_time, make_facts
from citydesk.kernel.clock import utc_now
from citydesk.kernel.errors import NotFound
from citydesk.management.timekeeping.tests.factories import work
from citydesk.management.workforce.choices import COST, ScheduleState
from citydesk.management.workforce.models import Schedule, StaffingGroup
from citydesk.management.workforce.queries.coverage_cost import cost_page, cover_week, month_span, year_span
from citydesk.management.workforce.rules.coverage_cost import (
    Cover,
    Paid,
    cost_of,
    cover_of,
    fiscal_year,
    on_duty,
    per_contact,
    weeks_between,
)
from citydesk.management.workforce.tests import forecast_cases, life_cases

MONDAY, TODAY = date(2026, 11, 2), date(2026, 11, 20)
NOW = datetime(2026, 11, 2, 11, 0, tzinfo=UTC)
SLOT = timedelta(minutes=30)


@given(st.lists(st.tuples(st.sampled_from([15, 30]), st.integers(0, 20), st.integers(0, 20)), max_size=30))
@settings(max_examples=60)
def test_what_is_required_and_over_less_under_is_what_is_scheduled(slots):
    found = cover_of(slots)
    assert found.required + found.over - found.under == found.scheduled
    assert cover_of(slots[:5]) + cover_of(slots[5:]) == found


def test_who_is_away_or_there_in_part_is_not_on_duty():
    at = datetime(2026, 11, 2, 14, 0, tzinfo=UTC)
    starts = [at + SLOT * one for one in range(4)]
    shift = (at - timedelta(minutes=10), at + timedelta(minutes=100))
    meal = (at + timedelta(minutes=30), at + timedelta(minutes=60))
    there = on_duty(30, starts, [(shift, [meal]), (shift, [])])
    assert [there[one] for one in starts] == [2, 1, 2, 0]


def test_an_hour_of_overtime_costs_half_as_much_again():
    paid = Paid(worked=45 * 3600, leave=3600, overtime=5 * 3600)
    assert cost_of(paid, Decimal("30")) == Decimal("1455.00")
    assert cost_of(paid + paid, Decimal("30")) == Decimal("2910.00")
    assert cost_of(Paid(worked=1), Decimal("34.50")) == Decimal("0.01")
    assert per_contact(Decimal("1455"), 200) == Decimal("7.28") and per_contact(Decimal(5), 0) is None


def test_every_week_lies_in_one_month_and_one_fiscal_year():
    months = [weeks_between(date(2026, n, 1), date(2026, n + 1, 1) - timedelta(days=1)) for n in range(1, 12)]
    weeks = [one for some in months for one in some]
    assert all(b - a == timedelta(days=7) for a, b in itertools.pairwise(weeks))
    assert fiscal_year(date(2026, 6, 30), 7) == (date(2025, 7, 1), date(2026, 6, 30))
    assert fiscal_year(date(2026, 7, 1), 7) == (date(2026, 7, 1), date(2027, 6, 30))
    assert weeks_between(date(2026, 11, 1), date(2026, 11, 1)) == (date(2026, 10, 26),)
    assert weeks_between(date(2026, 11, 2), date(2026, 11, 7)) == ()


def load(now=NOW):
    """A desk whose profile knows its queues and what an hour costs, with a week that was worked."""
    files = {name: text.replace("team.desk]", "team.desk_311]") for name, text in forecast_cases.FILES.items()}
    files["staffing.toml"] = files["staffing.toml"].replace('team = "desk"', 'team = "desk_311"')
    load_small({**life_cases.extra(), **files}, now=now)


@pytest.fixture
def desk(db):
    load()
    desk = life_cases.desk(monday=MONDAY, now=NOW)
    for day in range(5):
        work(desk.dana, MONDAY + timedelta(days=day), "08:00", "17:00", now=NOW + timedelta(days=9))
    work(desk.osei, MONDAY, "08:00", "12:00", now=NOW + timedelta(days=9))
    starts = [life_cases.at(MONDAY, 540), life_cases.at(MONDAY + timedelta(days=6), 540)]
    make_facts("calls", [(one, 40) for one in starts])
    make_facts("mail", [(starts[0], 20)])
    answer_in_time(15)
    return desk


def director():
    return access_with(COST)


@pytest.mark.django_db
def test_a_week_of_coverage_hours_cost_and_service_level(desk):
    found = cost_page(director(), month_span(MONDAY), TODAY).of("desk")
    week = found.weeks[1]
    assert [one.monday.day for one in found.weeks] == [26, 2, 9, 16, 23] and week.monday == MONDAY
    assert week.cover == Cover(required=2550, scheduled=5400, over=2910, under=60)
    assert week.paid == Paid(worked=49 * 3600, overtime=5 * 3600) and not week.is_few
    assert week.cost == Decimal("1545.00") and week.reached.answered == 95 and week.each == Decimal("16.26")
    assert (week.reached.in_time, week.reached.counted) == (30, 80)
    assert week.reached.level == Decimal("0.375") and week.reached.target == Decimal("0.8")
    assert week.is_published and week.is_over and not found.weeks[4].has_begun and found.weeks[4].cost is None
    assert found.total.cover.under == 60 and found.total.cost == week.cost and found.total.unpublished == 4
    assert found.rates[0].hourly == 30
    year = cost_page(director(), year_span(MONDAY, TODAY), TODAY).of("desk")
    assert year.total.cost == week.cost and year.weeks[0].monday == date(2026, 6, 29)
    assert year.weeks[-1].monday == date(2026, 11, 9)


@pytest.mark.django_db
def test_the_drill_adds_up_to_the_week_and_no_span_costs_more_statements(desk):
    cost_page(director(), month_span(MONDAY), TODAY)
    with CaptureQueriesContext(connection) as few:
        week = cost_page(director(), month_span(MONDAY), TODAY).of("desk").weeks[1]
    with CaptureQueriesContext(connection) as many:
        cost_page(director(), year_span(MONDAY, TODAY), TODAY)
    assert len(many) == len(few) <= 24, (len(few), len(many))
    drill = cover_week(director(), "desk", MONDAY, TODAY)
    assert drill.line == week
    assert cover_of((one.minutes, one.required, one.scheduled) for one in drill.slots) == week.cover
    waits = [level for _name, _answered, level, _target, waits in drill.queues if waits]
    assert sum(one.numerator for one in waits) == week.reached.in_time
    assert sum(answered for _name, answered, *_rest in drill.queues) == week.reached.answered
    with pytest.raises(NotFound):
        cover_week(director(), "nobody", MONDAY, TODAY)


@pytest.mark.django_db
def test_few_people_and_no_schedule_hide_what_they_must(desk):
    leave_teams(desk.id_of("osei"), desk.id_of("rosa"))
    Schedule.objects.update(state=ScheduleState.SUPERSEDED, superseded_at=NOW)
    found = cost_page(director(), month_span(MONDAY), TODAY).of("desk")
    week = found.weeks[1]
    assert week.is_few and week.paid == Paid() and week.cost is None and found.total.is_few and found.total.cost is None
    assert not week.is_published and week.cover == Cover(required=2550)


def client_of(access) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(staff.user_with_rights(access.actor.id, utc_now()))
    return client


@pytest.mark.django_db
def test_pages_files_and_who_may_open_them(desk):
    asked = {"day": "2026-11-10", "group": "desk"}
    for name, duty in (("gideon", "director"), ("fran", "finance")):
        client = client_of(access_of(make_user(name, roles=[duty])))
        page = client.get(reverse("workforce:cost"), asked).content.decode()
        assert "42.5" in page and "$1,545.00" in page and "37.5 %" in page and "80.0 %" in page
        assert not any(one in page for one in ("Dana", "Osei"))
    week = client.get(reverse("workforce:cost_week"), {"group": "desk", "week": "2026-11-02"}).content.decode()
    assert "Half-hour by half-hour" in week and "49.0" in week and "Dana" not in week
    assert client.get(reverse("workforce:cost_chart"), asked).json()["layer"]
    year = client.get(reverse("workforce:cost"), {**asked, "span": "year"})
    assert year.status_code == 200 and "fiscal year" in year.content.decode()
    text = b"".join(client.get(reverse("workforce:cost_file"), asked).streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(text.splitlines()))
    mine = next(one for one in rows if one["Week of"] == "2026-11-02")
    assert (mine["Hours required"], mine["Hours under"], mine["Cost"]) == ("42.50", "1.00", "1545.00")
    file = client.get(reverse("workforce:cost_week_file"), {"group": "desk", "week": "2026-11-02"})
    slots = list(csv.DictReader(b"".join(file.streaming_content).decode("utf-8-sig").splitlines()))
    assert sum(int(one["Minutes"]) * int(one["On duty"]) for one in slots) == 5400
    assert client.get(reverse("workforce:cost_file"), {**asked, "as": "xlsx"}).status_code == 200
    for stranger in (desk.dana, desk.auditor, desk.priscilla):
        boss = client_of(stranger)
        assert boss.get(reverse("workforce:cost"), asked).status_code == 404, stranger
    for name in ("cost_week", "cost_file", "cost_chart", "cost_week_file"):
        assert boss.get(reverse(f"workforce:{name}"), asked).status_code == 404, name


@pytest.mark.django_db
def test_a_city_without_groups_has_an_empty_page():
    load()
    StaffingGroup.objects.update(is_active=False)
    client = client_of(access_of(make_user("gideon", roles=["director"])))
    assert client.get(reverse("workforce:cost"), {"day": "2026-11-10"}).status_code == 200

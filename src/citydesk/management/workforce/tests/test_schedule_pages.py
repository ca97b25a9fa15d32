"""The planner's pages, as people of each duty use them."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from citydesk.city.staff import queries as staff
from citydesk.kernel.clock import utc_now
from citydesk.management.workforce.models import Contract, Pin, Requirement, Schedule, SolveRun
from citydesk.management.workforce.tests.planning_cases import MONDAY, give, planned, shifts, solved

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(db):
    return planned()


def client_of(access) -> Client:
    client = Client()
    client.force_login(staff.user_with_rights(access.actor.id, utc_now()))
    return client


def url(name, *args):
    return reverse(f"workforce:{name}", args=args)


def said(client, name, *args, **given):
    answer = client.get(url(name, *args), given)
    assert answer.status_code == 200, (name, answer.status_code)
    assert "no-store" in answer["Cache-Control"]
    return answer.content.decode()


def do(client, pk, act, **given):
    given |= {"version": Schedule.objects.values_list("row_version", flat=True).get(pk=pk)}
    return client.post(url("schedule_act", pk), {"act": act, **given})


def test_a_week_by_hand_from_the_list_to_publishing(desk):
    boss = client_of(desk.boss)
    answer = boss.post(url("schedules_act"), {"act": "begin", "group": desk.group.pk, "week": MONDAY.isoformat()})
    pk = Schedule.objects.get().pk
    assert answer["Location"] == url("schedule", pk)
    cell = {"user": desk.id_of("dana"), "day": MONDAY.isoformat()}
    given = {**cell, "template": "day", "start": "09:00", "length": "8:30", "has_meal": "1", "meal": ""}
    assert do(boss, pk, "set", **given)["Location"].endswith(f"?cell={cell['user']}-{cell['day']}&at=grid")
    assert do(boss, pk, "later", **cell).status_code == 302
    page = said(boss, "schedule", pk, cell=f"{cell['user']}-{cell['day']}")
    assert "09:30–18:00" in page and "Pinned" in page and "Unpin" in page
    refused = do(boss, pk, "set", **{**given, "start": "06:00"})
    assert refused.status_code == 409 and "Keep it anyway" in refused.content.decode()
    assert "Not available" in refused.content.decode()
    assert do(boss, pk, "set", **{**given, "start": "06:00", "anyway": "1", "reason": "Agreed"}).status_code == 302
    assert Pin.objects.get().breaches[0]["rule"] == "R2"
    Contract.objects.filter(user_id=desk.id_of("dana")).update(overtime_after=300)
    page = said(boss, "schedule", pk)
    assert "Overtime ahead" in page and "3:00 overtime" in page
    assert do(boss, pk, "publish").status_code == 409
    assert do(boss, pk, "publish", anyway="1", reason="Agreed").status_code == 302
    page = said(boss, "schedule", pk)
    assert "Published" in page and "Publish this week" not in page and 'name="act" value="set"' not in page
    assert said(client_of(desk.director), "schedule", pk)


def test_why_a_slot_is_short_names_what_stands_against_each(desk):
    row = solved(desk)
    Requirement.objects.update(required=4, scheduled=4)
    page = said(client_of(desk.boss), "schedule", row.pk, slot="0-540")
    assert "Why nobody comes" in page
    assert "has changed since this was solved" in page and "Provably" not in page
    assert "too few, why" in page and "Every half-hour in figures" in page
    for wrong in ("9-9", "x", "0-541", "0-", "-1-5", "99999999-1"):
        assert "Why nobody comes" not in said(client_of(desk.boss), "schedule", row.pk, slot=wrong)


def test_the_solver_is_asked_watched_and_stopped(desk):
    boss = client_of(desk.boss)
    pk = solved(desk).pk
    assert do(boss, pk, "solve", seconds="10", seed="2").status_code == 302
    assert "Stop and keep the best" in said(boss, "schedule", pk)
    assert "has not begun yet" in said(boss, "solving", pk)
    assert do(boss, pk, "stop").status_code == 302
    over = boss.get(url("solving", pk), headers={"HX-Request": "true"})
    assert over["HX-Refresh"] == "true"
    assert SolveRun.objects.latest("id").state == "failed" and Schedule.objects.get(pk=pk).state == "solved"
    Requirement.objects.all().delete()
    assert "Compute the staff required first" in do(boss, pk, "solve").content.decode()


def test_the_page_costs_the_same_for_more_people_and_shows_paper(desk):
    boss = client_of(desk.boss)
    pk = solved(desk).pk
    said(boss, "schedule", pk)
    with CaptureQueriesContext(connection) as many:
        said(boss, "schedule", pk)
    from citydesk.management.workforce.services.schedules import take_away

    rows = Schedule.objects.get(pk=pk).shifts.order_by("id").values_list("pk", flat=True)
    take_away(list(rows[2:]))
    Contract.objects.filter(user_id__in=[desk.id_of("theo"), desk.id_of("rosa")]).delete()
    with CaptureQueriesContext(connection) as few:
        said(boss, "schedule", pk)
    assert abs(len(many) - len(few)) <= 1 and len(many) <= 45, (len(many), len(few))
    paper = boss.get(url("schedule_pdf", pk))
    assert paper["Content-Type"] == "application/pdf" and paper.content.startswith(b"%PDF")


def test_contracts_and_availability_are_written_on_their_page(desk):
    boss, pk = client_of(desk.boss), desk.id_of("theo")
    assert "Theo" in said(boss, "contracts")
    page = said(boss, "contract", pk)
    fields = dict(re.findall(r'name="(\w+)" type="\w+" value="([^"]*)"', page))
    given = {**fields, "act": "contract", "first": "2026-12-07", "weekdays": ["0", "1", "2"], "max_days": "3"}
    assert boss.post(url("contract_act", pk), {**given, "max_minutes": "10", "min_minutes": "20"}).status_code == 400
    assert boss.post(url("contract_act", pk), {**given, "max_minutes": "24:00"}).status_code == 302
    row = Contract.objects.get(user_id=pk, first="2026-12-07")
    assert (row.max_minutes, row.weekdays, row.max_days) == (1440, [0, 1, 2], 3)
    say = {"act": "say", "kind": "cannot", "weekday": "1", "day": "", "starts": "12:00", "ends": "24:00", "weight": ""}
    assert boss.post(url("contract_act", pk), say).status_code == 302
    assert "Cannot work then" in said(boss, "contract", pk)
    assert boss.post(url("contract_act", pk), {**say, "starts": "late"}).status_code == 400
    assert boss.post(url("contract_act", pk), {"act": "end", "last": "2026-12-31"}).status_code == 302


def test_a_meeting_is_put_on_a_week_and_taken_off(desk):
    boss = client_of(desk.boss)
    pk = solved(desk).pk
    given = {"kind": "meeting", "title": "Huddle", "minutes": "30", "first": "2026-11-30", "last": "2026-12-01"}
    assert do(boss, pk, "gather", **given).status_code == 302
    page = said(boss, "schedule", pk)
    key = re.search(r'name="gathering" value="(\d+)"', page)[1]
    assert "Huddle" in page
    assert do(boss, pk, "gather", **{**given, "last": "2026-12-20"}).status_code == 400
    assert do(boss, pk, "drop", gathering=key).status_code == 302
    assert "Huddle" not in said(boss, "schedule", pk)


def test_nobody_sees_other_teams_and_only_planners_change(desk):
    pk = solved(desk).pk
    for access in (desk.stranger, desk.who["dana"]):
        assert client_of(access).get(url("schedule", pk)).status_code in (403, 404)
        assert client_of(access).get(url("contract", desk.id_of("theo"))).status_code in (403, 404)
    director = client_of(desk.director)
    assert "Publish this week" not in said(director, "schedule", pk)
    assert do(director, pk, "publish").status_code == 403
    give(desk, pk, "dana", 4, is_anyway=True)
    assert ("dana", 4) in shifts(pk)

"""The least people from opening until closing: in the profile, in the requirement with its reason, kept by the solver,
checked by the verifier."""

import tomllib
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.dateparse import parse_datetime

from citydesk.city.staff import queries as staff
from citydesk.city.staff.tests.factories import make_role, make_user
from citydesk.kernel.actors import SYSTEM
from citydesk.kernel.clock import utc_now
from citydesk.management.workforce import services
from citydesk.management.workforce.choices import Work
from citydesk.management.workforce.models import Requirement, StaffingGroup
from citydesk.management.workforce.queries.editor import get_editor, why_short
from citydesk.management.workforce.queries.explained import explain_slot
from citydesk.management.workforce.queries.groups import all_groups, profile_settings_on
from citydesk.management.workforce.queries.measured import shrinkage_look
from citydesk.management.workforce.queries.requirement import required_slots
from citydesk.management.workforce.rules.groups import QueueWork
from citydesk.management.workforce.rules.opening import Opening, opening_at
from citydesk.management.workforce.rules.requirement import Goal
from citydesk.management.workforce.rules.roster.problem import SlotNeed
from citydesk.management.workforce.rules.roster.shifts import Activity, Assignment, Kind
from citydesk.management.workforce.rules.roster.verifier import Rule, verify
from citydesk.management.workforce.rules.staffing import Demand, Promise, SlotDemand, staff_slots
from citydesk.management.workforce.services.solving import refuse_breaches
from citydesk.management.workforce.tests import forecast_cases
from citydesk.management.workforce.tests.forecast_cases import STAFFING, THANKSGIVING, TODAY, at, fill, load_desk
from citydesk.management.workforce.tests.planning_cases import NOW, planned, solved
from citydesk.management.workforce.tests.roster_cases import MORNING, desk

PROFILES = Path(__file__).parents[5] / "profiles"
TWO = Opening(2)


# --- rules -----------------------------------------------------------------------------------------------------------


def test_of_several_rows_the_one_that_asks_for_most_holds():
    evening = Opening(3, frozenset({4}), ((17 * 60, 19 * 60),))
    assert opening_at([TWO, evening], 4, 17 * 60 + 30, 30) == evening
    assert opening_at([TWO, evening], 4, 16 * 60, 30) == TWO
    # A slot that the hours reach into is one of theirs.
    assert opening_at([evening], 4, 16 * 60 + 45, 30) == evening
    assert opening_at([evening], 3, 18 * 60, 30) is None and opening_at([], 0, 0, 30) is None


CALLS = Promise(QueueWork("calls", Work.WAITS, 240.0, 180.0, 1, {}, 24.0), Goal(0.8, 20.0), 180.0, True)
MAIL = Promise(QueueWork("mail", Work.CAN_WAIT, 600.0, None, 1, {}, 2.0), Goal(0.9, 86_400.0), None, True)


def slots(*contacts, least=0, mail=0.0):
    return [
        SlotDemand({"calls": Demand(one, one, 240.0), "mail": Demand(mail, mail, 600.0)}, 0.25, least)
        for one in contacts
    ]


def test_where_hardly_anything_comes_the_opening_decides():
    found = staff_slots([CALLS], slots(0.0, 1.0, 60.0, least=2), 1800.0)
    alone = staff_slots([CALLS], slots(0.0, 1.0, 60.0), 1800.0)
    assert [one.required for one in alone][:2] == [0, 1]
    assert [(one.required, one.scheduled) for one in found] == [(2, 3), (2, 3), (alone[2].required, alone[2].scheduled)]
    assert all(one.required_high >= one.required and one.least == 2 for one in found)


def test_who_is_there_for_the_opening_does_the_mail_first():
    """Three hours of mail are due two hours after they came: people at an open desk have the time for it."""
    mail = 4.5
    added = sum(one.added for one in staff_slots([CALLS, MAIL], slots(*[1.0] * 8, mail=mail), 1800.0))
    held = staff_slots([CALLS, MAIL], slots(*[1.0] * 8, mail=mail, least=3), 1800.0)
    assert added > 0 and sum(one.added for one in held) < added
    assert all(one.required >= 3 for one in held)


def test_at_a_training_or_a_meal_nobody_is_at_the_desk():
    problem = replace(desk(), slot_needs=(SlotNeed(0, 540, 1, 1, 1), SlotNeed(0, 720, 1, 1, 1)))
    person = problem.people[0].code
    there = Assignment(person, 0, MORNING)
    floors = [one for one in verify(problem, [there]) if one.rule == Rule.FLOOR]
    assert [one.text for one in floors] == ["0 of at least 1 at 12:00"], "the meal"
    away = replace(there, activities=(Activity(540, 600, Kind.TRAINING),))
    assert len([one for one in verify(problem, [away]) if one.rule == Rule.FLOOR]) == 2
    pause = replace(there, activities=(Activity(545, 560, Kind.BREAK),))
    assert len([one for one in verify(problem, [pause]) if one.rule == Rule.FLOOR]) == 1


# --- the profiles ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("city", sorted(one.parent.name for one in PROFILES.glob("*/staffing.toml")))
def test_every_group_of_every_profile_says_with_whom_it_opens_and_why(city):
    groups = tomllib.loads((PROFILES / city / "staffing.toml").read_text(encoding="utf-8"))["staffing"]
    assert groups
    for group in groups.values():
        assert group["open_with"], city
        assert all(one["people"] >= 1 and one["why"]["en"] and one["why"]["es"] for one in group["open_with"])
        # At all open hours somebody is asked for: one row at least names none.
        assert any("hours" not in one and "weekdays" not in one for one in group["open_with"]) or city == "houston"


OPEN_WITH = """
[[staffing.desk.open_with]]
people = 2
why = {en = "Nobody is alone with callers.", es = "Nadie se queda solo."}
[[staffing.desk.open_with]]
people = 30
weekdays = ["friday"]
hours = "08:00-09:00"
why = {en = "The market.", es = "El mercado."}
[[staffing.desk.open_with]]
people = 4
queue = "mail"
weekdays = ["tuesday"]
why = {en = "The mail is opened by four.", es = "El correo lo abren cuatro."}
[[staffing.desk.queues]]
queue = "calls"
"""
# The mail is open at other hours than the office.
QUEUES = forecast_cases.QUEUES.replace('calendar = "office"\norder = 2', 'calendar = "always"\norder = 2')


@pytest.fixture
def opened(db):
    """A desk that opens with two, and on Fridays at eight with thirty; hardly anybody calls."""
    staffing = STAFFING.replace('[[staffing.desk.queues]]\nqueue = "calls"\n', OPEN_WITH, 1)
    load_desk({"staffing.toml": staffing, "queues.toml": QUEUES})
    fill("calls", count=lambda _day, slot: 1 if slot > 20 else 0)
    services.forecast_queue(queue_code="calls", actor=SYSTEM, now=forecast_cases.NOW)


def by_slot(day):
    group = StaffingGroup.objects.get(code="desk").pk
    first = at(day, 0)
    return {round((one.starts_at - first) / timedelta(minutes=30)): one for one in required_slots(group, day, day)}


def test_the_requirement_holds_it_in_each_open_slot_and_in_no_closed_one(opened):
    services.compute_requirement(
        group_code="desk", first=TODAY, last=TODAY + timedelta(days=13), now=forecast_cases.NOW
    )
    assert profile_settings_on("desk", TODAY).openings[0].people == 2
    tomorrow = by_slot(TODAY + timedelta(days=1))
    assert sorted(tomorrow) == [*range(16, 24), *range(26, 34)], "the office's hours, without the noon hour"
    assert {(one.least, one.required) for one in tomorrow.values()} == {(2, 2)}
    assert all(one.least == 0 and one.required == 0 for one in by_slot(THANKSGIVING).values())
    friday = by_slot(THANKSGIVING + timedelta(days=8))
    assert [friday[slot].required for slot in (16, 17, 18)] == [30, 30, 2]
    tuesday = by_slot(TODAY + timedelta(days=7))
    assert sorted(tuesday) == [*range(48)], "that queue is never closed"
    assert {one.least for one in tuesday.values()} == {4}


def test_the_page_shows_it_as_a_reason_of_its_own(opened):
    friday = THANKSGIVING + timedelta(days=8)
    services.compute_requirement(group_code="desk", first=friday, last=friday, now=forecast_cases.NOW)
    row = Requirement.objects.get(starts_at=at(friday, 16))
    group = all_groups()[0]
    found = explain_slot(row, group, shrinkage_look(group, friday))
    assert (found.opening, row.least, found.idle) == ("The market.", 30, 30)
    client = Client()
    client.force_login(make_user("ann", roles=[make_role("planner", ["workforce.view"])]))
    asked = {"group": "desk", "week": (friday - timedelta(days=4)).isoformat(), "slot": row.starts_at.isoformat()}
    page = client.get(reverse("workforce:required"), asked).content.decode()
    assert "The desk opens with 30 people at least. The market." in page
    assert "This decides: what comes asks for 30 fewer." in page
    file = b"".join(client.get(reverse("workforce:required_file"), asked).streaming_content).decode()
    assert "Opens with at least" in file and parse_datetime(asked["slot"]) == row.starts_at


# --- the solver ------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_solver_keeps_it_and_what_nobody_can_keep_is_named():
    case = planned(required=1)
    Requirement.objects.update(least=2, required=2, scheduled=2)
    row = solved(case)
    page = get_editor(case.boss, row.pk, now=NOW)
    assert {one.floor for one in page.week.problem.slot_needs} == {2}
    # Two of four are there in each slot of each day, at noon too: meals are taken in turn.
    assert not [one for one in verify(page.week.problem, page.week.roster) if one.rule == Rule.FLOOR]

    monday = Requirement.objects.order_by("day").values_list("day", flat=True)[0]
    Requirement.objects.filter(day=monday).update(least=5, required=5, scheduled=5)
    page = get_editor(case.boss, row.pk, now=NOW)
    refuse_breaches(page.week, page.week.roster)
    assert {(one.rule, one.day) for one in page.breaches} == {(Rule.FLOOR, 0)}
    assert "of at least 5" in page.breaches[0].text
    assert why_short(page, 0, 600).hole.day == 0
    client = Client()
    client.force_login(staff.user_with_rights(case.boss.actor.id, utc_now()))
    assert "R8" in client.get(reverse("workforce:schedule", args=[row.pk])).content.decode()

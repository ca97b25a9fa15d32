"""Slots that need skills: in the profile, kept by the solver, checked by the verifier, explained on the page."""

import pytest
from django.test import Client
from django.urls import reverse

from citydesk.city.staff import queries as staff
from citydesk.city.staff.tests.factories import give_skill
from citydesk.kernel.clock import utc_now
from citydesk.management.workforce.queries import weeks
from citydesk.management.workforce.queries.editor import get_editor, why_short
from citydesk.management.workforce.queries.groups import profile_settings_on
from citydesk.management.workforce.rules.roster.problem import SlotNeed
from citydesk.management.workforce.rules.roster.verifier import Rule, verify
from citydesk.management.workforce.rules.skill_needs import SkillNeed, skill_needs_of, skill_stretches
from citydesk.management.workforce.services.solving import refuse_breaches
from citydesk.management.workforce.tests import forecast_cases
from citydesk.management.workforce.tests.planning_cases import MONDAY, NOW, planned, solved

SPANISH = SkillNeed("spanish", 1, frozenset({0, 1}), ((600, 720),))


def test_needs_hold_on_their_days_and_hours_and_the_greater_of_two_counts():
    slots = [SlotNeed(day, start, 2, 1) for day in range(3) for start in (570, 600, 690, 720)]
    needs = skill_needs_of(
        slots, [SPANISH, SkillNeed("spanish", 2, frozenset({1})), SkillNeed("notary", 1, windows=())]
    )
    spanish = {(one.day, one.start): (one.target, one.minimum, one.floor) for one in needs if one.skill == "spanish"}
    assert spanish == {
        (0, 600): (1, 1, 1), (0, 690): (1, 1, 1), (1, 570): (2, 2, 2), (1, 600): (2, 2, 2), (1, 690): (2, 2, 2),
        (1, 720): (2, 2, 2),
    }  # fmt: skip
    assert sum(one.skill == "notary" for one in needs) == 12
    assert skill_needs_of(needs, [SPANISH]) == ()


@pytest.mark.django_db
def test_the_profile_says_which_skills_slots_need():
    files = {**forecast_cases.FILES, "skills.toml": '[skill.spanish]\nname = {en = "Spanish", es = "Español"}\n'}
    files["staffing.toml"] = files["staffing.toml"].replace(
        "[flag.bills]",
        '[[staffing.desk.skills]]\nskill = "spanish"\nat_least = 2\n'
        'weekdays = ["monday", "friday"]\nhours = "10:00-12:00"\n[flag.bills]',
    )
    forecast_cases.have_small(files, now=NOW)
    assert profile_settings_on("desk", MONDAY).skills == (
        SkillNeed("spanish", 2, frozenset({0, 4}), ((600, 720),)),
    )  # fmt: skip


@pytest.mark.django_db
def test_the_solver_keeps_the_skill_there_and_says_why_where_nobody_can_come(monkeypatch):
    monkeypatch.setattr(weeks, "skill_needs_on", lambda code, on: (SPANISH,))
    desk = planned()
    give_skill(desk.id_of("theo"), "spanish")
    row = solved(desk)
    page = get_editor(desk.boss, row.pk, now=NOW)
    assert page.skills and not any(one.short for one in page.skills)
    assert {(one.day, one.start, one.end) for one in page.skills} == {(0, 600, 720), (1, 600, 720)}
    assert not [one for one in verify(page.week.problem, page.week.roster) if one.rule == Rule.FLOOR]
    client = Client()
    client.force_login(staff.user_with_rights(desk.boss.actor.id, utc_now()))
    assert "Skills that slots need" in client.get(reverse("workforce:schedule", args=[row.pk])).content.decode()

    # Two are asked for and one person speaks it: kept, named by the verifier, explained person by person.
    two = SkillNeed("spanish", 2, frozenset({0}), ((600, 660),))
    monkeypatch.setattr(weeks, "skill_needs_on", lambda code, on: (two,))
    page = get_editor(desk.boss, row.pk, now=NOW)
    refuse_breaches(page.week, page.week.roster)
    assert [(one.asked, one.there, one.short) for one in page.skills] == [(2, 1, 1)]
    assert {one.rule for one in page.breaches} == {Rule.FLOOR}
    why = why_short(page, 0, 600, "spanish")
    assert why.hole.skill == "spanish" and all(one.breaches[0].rule == Rule.SKILL for one in why.candidates)
    assert len(why.candidates) == 3
    text = client.get(reverse("workforce:schedule", args=[row.pk]), {"slot": "0-600-spanish"}).content.decode()
    assert "with the skill: spanish" in text and "Without the skill that is asked for" in text
    assert skill_stretches(page.week.problem, ())[0].short == 2

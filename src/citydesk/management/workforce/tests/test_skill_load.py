"""Skills that a load asks for: its share of the forecast, the people that takes, and a planner's word on it."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from citydesk.city.staff import queries as staff
from citydesk.city.staff.tests.factories import access_of, make_role, make_team, make_user
from citydesk.contact.interactions.tests.factories import Interaction, clerk, make_contact
from citydesk.contact.traffic.choices import Formula
from citydesk.contact.traffic.tests.factories import tell_from_desk
from citydesk.kernel import audit
from citydesk.kernel.clock import utc_now
from citydesk.kernel.errors import Conflict, Invalid, NotAllowed
from citydesk.management.workforce import services
from citydesk.management.workforce.choices import PLAN, VIEW
from citydesk.management.workforce.models import Requirement, SkillSetting, StaffingGroup
from citydesk.management.workforce.queries.groups import get_group
from citydesk.management.workforce.queries.skills import skill_needs_on, skills_look
from citydesk.management.workforce.rules.loads import Load
from citydesk.management.workforce.rules.requirement import Goal, required
from citydesk.management.workforce.rules.skill_load import Evidence, LoadSlot, Pool, Seen, propose
from citydesk.management.workforce.rules.skill_needs import SkillNeed
from citydesk.management.workforce.tests.forecast_cases import NOW, TODAY, at, load_desk

GOAL = Goal(0.8, 20.0, Formula.NET_OF_SHORT, 5.0)
SKILLS = '[skill.spanish]\nname = {en = "Spanish", es = "Español"}\nlanguage = "es"\n'
NEXT = TODAY + timedelta(days=6)


def slot(minute, contacts, *, weekday=0, people=20, shrinkage=0.25, queue="calls"):
    return LoadSlot(weekday, minute, 30, people, shrinkage, (Pool(GOAL, 180.0, ((queue, contacts, 240.0),)),))


def test_a_share_of_few_takes_the_whole_day_and_of_too_few_says_nothing():
    found = Evidence({("calls", 5): Seen(40, 12, 12, 3600), ("calls", 6): Seen(20, 3), ("mail", 5): Seen(29, 29)})
    assert (found.share("calls", 600).value, found.share("calls", 600).is_wide) == (0.3, False)
    assert (found.share("calls", 720).value, found.share("calls", 720).is_wide) == (0.25, True)
    assert found.share("mail", 600) is None
    assert Evidence({}, {"spanish_line": 1.0}).share("spanish_line", 0).value == 1.0
    measured = Evidence({("calls", 5): Seen(100, 40, 30, 9000)}).share("calls", 600)
    assert measured.handle == 300.0 and found.share("calls", 600).handle is None


def test_the_share_is_a_load_of_its_own_with_the_queues_promise():
    seen = Evidence({("calls", 5): Seen(40, 12)})
    (row,) = propose([slot(minute, 40, weekday=day) for day in (0, 2) for minute in (600, 630)], seen)
    alone = required(Load(12 / 1800, 240.0, 180.0), GOAL)
    assert (row.weekdays, row.opens, row.closes) == ((0, 2), 600, 660)
    assert row.agents == alone.agents and row.level == pytest.approx(alone.service_level)
    assert row.level >= 0.8 > row.level_of_fewer and row.erlangs == pytest.approx(1.6)
    assert row.at_least == -(-alone.agents * 4 // 3)  # with a quarter of shrinkage, rounded up
    assert (row.contacts, row.of) == (pytest.approx(48), 160)
    # Never more than are rostered; nobody for hardly anybody, nor where nothing is known.
    assert propose([slot(600, 40, people=2)], seen)[0].at_least == 2
    assert propose([slot(600, 0.5)], seen) == () == propose([slot(600, 40, queue="web")], seen)
    assert propose([slot(600, 40)], Evidence({("calls", 5): Seen(40, 0)})) == ()


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(16, 35), st.floats(0, 60)), max_size=20), st.integers(0, 40))
def test_more_who_need_it_never_take_fewer_and_hours_never_overlap(some, asking):
    slots = [
        slot(30 * place, contacts, weekday=day) for day, place, contacts in {one[:2]: one for one in some}.values()
    ]
    most = {}
    for count in (asking, 40):
        rows = propose(slots, Evidence({("calls", block): Seen(40, count) for block in range(12)}))
        hours = [(day, minute) for one in rows for day in one.weekdays for minute in range(one.opens, one.closes, 30)]
        assert len(hours) == len(set(hours))
        most[count] = sum(one.at_least * (one.closes - one.opens) * len(one.weekdays) for one in rows)
    assert most[asking] <= most[40]


@pytest.fixture
def desk(db):
    """Forty contacts at ten o'clock whose language is known, twelve of them in Spanish; next Monday is reckoned."""
    load_desk({"skills.toml": SKILLS})
    first = make_contact(clerk(), now=NOW)
    model = Interaction.objects.get(number=first.number)
    for place in range(40):
        model.pk, model.number, model.language = None, f"IN-26-9{place:05d}", "es" if place < 12 else "en"
        model.save(force_insert=True)
        begin = at(TODAY - timedelta(days=1), 20) + timedelta(minutes=place)
        tell_from_desk("calls", model.number, begin)
    part = {
        "work": "waits", "contacts": 40, "felt": 40, "handle_s": 240, "patience_s": 180, "is_usual_patience": True,
        "erlangs": 5.3, "agents": 7, "queue": "calls", "formula": "net_of_short", "target": 0.8, "threshold_s": 20,
        "short_s": 5, "most_busy": None, "level": 0.8,
        "queues": [{"code": "calls", "contacts": 40, "handle_s": 240, "is_usual_handle": False}],
    }  # fmt: skip
    Requirement.objects.create(
        group=StaffingGroup.objects.get(code="desk"), day=NEXT, starts_at=at(NEXT, 20), minutes=30, contacts=40,
        high=50,
        handle_s=240, required=7, required_high=8, scheduled=10, shrinkage="0.25", parts=[part], made_at=NOW,
    )  # fmt: skip
    role = make_role("plans_skills", [VIEW, PLAN])
    return access_of(make_user("priscilla", roles=[role], teams=[make_team("desk")]), NOW)


def test_the_proposal_is_shown_with_its_reasons_taken_over_changed_and_given_back(desk):
    look = skills_look(get_group("desk"), NEXT, TODAY)
    (spanish,) = look.looks
    (row,) = spanish.rows
    assert [(one.known, one.asking, one.is_enough) for one in spanish.queues] == [(40, 12, True)]
    assert (row.opens, row.closes, row.contacts) == (600, 630, pytest.approx(12.0)) and look.in_force == ()
    client = Client(raise_request_exception=False)
    client.force_login(staff.user_with_rights(desk.actor.id, utc_now()))
    asked = {"group": "desk", "week": NEXT.isoformat()}
    page = client.get(reverse("workforce:required"), asked).content.decode()
    assert "required/skills/" in page

    # A planner asks for one more than the load does; both are kept.
    need = SkillNeed("spanish", row.at_least + 1, frozenset({0}), ((600, 630),))
    services.set_skills(group_code="desk", needs=[need], proposed={need: row.at_least}, access=desk, now=NOW)
    kept = SkillSetting.objects.get()
    assert kept.needs[0]["proposed"] == row.at_least == kept.needs[0]["at_least"] - 1 and kept.first == NEXT
    assert skill_needs_on("desk", NEXT) == (need,) and skill_needs_on("desk", TODAY) == ()
    assert skills_look(get_group("desk"), NEXT, TODAY).at_least("spanish", row) == row.at_least + 1
    assert audit.history_of("workforce.group", get_group("desk").id)
    for wrong in (SkillNeed("magic", 1), SkillNeed("spanish", 101), SkillNeed("spanish", 1, windows=((700, 600),))):
        with pytest.raises(Invalid):
            services.set_skills(group_code="desk", needs=[wrong], proposed={}, access=desk, now=NOW)
    stranger = access_of(make_user("stranger", roles=[make_role("plans_other", [VIEW, PLAN])]), NOW)
    with pytest.raises(NotAllowed):
        services.drop_skills(group_code="desk", access=stranger, now=NOW)
    services.drop_skills(group_code="desk", access=desk, now=NOW)
    assert skill_needs_on("desk", NEXT) == () and SkillSetting.objects.count() == 2
    with pytest.raises(Conflict):
        services.drop_skills(group_code="desk", access=desk, now=NOW)


def test_the_page_takes_the_numbers_of_its_form(desk, monkeypatch):
    monkeypatch.setattr(import_module("citydesk.management.workforce.views.skills"), "utc_now", lambda: NOW)
    client = Client(raise_request_exception=False)
    client.force_login(staff.user_with_rights(desk.actor.id, utc_now()))
    asked = {"group": "desk", "week": NEXT.isoformat()}
    page = client.get(reverse("workforce:skills"), asked).content.decode()
    field = 'name="at_least|spanish|0|600-630"'
    assert field in page and "12.0 of 40.0" in page and "30.0 %" in page and "one fewer" in page
    taken = {**asked, "act": "take", "at_least|spanish|0|600-630": "2"}
    assert (
        client.post(reverse("workforce:skills_act"), {**taken, "at_least|spanish|0|600-630": "two"}).status_code == 400
    )
    assert client.post(reverse("workforce:skills_act"), taken).status_code == 302
    assert [one["at_least"] for one in SkillSetting.objects.get().needs] == [2]
    shown = client.get(reverse("workforce:skills"), asked).content.decode()
    assert "In force is version 1" in shown and f'{field} value="4"' in shown
    assert client.post(reverse("workforce:skills_act"), {**asked, "act": "drop"}).status_code == 302
    assert SkillSetting.objects.count() == 2

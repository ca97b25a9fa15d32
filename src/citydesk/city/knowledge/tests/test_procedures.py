"""One procedure of several departments: approved by another person, accepted by each, with what each does otherwise."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from citydesk.city.knowledge import queries, rules, services
from citydesk.city.knowledge.choices import APPROVE_PROCEDURES, VIEW, WRITE_PROCEDURES
from citydesk.city.knowledge.models import Difference, Procedure, ProcedureVersion
from citydesk.city.staff.tests.factories import access_of as access_of_user
from citydesk.city.staff.tests.factories import make_department, make_role, make_team, make_user
from citydesk.kernel.actors import SYSTEM
from citydesk.kernel.errors import Conflict, Invalid, NotAllowed, NotFound

NOW = datetime(2026, 11, 24, 19, 9, tzinfo=UTC)
DAY = timedelta(days=1)
WORDS = st.text(alphabet="ab c\n.é", max_size=40)


@given(WORDS, WORDS)
def test_what_is_kept_and_added_is_the_new_text_and_what_is_kept_and_removed_the_old_one(before, after):
    pieces = rules.changed_words(before, after)
    assert "".join(words for what, words in pieces if what != "removed") == after
    assert "".join(words for what, words in pieces if what != "added") == before


def step(key, text, title="Step"):
    return {"key": key, "title": {"en": title}, "text": {"en": text, "es": f"ES {text}"}}


def test_a_difference_written_against_an_older_step_asks_to_look_again_and_one_without_its_step_is_not_lost():
    shared = [step("s1", "Look within two days"), step("s2", "Write it down")]
    ways = [
        rules.Way("s1", "own", {"en": "Look within one day"}, "Water runs", rules.step_digest(shared[0])),
        rules.Way("s2", "without", {}, "Others do", "older"),
        rules.Way("s9", "more", {"en": "Call the plant"}, "Pumps", "older"),
    ]
    one, two, gone = rules.shown_steps(shared, ways, "en")
    assert ("removed", "two") in one.pieces and ("added", "one") in one.pieces and not one.is_stale
    assert two.text == "" and two.is_stale
    assert gone.is_gone and gone.text == "Call the plant"
    assert rules.shown_steps(shared, [], "es-MX")[0].text == "ES Look within two days"


def test_a_department_is_asked_again_every_few_days_and_not_for_ever():
    facts = {"asked_at": NOW, "reminded_at": None, "count": 0, "every_days": 7}
    assert not rules.is_reminder_due(**facts, now=NOW + 6 * DAY)
    assert rules.is_reminder_due(**facts, now=NOW + 7 * DAY)
    again = {**facts, "reminded_at": NOW + 7 * DAY, "count": 1}
    assert not rules.is_reminder_due(**again, now=NOW + 13 * DAY)
    assert not rules.is_reminder_due(**{**again, "count": 4}, now=NOW + 99 * DAY)


def person(name, department, *rights):
    role = make_role(f"role_{name}", [VIEW, *rights])
    team = make_team(f"team_{department}", department=make_department(department))
    return access_of_user(make_user(name, roles=[role.code], teams=[team]))


@pytest.fixture
def city(db):
    for code in ("works", "water", "parks"):
        make_department(code)


@pytest.fixture
def people(city):
    return {
        "ann": person("ann", "works", WRITE_PROCEDURES),
        "boss": person("boss", "works", WRITE_PROCEDURES, APPROVE_PROCEDURES),
        "wes": person("wes", "water", WRITE_PROCEDURES),
        "clerk": person("clerk", "parks"),
    }


def begin(people, **more):
    services.make_procedure(
        code="damage",
        titles={"en": "Damage", "es": "Daño"},
        owner="works",
        departments=["water", "parks"],
        service_codes=[],
        access=people["ann"],
        now=NOW,
        **more,
    )


def written(people, *steps, based_on=0, note="", now=NOW):
    return services.write_version(
        code="damage",
        titles={"en": "Damage"},
        steps=list(steps),
        note=note,
        based_on=based_on,
        access=people["ann"],
        now=now,
    )


def approve(people, number, *, by="boss", now=NOW):
    services.decide_version(code="damage", number=number, is_approved=True, access=people[by], now=now)


def test_from_the_first_version_to_a_department_that_is_behind(people):
    begin(people)
    assert written(people, step("", "Look within two days"), step("", "Write it down")) == 1
    with pytest.raises(NotAllowed):
        services.decide_version(code="damage", number=1, is_approved=True, access=people["ann"], now=NOW)
    with pytest.raises(Invalid):
        services.decide_version(code="damage", number=1, is_approved=False, access=people["boss"], now=NOW)
    approve(people, 1)
    assert queries.count_unaccepted(people["wes"]) == {"behind": 1, "waiting": 0}
    services.accept_version(code="damage", department="water", number=1, access=people["wes"], now=NOW)
    with pytest.raises(NotAllowed):
        services.accept_version(code="damage", department="parks", number=1, access=people["wes"], now=NOW)
    page = queries.get_procedure(people["clerk"], "damage")
    assert {one.code: one.is_behind for one in page.departments} == {"works": False, "water": False, "parks": True}
    assert page.row.behind_count == 1 and not page.may_write and not page.may_accept

    common = {"code": "damage", "department": "water", "access": people["wes"], "now": NOW}
    with pytest.raises(Invalid):
        services.set_difference(**common, step="s1", kind="own", text={"en": "Within one day"}, reason=" ")
    services.set_difference(**common, step="s1", kind="own", text={"en": "Look within one day"}, reason="It runs")
    # A new version: water still works by the first one, and sees what was changed under its own way.
    with pytest.raises(Conflict):
        written(people, step("s1", "Other"), based_on=0, note="x")
    assert written(people, step("s1", "Look within three days"), step("s2", "Write"), based_on=1, note="Law") == 2
    approve(people, 2, now=NOW + DAY)
    shown = queries.shown_for(people["clerk"], "damage", "water", language="en")
    assert (shown.number, shown.is_behind, shown.steps[0].text) == (1, True, "Look within one day")
    assert queries.shown_for(people["clerk"], "damage", "parks", language="en").number == 2
    water = next(one for one in queries.get_procedure(people["wes"], "damage").departments if one.code == "water")
    assert (water.differences, water.stale, water.accepted) == (1, 1, 1)
    with pytest.raises(Conflict):
        services.accept_version(code="damage", department="water", number=1, access=people["wes"], now=NOW)
    services.accept_version(code="damage", department="water", number=2, access=people["wes"], now=NOW + DAY)
    assert queries.shown_for(people["clerk"], "damage", "water", language="en").steps[0].is_stale
    services.set_difference(**common, step="s1", kind="", text={}, reason="Same now")
    assert Difference.objects.filter(until__isnull=False).count() == 1
    assert not queries.shown_for(people["clerk"], "damage", "water").steps[0].kind


def test_who_does_not_accept_is_reminded_and_who_leaves_is_not(people):
    begin(people)
    written(people, step("", "Look"))
    approve(people, 1)
    assert services.remind_departments(now=NOW + 6 * DAY) == 0
    assert services.remind_departments(now=NOW + 7 * DAY) == 2
    assert services.remind_departments(now=NOW + 7 * DAY) == 0
    services.set_departments(
        code="damage", departments=["water"], service_codes=[], access=people["ann"], now=NOW + 8 * DAY
    )
    assert services.remind_departments(now=NOW + 14 * DAY) == 1
    with pytest.raises(NotFound):
        queries.shown_for(people["clerk"], "damage", "parks")
    services.retire_procedure(code="damage", reason="Replaced", access=people["ann"], now=NOW + 15 * DAY)
    assert services.remind_departments(now=NOW + 99 * DAY) == 0


def test_what_was_decided_is_never_changed_and_nobody_approves_their_own_in_the_database_either(people):
    begin(people)
    written(people, step("", "Look"))
    with pytest.raises(IntegrityError), transaction.atomic():
        ProcedureVersion.objects.update(decided_by=people["ann"].actor.staff_id)
    approve(people, 1)
    with pytest.raises(DatabaseError), transaction.atomic():
        ProcedureVersion.objects.update(steps=[])
    with pytest.raises(Invalid):
        written(people, step("s1", "Other"), based_on=1)
    with pytest.raises(NotAllowed):
        services.write_version(
            code="damage",
            titles={"en": "x"},
            steps=[step("", "y")],
            note="z",
            based_on=1,
            access=people["wes"],
            now=NOW,
        )


def test_the_profile_brings_a_procedure_once_and_what_the_desk_wrote_stays(people):
    entry = {
        "title": {"en": "Damage"},
        "owner": "works",
        "departments": ["water"],
        "services": ["pothole"],
        "remind_days": 5,
        "steps": [step("s1", "Look")],
        "differences": [
            {"department": "water", "step": "s1", "kind": "more", "text": {"en": "Shut it"}, "reason": "It runs"}
        ],
    }
    for _again in range(2):
        services.project_procedures(entries={"damage": entry}, actor=SYSTEM, now=NOW)
    row = Procedure.objects.get()
    assert (row.number, row.behind_count, ProcedureVersion.objects.count()) == (1, 0, 1)
    (hit, *_rest) = queries.procedures_for("pothole", "water", "en")
    assert (hit.code, hit.department) == ("damage", "water")
    assert queries.shown_for(people["clerk"], "damage", "water").steps[0].more == "Shut it"
    assert queries.procedures_for("pothole", "parks", "en")[0].department == ""
    assert queries.procedures_for("tree_down", "water", "en") == []
    services.project_procedures(entries={}, actor=SYSTEM, now=NOW)
    assert queries.procedures_for("pothole", "water", "en") == []


def test_the_pages_begin_write_approve_accept_and_differ(client, people):
    def at(path, name, **given):
        client.force_login(_user(name))
        address = f"/desk/knowledge/procedures/{path}"
        return client.post(address, given) if given else client.get(address)

    first = {"title-en": "Damage", "code": "damage", "owner": "works", "departments": "water"}
    assert at("new/", "ann", **{**first, "owner": "water"}).status_code == 403
    assert at("new/", "ann", **first).status_code == 302
    rows = {"rows": "2", "based_on": "0", "title-en": "Damage", "title-0-en": "Inspect", "text-0-en": "Within two days"}
    assert at("of/damage/edit/", "wes", **rows).status_code == 403
    assert at("of/damage/edit/", "ann", **{**rows, "title-0-en": ""}).status_code == 400
    assert at("of/damage/edit/", "ann", **rows).status_code == 302
    assert b"waits for approval" in at("of/damage/", "boss").content
    assert at("of/damage/do/decide/", "boss", number="1", decision="approve").status_code == 302
    assert b"Damage" in at("", "clerk").content
    shown = at("of/damage/?department=water", "wes").content.decode()
    assert "has not accepted version 1" in shown and "Accept version 1" in shown
    assert at("of/damage/do/accept/", "wes", department="water", number="1").status_code == 302
    own = {"step": "s1", "kind-s1": "own", "text-s1-en": "Within one day", "reason-s1": ""}
    refused = at("of/damage/water/", "wes", **own)
    assert refused.status_code == 400 and b"Within one day" in refused.content
    assert at("of/damage/water/", "wes", **{**own, "reason-s1": "It runs"}).status_code == 302
    assert at("of/damage/water/", "clerk").status_code == 403
    page = at("of/damage/?department=water", "clerk").content.decode()
    assert "<del>two days</del>" in page.replace("</del><del>", "") or "<del>two</del>" in page
    assert "<ins>one" in page and "Because: It runs" in page


def _user(name):
    from django.contrib.auth import get_user_model

    return get_user_model().objects.get(username=name)

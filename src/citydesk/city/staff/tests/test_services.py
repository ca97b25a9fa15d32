"""What is done to people: rights by two persons, teams by days, absences, offices from the profile."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import translation

from citydesk.city.staff import services
from citydesk.city.staff.models import (
    Absence,
    RoleGrantRequest,
    Skill,
    User,
)
from citydesk.city.staff.queries import absent_now, find_offices, is_absent, on_duty, people_of_team, team
from citydesk.city.staff.tests.factories import (
    access_of,
    join_team,
    make_office,
    make_role,
    make_team,
    make_user,
)
from citydesk.kernel.errors import Conflict, Invalid, NotAllowed
from citydesk.kernel.models import AuditEntry
from citydesk.kernel.registries import registries

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)


@pytest.fixture
def manager(db):
    return access_of(make_user("ada", roles=["administrator"]), NOW)


def test_nobody_gives_a_role_to_themselves(manager):
    make_role("representative")
    with pytest.raises(NotAllowed):
        services.grant_role(user_id=manager.actor.id, role="representative", access=manager, now=NOW)


def test_without_the_right_nothing_is_done_to_accounts():
    clerk = access_of(make_user(roles=["supervisor"]), NOW)
    other = make_user()
    for act in (
        lambda: services.create_user(username="x1", name="X", access=clerk, now=NOW),
        lambda: services.disable_user(user_id=other.pk, reason="x", access=clerk, now=NOW),
        lambda: services.grant_role(user_id=other.pk, role="crew", access=clerk, now=NOW),
        lambda: services.reset_password(user_id=other.pk, access=clerk, now=NOW),
        lambda: services.end_sessions(user_id=other.pk, access=clerk, now=NOW),
        lambda: services.join_team(user_id=other.pk, team="x", access=clerk, now=NOW),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_a_sensitive_role_is_in_force_only_after_a_second_person(manager):
    make_role("auditor")
    person = make_user("pat")
    asked = services.grant_role(user_id=person.pk, role="auditor", reason="audit 2026", access=manager, now=NOW)
    assert asked.is_waiting and "auditor" not in access_of(person, NOW).roles
    with pytest.raises(NotAllowed):
        services.decide_grant(request_id=asked.request_id, is_approved=True, access=manager, now=NOW)
    second = access_of(make_user("second", roles=["administrator"]), NOW)
    services.decide_grant(request_id=asked.request_id, is_approved=True, access=second, now=NOW)
    assert "auditor" in access_of(person, NOW).roles
    entry = AuditEntry.objects.get(code="staff.role_granted")
    assert (entry.approver_id, entry.reason) == (second.actor.id, "audit 2026")


def test_the_holder_to_be_is_no_second_person(manager):
    make_role("auditor")
    holder = make_user("holder", roles=["administrator"])
    asked = services.grant_role(user_id=holder.pk, role="auditor", reason="x", access=manager, now=NOW)
    with pytest.raises(NotAllowed):
        services.decide_grant(request_id=asked.request_id, is_approved=True, access=access_of(holder, NOW), now=NOW)


def test_a_refusal_says_why_and_a_decision_is_made_once(manager):
    make_role("auditor")
    second = access_of(make_user("second", roles=["administrator"]), NOW)
    asked = services.grant_role(user_id=make_user().pk, role="auditor", reason="x", access=manager, now=NOW)
    with pytest.raises(Invalid):
        services.decide_grant(request_id=asked.request_id, is_approved=False, access=second, now=NOW)
    services.decide_grant(request_id=asked.request_id, is_approved=False, reason="no", access=second, now=NOW)
    with pytest.raises(Conflict):
        services.decide_grant(request_id=asked.request_id, is_approved=True, access=second, now=NOW)
    assert RoleGrantRequest.objects.get().state == "refused"


def test_a_revoked_role_gives_nothing_from_now_on(manager):
    make_role("representative")
    person = make_user()
    given = services.grant_role(user_id=person.pk, role="representative", access=manager, now=NOW)
    version = User.objects.get(pk=person.pk).access_version
    services.revoke_role(grant_id=given.grant_id, reason="moved on", access=manager, now=NOW + timedelta(days=3))
    assert "representative" in access_of(person, NOW + timedelta(days=2)).roles
    assert "representative" not in access_of(person, NOW + timedelta(days=3)).roles
    assert User.objects.get(pk=person.pk).access_version > version
    with pytest.raises(Conflict):
        services.revoke_role(grant_id=given.grant_id, reason="again", access=manager, now=NOW + timedelta(days=4))


def test_open_pages_hear_no_more_once_a_person_leaves_or_may_do_something_else(manager, monkeypatch):
    told = []
    for module in ("people", "rights"):
        monkeypatch.setattr(f"citydesk.city.staff.services.{module}.end_streams", told.append)
    make_role("representative")
    make_team("desk")
    pat, common = make_user("pat"), {"access": manager, "now": NOW}
    acts = (
        lambda: services.grant_role(user_id=pat.pk, role="representative", **common),
        lambda: services.join_team(user_id=pat.pk, team="desk", **common),
        lambda: services.end_sessions(user_id=pat.pk, **common),
        lambda: services.reset_password(user_id=pat.pk, **common),
        lambda: services.remove_second_factors(user_id=pat.pk, reason="seen at the desk", **common),
        lambda: services.disable_user(user_id=pat.pk, reason="left the city", **common),
    )
    for count, act in enumerate(acts, 1):
        act()
        assert told == [pat.pk] * count


def test_a_role_given_and_taken_on_one_day_is_gone(manager):
    make_role("representative")
    person = make_user()
    given = services.grant_role(user_id=person.pk, role="representative", access=manager, now=NOW)
    services.revoke_role(grant_id=given.grant_id, reason="mistake", access=manager, now=NOW)
    assert access_of(person, NOW).roles == frozenset()
    services.grant_role(user_id=person.pk, role="representative", access=manager, now=NOW)
    assert access_of(person, NOW).roles == {"representative"}


def test_the_same_role_twice_in_one_period_is_refused(manager):
    make_role("representative")
    person = make_user(roles=["representative"])
    with pytest.raises(Conflict):
        services.grant_role(user_id=person.pk, role="representative", access=manager, now=NOW)


def test_teams_are_called_as_the_reader_speaks_and_written_down_as_the_city_does():
    made = make_team("streets")
    made.names = {"en": made.name, "es": "Calles"}
    made.save()
    row = team("streets")
    assert row.name == row.city_name == made.name
    with translation.override("es"):
        assert (row.name, row.city_name) == ("Calles", made.name)


def test_transfer_moves_a_person_on_the_day(manager):
    old, new = make_team("old"), make_team("new")
    person = make_user()
    services.join_team(user_id=person.pk, team="old", access=manager, now=NOW)
    day = date(2026, 12, 1)
    services.transfer(user_id=person.pk, from_team="old", to_team="new", on=day, access=manager, now=NOW)
    before, after = datetime(2026, 11, 30, 12, tzinfo=UTC), datetime(2026, 12, 1, 12, tzinfo=UTC)
    assert access_of(person, before).team_ids == {old.pk}
    assert access_of(person, after).team_ids == {new.pk}
    assert [one.id for one in people_of_team(new.pk, after)] == [person.pk]


def test_absences_do_not_overlap_and_end(manager):
    person = make_user()
    team = make_team("desk")
    join_team(person, team)
    first = services.set_absence(user_id=person.pk, starts_at=NOW, kind="sick", access=manager, now=NOW)
    with pytest.raises(Conflict):
        services.set_absence(
            user_id=person.pk, starts_at=NOW + timedelta(days=1), kind="vacation", access=manager, now=NOW
        )
    later = NOW + timedelta(hours=3)
    assert is_absent(person.pk, later)
    assert [one.user_id for one in absent_now(later, team_ids=[team.pk])] == [person.pk]
    services.end_absence(absence_id=first, access=manager, now=later)
    assert not is_absent(person.pk, later)
    assert Absence.objects.get(pk=first).ends_at == later


def test_no_hint_of_the_kind_of_absence_in_the_history(manager):
    person = make_user()
    services.set_absence(user_id=person.pk, starts_at=NOW, kind="sick", access=manager, now=NOW)
    assert "sick" not in str(AuditEntry.objects.filter(code="staff.absence_set").values())


@pytest.mark.parametrize("username", ["", "a b", "-x", "x-", "ümlaut", "x" * 61, "a/b"])
def test_malformed_user_names_are_refused(manager, username):
    with pytest.raises(Invalid):
        services.create_user(username=username, name="X", access=manager, now=NOW)


def test_two_accounts_never_share_an_address(manager):
    services.create_user(username="one", name="One", email="one@city.example", access=manager, now=NOW)
    with pytest.raises(Invalid):
        services.create_user(username="two", name="Two", email="ONE@city.example", access=manager, now=NOW)


def test_everything_done_to_an_account_is_in_its_history(manager):
    user_id = services.create_user(username="one", name="One", access=manager, now=NOW)
    make_team("desk")
    services.join_team(user_id=user_id, team="desk", access=manager, now=NOW)
    services.disable_user(user_id=user_id, reason="left", access=manager, now=NOW)
    codes = list(AuditEntry.objects.filter(object_id=user_id).order_by("id").values_list("code", flat=True))
    assert codes == ["staff.user_created", "staff.team_joined", "staff.user_disabled"]
    assert set(codes) <= set(registries.audit_codes)


# --- directory -------------------------------------------------------------------------------------------------------


def test_offices_are_found_by_the_callers_words_with_or_without_accents():
    make_office("treasurer", subjects={"en": ["property tax"], "es": ["impuesto predial"]})
    make_office("animals", subjects={"en": ["stray dogs", "dog licenses"], "es": ["perros sueltos"]})
    make_office("parks", subjects={"en": ["park benches"], "es": ["árboles"]})
    for words, best in {
        "I want to pay my property tax": "treasurer",
        "IMPUESTO predial por favor": "treasurer",
        "dog": "animals",
        "there is a stray dgos": "animals",
        "arboles": "parks",
        "benches in the park": "parks",
    }.items():
        assert find_offices(words, NOW)[0].code == best, words
    assert find_offices("quantum", NOW) == []
    assert len(find_offices("", NOW)) == 3


def test_people_on_duty_leave_out_who_is_away():
    office = make_office("treasurer", phone="+14235550140")
    people = [make_user(f"p{number}") for number in range(3)]
    from citydesk.city.staff.models import OfficePerson

    for position, person in enumerate(people):
        OfficePerson.objects.create(office=office, user=person, name=person.name, position=position)
    Absence.objects.create(user=people[0], starts_at=NOW - timedelta(hours=1))
    User.objects.filter(pk=people[2].pk).update(is_active=False)
    assert [one.user_id for one in on_duty(office.pk, NOW)] == [people[1].pk]


def test_the_directory_costs_the_same_for_few_and_many_offices(django_assert_num_queries, no_look_is_due):
    for _ in range(3):
        make_office(subjects={"en": ["tax"], "es": ["impuesto"]})
    find_offices("tax", NOW)
    for more in (0, 20):
        for _ in range(more):
            make_office(subjects={"en": ["tax"], "es": ["impuesto"]})
        with django_assert_num_queries(3):
            find_offices("tax", NOW, limit=50)


def test_an_account_is_opened_again_with_what_it_had(manager):
    person = make_user("pat", roles=["representative"])
    services.disable_user(user_id=person.pk, reason="left", access=manager, now=NOW)
    assert not User.objects.get(pk=person.pk).is_active
    services.enable_user(user_id=person.pk, reason="came back", access=manager, now=NOW)
    with pytest.raises(Conflict):
        services.enable_user(user_id=person.pk, reason="twice", access=manager, now=NOW)
    again = User.objects.get(pk=person.pk)
    assert again.is_active and again.disabled_at is None and access_of(again, NOW).roles == {"representative"}


def test_skills_come_and_go_and_a_team_is_left_on_its_day(manager):
    person = make_user("pat")
    join_team(person, make_team("night"))
    services.leave_team(user_id=person.pk, team="night", on=NOW.date() + timedelta(days=1), access=manager, now=NOW)
    assert [one.id for one in people_of_team(team("night").id, NOW)] == [person.pk]
    assert people_of_team(team("night").id, NOW + timedelta(days=1)) == []
    Skill.objects.create(code="spanish", name="Spanish", names={"en": "Spanish"})
    services.add_skill(user_id=person.pk, skill="spanish", access=manager, now=NOW)
    services.remove_skill(user_id=person.pk, skill="spanish", access=manager, now=NOW)
    done = list(AuditEntry.objects.filter(object_id=person.pk).order_by("id").values_list("code", flat=True))
    assert done[-3:] == ["staff.team_left", "staff.skill_added", "staff.skill_removed"]


def test_what_was_asked_by_mistake_is_taken_back_by_who_asked(manager):
    make_role("auditor")
    asked = services.grant_role(user_id=make_user().pk, role="auditor", reason="x", access=manager, now=NOW)
    other = access_of(make_user("eve", roles=["administrator"]), NOW)
    with pytest.raises(NotAllowed):
        services.withdraw_grant_request(request_id=asked.request_id, access=other, now=NOW)
    services.withdraw_grant_request(request_id=asked.request_id, access=manager, now=NOW)
    with pytest.raises(Conflict):
        services.decide_grant(request_id=asked.request_id, is_approved=True, access=other, now=NOW)


def test_an_absence_entered_by_mistake_counts_nowhere():
    boss = access_of(make_user("boss", roles=["supervisor"]), NOW)
    person = make_user("pat")
    absence = services.set_absence(user_id=person.pk, starts_at=NOW, kind="sick", access=boss, now=NOW)
    assert is_absent(person.pk, NOW + timedelta(hours=1))
    services.cancel_absence(absence_id=absence, reason="wrong person", access=boss, now=NOW)
    assert not is_absent(person.pk, NOW + timedelta(hours=1))
    with pytest.raises(Conflict):
        services.cancel_absence(absence_id=absence, reason="twice", access=boss, now=NOW)

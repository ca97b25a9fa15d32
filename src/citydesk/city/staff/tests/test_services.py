"""What is done to people: rights by two persons, teams by days, absences, offices from the profile."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from threading import Barrier

import pytest
from django.db import connection

from citydesk.city.profile.rules import Folder, validate
from citydesk.city.staff import services
from citydesk.city.staff.models import (
    Absence,
    Department,
    Office,
    Role,
    RoleGrant,
    RoleGrantRequest,
    SignInBrake,
    Team,
    TeamMembership,
    User,
)
from citydesk.city.staff.queries import absent_now, find_offices, is_absent, on_duty, people_of_team
from citydesk.city.staff.tests.factories import (
    access_of,
    join_team,
    make_office,
    make_role,
    make_team,
    make_user,
)
from citydesk.kernel.actors import SYSTEM, SYSTEM_ACCESS
from citydesk.kernel.clock import utc_now
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


def test_the_directory_costs_the_same_for_few_and_many_offices(django_assert_num_queries):
    for _ in range(3):
        make_office(subjects={"en": ["tax"], "es": ["impuesto"]})
    find_offices("tax", NOW)
    for more in (0, 20):
        for _ in range(more):
            make_office(subjects={"en": ["tax"], "es": ["impuesto"]})
        with django_assert_num_queries(3):
            find_offices("tax", NOW, limit=50)


# --- profile ---------------------------------------------------------------------------------------------------------

PROFILE = {
    "city.toml": """
[city]
code = "x"
name = "X"
state = "TN"
timezone = "America/New_York"
languages = ["en", "es"]
""",
    "calendars.toml": """
[calendar.office]
name = {en = "Office", es = "Oficina"}
[calendar.office.hours]
monday = ["08:00-17:00"]
""",
    "departments.toml": """
[department.works]
name = {en = "Public Works", es = "Obras"}
[team.forestry]
name = {en = "Forestry", es = "Arbolado"}
department = "works"
kind = "office"
calendar = "office"
[team.crew_2]
name = {en = "Crew 2", es = "Cuadrilla 2"}
department = "works"
kind = "crew"
calendar = "office"
part_of = "forestry"
""",
    "roles.toml": """
[role.clerk]
name = {en = "Clerk", es = "Oficinista"}
permissions = ["staff.directory"]
limits = {write_off = 25.00}
""",
    "skills.toml": '[skill.spanish]\nname = {en = "Spanish", es = "Español"}\nlanguage = "es"\n',
    "people.toml": """
[person.dana]
name = "Dana Whitlock"
roles = ["clerk"]
teams = ["forestry"]
lead_of = ["forestry"]
skills = ["spanish"]
sample = true
""",
    "directory.toml": """
[office.treasurer]
name = {en = "Treasurer", es = "Tesorería"}
subjects = {en = ["property tax"], es = ["impuesto predial"]}
phone = "+14235550140"
after_hours_phone = "+14235550199"
calendar = "office"
department = "works"
people = ["dana"]
""",
}
SECTIONS = ["departments", "skills", "absence_kinds", "teams", "roles", "people", "directory"]


def folder_of(files: dict[str, str]) -> Folder:
    return Folder("x", dict(files))


def read(files):
    known = [registries.profile_sections[code] for code in ("city", "holidays", "calendars", *SECTIONS)]
    return validate(folder_of(files), known)


def project(files, now=NOW):
    checked = read(files)
    problems = [one for one in checked.problems if one.file != "city.toml"]
    assert problems == []
    for code in SECTIONS:
        section = registries.profile_sections[code]
        if section.project:
            name = section.project.rpartition(".")[2]
            entries = {item.code: item.body for item in checked.items[code]}
            getattr(services, name)(entries=entries, actor=SYSTEM, now=now)


def test_the_profile_is_mirrored_and_twice_changes_nothing():
    project(PROFILE)
    project(PROFILE)
    assert Team.objects.get(code="crew_2").part_of.code == "forestry"
    dana = User.objects.get(username="dana")
    access = access_of(dana, NOW)
    assert access.may("staff.directory") and access.limits == {"write_off": "25.00"}
    assert (RoleGrant.objects.count(), TeamMembership.objects.get().is_lead) == (1, True)
    assert [one.name for one in on_duty(Office.objects.get().pk, NOW)] == ["Dana Whitlock"]
    assert not dana.has_usable_password()


def test_what_the_profile_drops_is_switched_off_not_deleted():
    project(PROFILE)
    without = PROFILE["departments.toml"].split("[team.crew_2]")[0]
    project({**PROFILE, "departments.toml": without})
    assert Team.objects.get(code="crew_2").is_active is False
    assert Department.objects.get().is_active


def test_a_role_a_supervisor_took_away_is_not_given_again_by_the_next_load():
    project(PROFILE)
    grant = RoleGrant.objects.get()
    services.revoke_role(grant_id=grant.pk, reason="test", access=SYSTEM_ACCESS, now=NOW)
    project(PROFILE)
    assert access_of(User.objects.get(username="dana"), NOW).roles == frozenset()


def test_a_sample_person_never_takes_a_real_account():
    make_user("dana", name="The real Dana")
    project(PROFILE)
    assert User.objects.get(username="dana").name == "The real Dana"


def test_changed_rights_give_holders_a_new_session_id():
    project(PROFILE)
    before = User.objects.get(username="dana").access_version
    changed = PROFILE["roles.toml"].replace('"staff.directory"', '"staff.directory", "staff.view"')
    project({**PROFILE, "roles.toml": changed})
    assert User.objects.get(username="dana").access_version == before + 1
    assert Role.objects.get().permissions == ["staff.directory", "staff.view"]


@pytest.mark.parametrize(
    ("file", "old", "new", "line", "words"),
    [
        ("roles.toml", "staff.directory", "staff.directry", 4, "staff.directry"),
        ("people.toml", "sample = true", "sample = false", 8, "administrator"),
        ("people.toml", 'lead_of = ["forestry"]', 'lead_of = ["crew_2"]', 6, "crew_2"),
        ("departments.toml", 'kind = "crew"', 'kind = "gang"', 12, "gang"),
        ("directory.toml", ', es = ["impuesto predial"]', "", 4, "es"),
        ("directory.toml", 'calendar = "office"', 'calendar = "ofice"', 7, "ofice"),
    ],
)
def test_a_broken_profile_is_refused_with_file_and_line(file, old, new, line, words):
    problems = read({**PROFILE, file: PROFILE[file].replace(old, new)}).problems
    found = [one for one in problems if one.file == file]
    assert found and any(one.line == line and words in one.reason for one in found), found


# --- at the same time ------------------------------------------------------------------------------------------------


def at_once(*acts):
    """Run acts in threads of their own that start together; returns results or exceptions."""
    barrier = Barrier(len(acts))

    def run(act):
        try:
            barrier.wait(timeout=10)
            return act()
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


@pytest.mark.django_db(transaction=True)
def test_two_second_people_decide_once():
    manager = access_of(make_user("ada", roles=["administrator"]))
    deciders = [access_of(make_user(f"second{number}", roles=["administrator"])) for number in range(2)]
    make_role("auditor")
    person = make_user("pat")
    asked = services.grant_role(user_id=person.pk, role="auditor", reason="x", access=manager, now=utc_now())

    def decide(access):
        return lambda: services.decide_grant(
            request_id=asked.request_id, is_approved=True, access=access, now=utc_now()
        )

    results = at_once(*[decide(one) for one in deciders])
    assert sum(isinstance(one, Conflict) for one in results) == 1
    assert RoleGrant.objects.filter(user=person).count() == 1


@pytest.mark.django_db(transaction=True)
def test_parallel_failures_all_count():
    now = utc_now()
    acts = [
        lambda number=number: services.note_failed_sign_in(
            login="rosa", address=f"10.0.0.{number}", method="password", now=now
        )
        for number in range(6)
    ]
    assert not [one for one in at_once(*acts) if one is not None]
    assert max(SignInBrake.objects.values_list("failures", flat=True)) == 6


@pytest.mark.django_db(transaction=True)
def test_one_absence_when_two_supervisors_enter_it_at_once():
    manager = access_of(make_user("ada", roles=["administrator"]))
    person, now = make_user("pat"), utc_now()

    def enter():
        return services.set_absence(user_id=person.pk, starts_at=now, kind="sick", access=manager, now=now)

    results = at_once(enter, enter)
    assert sum(isinstance(one, Conflict) for one in results) == 1
    assert Absence.objects.filter(user=person).count() == 1

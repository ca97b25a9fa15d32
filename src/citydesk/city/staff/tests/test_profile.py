"""Departments, teams, roles, offices and sample people as the city profile has them."""

from datetime import UTC, datetime

import pytest

from citydesk.city.profile.rules import Folder, validate
from citydesk.city.staff import services
from citydesk.city.staff.models import (
    Department,
    Office,
    Role,
    RoleGrant,
    Team,
    TeamMembership,
    User,
)
from citydesk.city.staff.queries import on_duty
from citydesk.city.staff.tests.factories import (
    access_of,
    make_user,
)
from citydesk.kernel.actors import SYSTEM, SYSTEM_ACCESS
from citydesk.kernel.registries import registries

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)

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

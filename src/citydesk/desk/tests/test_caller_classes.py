"""Who calls decides what the clerk reads, who is told and who takes it: whole in every shipped profile."""

import tomllib
from pathlib import Path

import pytest
from django.conf import settings

from citydesk.contact.interactions.choices import CallerClass

PROFILES = sorted(Path(settings.PROFILES_DIR).glob("*/contacts.toml"))


def classes_of(path: Path) -> dict:
    return tomllib.loads(path.read_text())["caller_class"]


@pytest.mark.parametrize("path", PROFILES, ids=lambda path: path.parent.name)
def test_every_class_has_its_words_in_every_language(path):
    languages = tomllib.loads((path.parent / "city.toml").read_text())["city"]["languages"]
    found = classes_of(path)
    assert set(found) == set(CallerClass)
    for code, body in found.items():
        assert all(body["name"].get(one) for one in languages), code
        if "instruction" in body:
            assert all(body["instruction"].get(one) for one in languages), code


@pytest.mark.parametrize("path", PROFILES, ids=lambda path: path.parent.name)
def test_elected_offices_and_media_alert_people_who_may_open_the_contact(path):
    found = classes_of(path)
    roles = tomllib.loads((path.parent / "roles.toml").read_text())["role"]
    for code in (CallerClass.ELECTED, CallerClass.MEDIA):
        assert found[code].get("alert"), code
        for role in found[code]["alert"]:
            assert "interactions.view" in roles[role]["permissions"], f"{role} is told of a contact and may not open it"


@pytest.mark.parametrize("path", PROFILES, ids=lambda path: path.parent.name)
def test_a_class_sends_its_requests_to_a_team_of_the_city(path):
    departments = tomllib.loads((path.parent / "departments.toml").read_text())
    for code, body in classes_of(path).items():
        assert "team" not in body or body["team"] in departments["team"], code
    for code in (CallerClass.INTERNAL, CallerClass.VENDOR, CallerClass.MEDIA, CallerClass.ELECTED):
        assert classes_of(path)[code].get("instruction"), f"a clerk is not told what to do with a call of {code}"

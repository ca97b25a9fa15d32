"""publiccode.yml: what the standard (publiccode.yml 0.4, core) demands is there and true; what only a publisher can say
is not made up."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
# Keys that the standard calls mandatory; those of a description are for each language.
DEMANDED = {
    "publiccodeYmlVersion", "name", "url", "platforms", "categories", "developmentStatus", "softwareType",
    "description", "legal/license", "maintenance/type", "maintenance/contacts",
    "localisation/localisationReady", "localisation/availableLanguages",
}  # fmt: skip
DEMANDED_OF_A_DESCRIPTION = {"shortDescription", "longDescription", "features"}
# Nobody here knows the address it will be published at, nor who will answer for it there.
FOR_THE_PUBLISHER = {"url", "maintenance/contacts"}
# Of the standard's own lists: the words used here are among them.
CATEGORIES = {
    "business-intelligence", "call-center-management", "contact-management", "crm", "customer-service-and-support",
    "digital-citizenship", "employee-management", "help-desk", "knowledge-management", "predictive-analysis",
    "service-desk", "task-management", "time-management", "time-tracking", "workflow-management",
}  # fmt: skip
SCOPES = {"infrastructures", "local-authorities", "society"}


@pytest.fixture(scope="module")
def said():
    return yaml.safe_load((ROOT / "publiccode.yml").read_text(encoding="utf-8"))


def missing(said):
    for path in sorted(DEMANDED):
        found = said
        for key in path.split("/"):
            found = found.get(key) if isinstance(found, dict) else None
        if found in (None, "", []):
            yield path


def test_what_the_standard_demands_is_there_but_for_what_a_publisher_says(said):
    assert set(missing(said)) == FOR_THE_PUBLISHER
    comment = (ROOT / "publiccode.yml").read_text(encoding="utf-8").split("publiccodeYmlVersion")[0]
    assert all(f"{key}:" in comment for key in FOR_THE_PUBLISHER)


def test_descriptions_are_of_the_length_and_the_words_of_the_lists(said):
    assert set(said["description"]) == set(said["localisation"]["availableLanguages"]) == {"en", "es"}
    for one in said["description"].values():
        assert set(one) >= DEMANDED_OF_A_DESCRIPTION
        assert len(one["shortDescription"]) <= 150 and 150 <= len(one["longDescription"]) <= 10_000
        assert 5 <= len(one["features"]) <= 20
        assert all((ROOT / picture).is_file() for picture in one["screenshots"])
    assert set(said["categories"]) <= CATEGORIES and set(said["intendedAudience"]["scope"]) <= SCOPES
    assert said["developmentStatus"] in {"concept", "development", "beta", "stable", "obsolete"}


def test_it_says_what_the_project_says_elsewhere(said):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert re.search(re.escape(said["legal"]["license"]), str(project["license"]))
    needed = {one["name"]: one["versionMin"] for one in said["dependsOn"]["open"]}
    assert needed["Python"] in project["requires-python"]
    # A version is named once it is released, with its day.
    assert "softwareVersion" not in said or "releaseDate" in said

"""Every shipped office can do what the demo city shows: a guard that names what a profile lacks against `riverton`."""

from datetime import date

import pytest

from citydesk.city.profile.tests.test_shipped import NAMES, checked_of
from citydesk.kernel.registries import registries

DAY = date(2026, 11, 24)
MODEL = "riverton"
OTHERS = [one for one in NAMES if one != MODEL]
# An office's own land is the office's to bring; open questions are what an invented city does not have.
OWN_LAND = {"districts", "streets", "addresses"}
# Sections of which every code means the same in each office.
SAME_CODES = ("roles", "templates", "absence_kinds", "pauses", "monitoring", "records_law", "contact_scripts")


def entries(name, section):
    return checked_of(name).snapshot().entries(section, DAY)


@pytest.mark.parametrize("name", OTHERS)
def test_no_section_of_the_model_is_empty(name):
    lacking = [
        section
        for section in registries.profile_sections
        if section not in OWN_LAND and entries(MODEL, section) and not entries(name, section)
    ]
    assert lacking == [], f"profiles/{name} has nothing in: {', '.join(lacking)}"


@pytest.mark.parametrize("name", OTHERS)
def test_no_common_code_is_missing(name):
    lacking = {section: sorted(set(entries(MODEL, section)) - set(entries(name, section))) for section in SAME_CODES}
    assert not any(lacking.values()), f"profiles/{name} lacks: {lacking}"


@pytest.mark.parametrize("name", OTHERS)
def test_every_role_may_do_the_same(name):
    """Rights are the software's standard in every shipped profile; an office changes them on purpose, not by age."""
    differing = {
        role: sorted(set(body["permissions"]) ^ set(entries(name, "roles")[role]["permissions"]))
        for role, body in entries(MODEL, "roles").items()
        if set(body["permissions"]) != set(entries(name, "roles")[role]["permissions"])
    }
    assert differing == {}, f"profiles/{name}/roles.toml differs in: {differing}"


@pytest.mark.parametrize("name", NAMES)
def test_somebody_is_there_for_every_duty(name):
    """Sample people hold every role, the desk has a supervisor of its own, and somebody speaks Spanish."""
    people = entries(name, "people")
    held = {role for body in people.values() for role in body["roles"]}
    assert set(entries(name, "roles")) <= held, f"nobody is: {sorted(set(entries(name, 'roles')) - held)}"
    led = {team for body in people.values() if "supervisor" in body["roles"] for team in body["lead_of"]}
    staffed = {body["team"] for body in entries(name, "staffing").values()}
    assert staffed <= led, f"nobody supervises: {sorted(staffed - led)}"
    clerks = [body for body in people.values() if "representative" in body["roles"]]
    assert len(clerks) >= 5 and any("spanish" in body["skills"] for body in clerks)


@pytest.mark.parametrize("name", NAMES)
def test_what_the_first_page_names_is_for_residents(name):
    """A kind or an answer that may not be shown would leave a hole on the page without a word."""
    services, articles = entries(name, "services"), entries(name, "articles")
    quick = entries(name, "portal_quick")["quick"]
    tiles = entries(name, "portal_tiles").values()
    named = [*quick["services"], *(one["service"] for one in tiles if one["service"])]
    assert len(quick["services"]) >= 6
    assert [code for code in named if services[code]["is_internal"] or services[code]["is_coding_queue"]] == []
    told = [*quick["articles"], *(one["article"] for one in tiles if one["article"])]
    assert [code for code in told if not articles[code]["is_public"]] == []

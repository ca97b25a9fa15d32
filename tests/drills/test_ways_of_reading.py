"""Every page in every way of reading: 200 % and 400 % zoom, large and spaced text, forced colors, words two fifths
longer, right to left; then every page of the desk in Spanish, with axe. `make test` walks the same pages with axe in
English, wide and narrow (`tests/guards/test_pages_axe.py`)."""

import pytest

from tests.drills.conftest import FULL
from tests.guards import test_pages_axe as guard
from tests.guards import ways_of_reading
from tests.guards.controls import Walked
from tests.guards.test_pages_axe import (
    NARROW,
    ROLES,
    faults_both_ways,
    leave,
    pages_of,
    records,
    test_pages_of_a_role_are_clean_and_fit,
    test_public_pages_are_clean_in_spanish_and_stand_without_scripts,
    walked,
    walker,
)

__all__ = [
    "ROLES",
    "records",
    "test_pages_of_a_role_are_clean_and_fit",
    "test_public_pages_are_clean_in_spanish_and_stand_without_scripts",
    "walked",
]
pytestmark = [
    pytest.mark.drill,
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.timeout(3600),
    pytest.mark.skipif(not FULL, reason="the walk itself runs with the guards"),
]


@pytest.fixture(scope="module")
def walked_in_spanish():
    """What roles before walked already."""
    return Walked()


@pytest.mark.parametrize("role", ROLES)
def test_pages_of_a_role_are_clean_and_fit_in_spanish(
    role, records, desk_page, axe, walked_in_spanish, monkeypatch, report
):
    monkeypatch.setattr(guard, "EVERY_WAY", False)
    page, may = walker(role, desk_page, axe, "es")
    found, seen = [], []
    for address in pages_of(page, records, walked_in_spanish, may):
        seen.append(address)
        found += faults_both_ways(page, axe, address)
        if page.get_attribute("html", "lang") != "es":
            found.append(f"{address} is not in Spanish")
    leave(page)
    report(role=role, pages=len(seen), faults=len(found))
    assert not found, "\n".join(found)


def test_planted_words_that_fit_only_as_they_are_are_caught(page):
    page.set_viewport_size(NARROW)
    page.set_content(
        "<style>body{margin:0}.box{inline-size:54px;overflow:hidden;white-space:nowrap}.row{width:318px}</style>"
        "<div class=box>Send it</div><div class=row><b>Sent</b></div>"
    )
    assert list(ways_of_reading.faults(page, "planted", "plain")) == []
    found = list(ways_of_reading.faults(page, "planted", "longer", "spaced"))
    assert [one.split(": ")[1] for one in found] == ["words cut off", "words cut off"]

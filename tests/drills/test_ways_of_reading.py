"""Every page in every way of reading: 200 % and 400 % zoom, large and spaced text, forced colors, words two fifths
longer, right to left. `make test` walks the same pages with axe, wide and narrow (`tests/guards/test_pages_axe.py`)."""

import pytest

from tests.drills.conftest import FULL
from tests.guards import ways_of_reading
from tests.guards.test_pages_axe import (
    NARROW,
    ROLES,
    records,
    test_pages_of_a_role_are_clean_and_fit,
    test_public_pages_are_clean_in_spanish_and_stand_without_scripts,
    walked,
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


def test_planted_words_that_fit_only_as_they_are_are_caught(page):
    page.set_viewport_size(NARROW)
    page.set_content(
        "<style>body{margin:0}.box{inline-size:60px;overflow:hidden;white-space:nowrap}.row{width:318px}</style>"
        "<div class=box>Send it</div><div class=row><b>Sent</b></div>"
    )
    assert list(ways_of_reading.faults(page, "planted", "plain")) == []
    found = list(ways_of_reading.faults(page, "planted", "longer", "spaced"))
    assert [one.split(": ")[1] for one in found] == ["words cut off", "words cut off"]

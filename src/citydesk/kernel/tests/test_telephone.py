"""Telephone numbers stand on pages and papers as people here write them, and only there."""

import pytest

from citydesk.kernel.telephone import phone_words
from citydesk.kernel.texts import FILTERS


@pytest.mark.parametrize("number", ["+14235550140", "14235550140", "4235550140"])
def test_a_number_of_ours_reads_as_people_write_it(number):
    assert phone_words(number) == "(423) 555-0140" == FILTERS["phone"](number)


@pytest.mark.parametrize(
    "number", ["", "311", "911", "+34915550140", "(423) 555-0140", "ext. 12", "+10235550140", "555-0140"]
)
def test_what_is_none_of_ours_stays_as_it_stands(number):
    assert phone_words(number) == number


def test_no_number_is_no_words():
    assert phone_words(None) == ""

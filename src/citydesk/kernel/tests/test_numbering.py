"""A number read over the telephone: one wrong or two swapped characters never pass."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from citydesk.kernel.numbering import format_number, parse_number, spoken_groups

numbers = st.builds(
    format_number, st.sampled_from(["SR", "WO", "IN"]), st.integers(2020, 2099), st.integers(0, 999_999_999)
)


@given(numbers)
def test_a_number_is_found_however_it_is_typed(number):
    assert parse_number(number) == number
    assert parse_number(f" {number.lower().replace('-', ' ')} ") == number


@given(numbers, st.data())
def test_one_wrong_digit_never_passes(number, data):
    places = [index for index, character in enumerate(number) if character.isdigit()]
    place = data.draw(st.sampled_from(places))
    other = data.draw(st.sampled_from([digit for digit in "0123456789" if digit != number[place]]))
    assert parse_number(number[:place] + other + number[place + 1 :]) is None


@given(numbers)
def test_two_swapped_digits_never_pass(number):
    places = [index for index, character in enumerate(number) if character.isdigit()]
    for first, second in combinations(places, 2):
        if number[first] != number[second]:
            swapped = list(number)
            swapped[first], swapped[second] = number[second], number[first]
            assert parse_number("".join(swapped)) is None


def test_a_wrong_check_letter_never_passes():
    number = format_number("SR", 2026, 123)
    assert [letter for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" if parse_number(number[:-1] + letter)] == [number[-1]]


def test_it_is_read_aloud_in_groups():
    assert spoken_groups("SR-26-000123-K") == ["SR", "26", "000", "123", "K"]

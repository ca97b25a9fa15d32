"""Card and social security numbers are masked; numbers of the trade pass."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citydesk.kernel.detectors import luhn, mask_numbers

STARTS = [
    ("4", 16),
    ("4", 13),
    ("51", 16),
    ("2221", 16),
    ("2720", 16),
    ("34", 15),
    ("37", 15),
    ("6011", 16),
    ("65", 16),
    ("36", 14),
    ("3528", 16),
]


def card(start: str, length: int, rng: random.Random) -> str:
    body = start + "".join(rng.choice("0123456789") for _ in range(length - len(start) - 1))
    return next(body + check for check in "0123456789" if luhn(body + check))


@st.composite
def cards(draw) -> str:
    start, length = draw(st.sampled_from(STARTS))
    body = start + "".join(
        draw(
            st.lists(st.sampled_from("0123456789"), min_size=length - len(start) - 1, max_size=length - len(start) - 1)
        )
    )
    number = next(body + check for check in "0123456789" if luhn(body + check))
    if len(set(number)) == 1:
        number = card(start, length, random.Random(1))
    gap = draw(st.sampled_from(["", " ", "-", "\u00a0", "."]))
    return gap.join(number[at : at + 4] for at in range(0, len(number), 4))


words = st.text(alphabet="abc xyz,.\n\u00e9", max_size=20)


@given(cards(), words, words)
def test_every_card_number_is_masked_wherever_it_stands(number, before, after):
    masked = mask_numbers(f"{before.rstrip('.,')} {number} {after.lstrip('.')}")
    digits = "".join(filter(str.isdigit, number))
    assert digits[-4:] in masked.text
    assert digits[:9] not in "".join(filter(str.isdigit, masked.text))
    assert [one.kind for one in masked.findings] == ["card"]


def test_five_thousand_synthetic_cards_leave_none():
    rng = random.Random(311)
    for _ in range(5000):
        number = card(*rng.choice(STARTS), rng)
        assert mask_numbers(f"pago con {number}, gracias").findings, number


@pytest.mark.parametrize(
    "text",
    [
        "SSN 123456789",
        "my social security number is 123 45 6789",
        "seguro social: 123-45-6789",
        "123-45-6789",
        "(123-45-6789).",
    ],
)
def test_social_security_numbers_are_masked(text):
    masked = mask_numbers(text)
    assert [one.kind for one in masked.findings] == ["ssn"]
    assert "123" not in masked.text
    assert "6789" in masked.text


@pytest.mark.parametrize(
    "text",
    [
        "call 423-555-0142 or (423) 555-0142 or +1 423 555 0142",
        "SR-26-000123-K and WO-26-004711-X",
        "2026-11-24 15:00:00, 11/24/2026",
        "37402-1234",
        "tracking 1Z999AA10123456784",
        "9400111899223197428490",
        "parcel 145A-06-0012",
        "account 0000000000000000",
        "35.0456297, -85.3096801",
        "000-12-3456 666-12-3456 900-12-3456 123-00-4567",
        "VIN 1HGCM82633A004352, plate 4123 456",
        "meter 4111111111111112",
        "call 423-555-0142 423-555-0143 423-555-0144",
    ],
)
def test_numbers_of_the_trade_pass(text):
    assert mask_numbers(text).text == text


def test_few_random_long_numbers_are_taken_for_cards():
    rng = random.Random(7)
    texts = ["".join(rng.choice("0123456789") for _ in range(rng.randrange(9, 20))) for _ in range(5000)]
    assert sum(mask_numbers(text).is_changed for text in texts) < 100  # 2 %


def test_masking_twice_changes_nothing_more():
    once = mask_numbers("card 4111 1111 1111 1111 and 123-45-6789")
    assert once.text == "card \u2022\u2022\u2022\u2022 1111 and \u2022\u2022\u2022\u2022 6789"
    assert mask_numbers(once.text).text == once.text

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citydesk.kernel.errors import Invalid
from citydesk.kernel.money import format_money, money, parse_money

amounts = st.decimals("-999999999", "999999999", places=2)


@pytest.mark.parametrize(
    ("value", "rounded"),
    [("0.005", "0.01"), ("-0.005", "-0.01"), ("2.675", "2.68"), ("1.004", "1.00"), (7, "7.00"), ("-0.001", "0.00")],
)
def test_half_cents_round_away_from_zero(value, rounded):
    assert str(money(value)) == rounded


@pytest.mark.parametrize("value", [1.5, 0.1, True, None, b"1"])
def test_a_float_is_not_money(value):
    with pytest.raises(TypeError):
        money(value)


@pytest.mark.parametrize("value", ["NaN", "Infinity", "1e20", "ten", ""])
def test_what_is_no_amount_is_refused(value):
    with pytest.raises(Invalid):
        money(value)


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("$1,234.50", "1234.50"),
        ("1234.5", "1234.50"),
        (" 12 ", "12.00"),
        ("12.", "12.00"),
        (".50", "0.50"),
        ("-$3", "-3.00"),
        ("(12.00)", "-12.00"),
        ("−4.10", "-4.10"),
        ("+5", "5.00"),
    ],
)
def test_amounts_as_clerks_type_them(typed, amount):
    assert parse_money(typed) == Decimal(amount)


@pytest.mark.parametrize("typed", ["", "12,34", "1.234,50", "12.345", "$", "(12", "12)", "1,23,456", "abc", "--1", "."])
def test_ambiguous_amounts_are_refused(typed):
    with pytest.raises(Invalid) as caught:
        parse_money(typed, field="tendered")
    assert caught.value.field == "tendered"


@given(amounts)
def test_what_is_written_reads_back(amount):
    assert parse_money(format_money(amount)) == amount
    assert parse_money(format_money(amount, "es")) == amount


def test_written_amounts():
    assert format_money(Decimal("1234.5")) == "$1,234.50"
    assert format_money(Decimal("-3")) == "−$3.00"

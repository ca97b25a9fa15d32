"""Money: `Decimal` dollars with two places, rounded half up as a clerk does. Pure. Floats are refused."""

import re
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from citydesk.kernel.errors import Invalid, marked

CENT = Decimal("0.01")
ZERO = Decimal("0.00")
# numeric(14, 2) in the tables.
LARGEST = Decimal("999999999999.99")

_AMOUNT = re.compile(r"^(?P<paren>\()?(?P<sign>[-+−])?\$?(?P<digits>\d+|\d{1,3}(?:,\d{3})+)(?P<cents>\.\d*)?\)?$")
_BARE_CENTS = re.compile(r"^(?P<sign>[-+−])?\$?\.\d{1,2}$")


def money(value: Decimal | int | str) -> Decimal:
    """The amount rounded half up to cents. Floats, NaN and amounts beyond the tables' range raise."""
    if isinstance(value, bool) or not isinstance(value, Decimal | int | str):
        raise TypeError(f"money is Decimal, int or text, not {type(value).__name__}")
    try:
        amount = Decimal(value)
        if not amount.is_finite() or abs(amount) > LARGEST:
            raise Invalid(marked("This amount is out of range."), field="amount")
        return amount.quantize(CENT, ROUND_HALF_UP) + ZERO  # the sum drops the sign of a negative zero
    except InvalidOperation as error:
        raise Invalid(marked("This is not an amount of money."), field="amount") from error


def parse_money(text: str, *, field: str = "amount") -> Decimal:
    """What a clerk types: "$1,234.50", "1234.5", ".50", "-3", "(12.00)". Raises `Invalid` beside `field`.

    More than two decimals are refused, not rounded: a typed amount is a fact.
    """
    compact = re.sub(r"[\s  ]", "", text)
    found = _AMOUNT.match(compact)
    is_negative = bool(found and (found["sign"] in ("-", "−") or found["paren"]))
    if found and bool(found["paren"]) == compact.endswith(")"):
        cents = found["cents"] or ""
        if len(cents) > 3:
            raise Invalid(marked("An amount has at most two decimals."), field=field)
        plain = f"{found['digits'].replace(',', '')}{cents if len(cents) > 1 else ''}"
    elif _BARE_CENTS.match(compact):
        is_negative = compact[0] in "-−"
        plain = f"0{compact.lstrip('-+−$')}"
    else:
        raise Invalid(marked("This is not an amount of money."), field=field, hint=marked("Write it like 1,234.50."))
    amount = money(plain)
    return -amount + ZERO if is_negative else amount


def format_money(amount: Decimal, language: str = "en") -> str:
    """ "$1,234.50", "−$3.00". Spanish in the United States writes amounts the same way; the sign is a true minus.

    Other languages group with a narrow space and put the sign after: "1 234,50 $" (fr).
    """
    whole = money(amount)
    text = f"{abs(whole):,.2f}"
    sign = "−" if whole < 0 else ""
    if language.split("-")[0] in ("fr", "ru"):
        return f"{sign}{text.replace(',', ' ').replace('.', ',')} $"
    return f"{sign}${text}"

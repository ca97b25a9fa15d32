"""Numbers people read aloud: `SR-26-000123-K`. Pure; the counter behind them is `sequences.next_number`.

The check character is a weighted sum of all letters and digits modulo 23, written with 23 letters (no I, O, Q). 23 is
prime and every position has its own weight, so one wrong digit and any two swapped digits always change it.
"""

import re

_CHECK_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
_SHAPE = re.compile(r"^([A-Z]{2,3})-?(\d{2})-?(\d{6,9})-?([A-Z])$")


_VALUES = {character: int(character, 36) for character in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"}


def check_character(series: str, year: int, serial: int) -> str:
    """The check letter of a number; `year` in full or two digits."""
    text = f"{series}{year % 100:02d}{serial:06d}"
    total = sum(weight * _VALUES[character] for weight, character in enumerate(reversed(text), start=2))
    return _CHECK_LETTERS[total % 23]


def format_number(series: str, year: int, serial: int) -> str:
    """`format_number("SR", 2026, 123)` -> `SR-26-000123-` and the check letter."""
    return f"{series}-{year % 100:02d}-{serial:06d}-{check_character(series, year, serial)}"


def parse_number(text: str) -> str | None:
    """The number in its written form if the text is one (case, spaces and hyphens do not matter), else None."""
    found = _SHAPE.match(re.sub(r"[\s–—]", "", text.upper()))
    if not found:
        return None
    series, year, serial, letter = found.groups()
    if len(serial) > 6 and serial.startswith("0"):
        return None
    number = format_number(series, int(year), int(serial))
    return number if number.endswith(letter) else None


def spoken_groups(number: str) -> list[str]:
    """The number in groups as it is read aloud: `["SR", "26", "000", "123", "K"]`."""
    groups: list[str] = []
    for part in number.split("-"):
        groups += [part[i : i + 3] for i in range(0, len(part), 3)] if len(part) >= 6 else [part]
    return groups

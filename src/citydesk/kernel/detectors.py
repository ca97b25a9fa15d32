"""Card and social security numbers in free text: found and masked before anything is stored. Pure.

Built to let phone numbers, request numbers, dates, parcel and tracking numbers pass: a card number has a brand's first
digits and length and a right check digit; a social security number is written 3-2-4 or announced by name.
"""

import re
from dataclasses import dataclass

# First digits and lengths by brand (ISO/IEC 7812 as the networks publish them).
_BRANDS: tuple[tuple[str, re.Pattern[str], frozenset[int]], ...] = (
    ("visa", re.compile(r"4"), frozenset({13, 16, 19})),
    ("mastercard", re.compile(r"5[1-5]|2(?:22[1-9]|2[3-9]|[3-6]|7[01]|720)"), frozenset({16})),
    ("amex", re.compile(r"3[47]"), frozenset({15})),
    ("discover", re.compile(r"6011|64[4-9]|65"), frozenset({16, 19})),
    ("diners", re.compile(r"3(?:0[0-5]|[689])"), frozenset({14})),
    ("jcb", re.compile(r"35(?:2[89]|[3-8])"), frozenset({16})),
)
# Digits in groups, one kind of gap throughout (spaces of any kind, hyphens, dots, or none), not part of a longer run.
_DIGITS = re.compile(r"(?<![\d.,-])(?<!\d[ \u00a0])\d(?:[ \u00a0\u2009\u202f]?\d|[-\u2010-\u2013.]?\d){12,18}(?![\d-])")
_SSN = re.compile(r"(?<![\d-])(\d{3})([- \u2010-\u2013])(\d{2})\2(\d{4})(?![\d-])")
_SPOKEN_SSN = re.compile(
    r"(?i)(\b(?:ssn|soc(?:ial)?\.? sec(?:urity)?|seguro social)\b[^\d\n]{0,24})(\d{3})[ -]?(\d{2})[ -]?(\d{4})(?!\d)"
)
MASK = "\u2022\u2022\u2022\u2022"


@dataclass(frozen=True)
class Finding:
    """What was masked: "card" or "ssn", with the last four digits that were left."""

    kind: str
    last_four: str


@dataclass(frozen=True)
class Masked:
    """The text as it may be stored, and what was found in it."""

    text: str
    findings: tuple[Finding, ...]

    @property
    def is_changed(self) -> bool:
        return bool(self.findings)


def mask_numbers(text: str) -> Masked:
    """Mask every card and social security number; the last four digits stay, so that people can talk about it."""
    if sum(map(str.isdigit, text)) < 9:
        return Masked(text, ())
    findings: list[Finding] = []

    def card(match: re.Match[str]) -> str:
        digits = re.sub(r"\D", "", match[0])
        if not is_card_number(digits):
            return match[0]
        findings.append(Finding("card", digits[-4:]))
        return f"{MASK} {digits[-4:]}"

    def written(match: re.Match[str]) -> str:
        return ssn(match, match[1], match[3], match[4], "")

    def spoken(match: re.Match[str]) -> str:
        return ssn(match, match[2], match[3], match[4], match[1])

    def ssn(match: re.Match[str], area: str, group: str, serial: str, before: str) -> str:
        if area in ("000", "666") or area >= "900" or group == "00" or serial == "0000":
            return match[0]
        findings.append(Finding("ssn", serial))
        return f"{before}{MASK} {serial}"

    masked = _DIGITS.sub(card, text)
    masked = _SPOKEN_SSN.sub(spoken, masked)
    return Masked(_SSN.sub(written, masked), tuple(findings))


def is_card_number(digits: str) -> bool:
    """Whether digits have a brand's beginning and length and the right check digit."""
    if len(set(digits)) == 1:
        return False  # a filler
    fits = any(len(digits) in lengths and start.match(digits) for _brand, start, lengths in _BRANDS)
    return fits and luhn(digits)


def luhn(digits: str) -> bool:
    """The check digit of ISO/IEC 7812."""
    total = 0
    for at, character in enumerate(reversed(digits)):
        value = int(character) * (1 + at % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0

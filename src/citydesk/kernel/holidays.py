"""Holidays by rule: a day of a month, the nth weekday of one, days from Easter; and when they are observed. Pure."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from citydesk.kernel.errors import Invalid

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "last": -1}
OBSERVED = ("", "nearest", "monday")

_NTH = re.compile(rf"^({'|'.join(_ORDINALS)}) ({'|'.join(WEEKDAYS)}) (?:of|in) ({'|'.join(MONTHS)})$")
_FIXED = re.compile(rf"^({'|'.join(MONTHS)}) (\d{{1,2}})$")
_DATED = re.compile(r"^\d{4}-\d{2}-\d{2}$")
_OFFSET = re.compile(r"^(?:(\d+) days? (after|before)|day (after|before)) (.+)$")


@dataclass(frozen=True)
class Holiday:
    """A day the office is closed.

    `rule` is English text: "July 4", "third Monday of January", "day after fourth Thursday of November",
    "Good Friday", "2 days before Easter" or "2026-12-24". `observed` moves it off the weekend: "nearest" takes Saturday
    to Friday and Sunday to Monday, "monday" takes only Sunday to Monday. `first_year` and `last_year` bound it.
    """

    name: str
    rule: str
    observed: str = ""
    first_year: int = 1
    last_year: int = 9999

    def __post_init__(self) -> None:
        if self.observed not in OBSERVED:
            raise Invalid(f"{self.name}: observed is nearest, monday or empty, not {self.observed}", field="observed")
        _date_of(self.rule, 2024)

    def day_in(self, year: int) -> date | None:
        """The day the rule names in a year, before it is moved off a weekend; None where the year has none."""
        return _date_of(self.rule, year) if self.first_year <= year <= self.last_year else None

    def observed_in(self, year: int) -> date | None:
        """The day the office is closed for the holiday of that year; may lie in the year before or after."""
        day = self.day_in(year)
        if day is None or not self.observed or day.weekday() < 5:
            return day
        if day.weekday() == 6:
            return day + timedelta(days=1)
        return day - timedelta(days=1) if self.observed == "nearest" else day


def holidays_of(holidays: tuple[Holiday, ...], year: int) -> dict[date, str]:
    """Every observed holiday that falls in the year, with its name."""
    found: dict[date, str] = {}
    for source in (year - 1, year, year + 1):  # a January 1 may be observed on December 31
        for holiday in holidays:
            day = holiday.observed_in(source) if 0 < source < 9999 else None
            if day is not None and day.year == year:
                found.setdefault(day, holiday.name)
    return found


def easter(year: int) -> date:
    """Western Easter Sunday (the anonymous Gregorian computation)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    w = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * w) // 451
    month, day = divmod(h + w - 7 * m + 114, 31)
    return date(year, month, day + 1)


def nth_weekday(year: int, month: int, weekday: int, nth: int) -> date | None:
    """The nth weekday (0 is Monday) of a month; -1 is the last; None where a month has no fifth."""
    if nth < 0:
        after = date(year + month // 12, month % 12 + 1, 1)
        return after - timedelta(days=(after.weekday() - weekday - 1) % 7 + 1)
    first = date(year, month, 1)
    day = first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (nth - 1))
    return day if day.month == month else None


def _date_of(rule: str, year: int) -> date | None:
    text = " ".join(rule.lower().split())
    offset = _OFFSET.match(text)
    if offset:
        number, way, plain_way, inner = offset.groups()
        base = _date_of(inner, year)
        days = int(number or 1) * (1 if (way or plain_way) == "after" else -1)
        return base + timedelta(days=days) if base else None
    if text in ("easter", "easter sunday"):
        return easter(year)
    if text == "good friday":
        return easter(year) - timedelta(days=2)
    return _plain_date(text, rule, year)


def _plain_date(text: str, rule: str, year: int) -> date | None:
    nth, fixed = _NTH.match(text), _FIXED.match(text)
    if nth:
        ordinal, weekday, month = nth.groups()
        return nth_weekday(year, MONTHS.index(month) + 1, WEEKDAYS.index(weekday), _ORDINALS[ordinal])
    try:
        if fixed:
            month_number, number = MONTHS.index(fixed[1]) + 1, int(fixed[2])
            if (month_number, number) == (2, 29) and not _is_leap(year):
                return None
            return date(year, month_number, number)
        if _DATED.match(text):
            day = date.fromisoformat(text)
            return day if day.year == year else None
    except ValueError as error:
        raise Invalid(f"there is no such day: {rule}", field="rule") from error
    raise Invalid(
        f"not a holiday rule: {rule}",
        field="rule",
        hint='Write "July 4", "third Monday of January", "day after fourth Thursday of November" or "2026-12-24".',
    )


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)

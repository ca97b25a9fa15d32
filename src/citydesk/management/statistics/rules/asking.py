"""A report's address: which days, divided how, narrowed to what. Read here, written here, so that both agree."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from urllib.parse import urlencode

from citydesk.kernel.errors import Invalid, marked
from citydesk.management.statistics.choices import PERIODS
from citydesk.management.statistics.rules.selection import Selection, Values, month_start, period_start

PRESETS = ("30d", "12w", "12m", "year", "all", "days")
NUMBERS = ("department", "team", "hour", "weekday", "representative")
REPORT_FILTERS = ("department", "team", "group", "code", "district", "channel", "weekday", "hour")
CONTACT_FILTERS = ("reason", "representative", "outcome", "language")
Given = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Asked:
    """A report as it was asked for; `preset` names the days ("days" where both ends are given)."""

    selection: Selection
    preset: str
    by: str
    is_compared: bool
    # What the reader chose, as it stands in the address: without the defaults.
    has_by: bool = False
    problems: tuple[Invalid, ...] = field(default=())

    def query(self, **filters: Values) -> str:
        """The address part of this report, with filters replaced."""
        pairs: list[tuple[str, str]] = []
        if self.preset == "days":
            for name, day in (("from", self.selection.first), ("to", self.selection.last)):
                if day:
                    pairs.append((name, day.isoformat()))
        elif self.preset != "12w":
            pairs.append(("dates", self.preset))
        if self.has_by:
            pairs.append(("by", self.by))
        if not self.is_compared:
            pairs.append(("compare", "0"))
        chosen = {**self.selection.filters, **filters}
        pairs += [(name, str(one)) for name, values in sorted(chosen.items()) for one in values]
        return urlencode(pairs)

    def on(self, first: date | None, last: date | None) -> "Asked":
        """The same on other days."""
        return replace(self, selection=self.selection.within(first, last), preset="days")


def parse(given: Given, today: date) -> Asked:
    """Read an address. What is not understood is left out and named in `problems`."""
    problems: list[Invalid] = []
    first, last, preset = _days(given, today, problems)
    chosen: dict[str, Values] = {}
    for name in (*REPORT_FILTERS, *CONTACT_FILTERS):
        try:
            values = _values(name, given.get(name, ()))
        except Invalid as error:
            problems.append(error)
            continue
        if values:
            chosen[name] = values
    selection = Selection(first, last, chosen)
    asked = _last(given, "by")
    by = asked if asked in PERIODS else _fitting(selection)
    return Asked(selection, preset, by, _last(given, "compare") != "0", asked in PERIODS, tuple(problems))


def _last(given: Given, name: str) -> str:
    return (list(given.get(name, ())) or [""])[-1].strip()


def _values(name: str, given: Sequence[str]) -> Values:
    texts = [one.strip() for one in given if one.strip()]
    if name not in NUMBERS:
        return tuple(dict.fromkeys(texts))
    if not all(one.isdecimal() and len(one) < 12 for one in texts):
        raise Invalid(marked("This is not a number."), field=name)
    return tuple(dict.fromkeys(int(one) for one in texts))


def _days(given: Given, today: date, problems: list[Invalid]) -> tuple[date | None, date | None, str]:
    start, end = _day(given, "from", problems), _day(given, "to", problems)
    if start or end:
        if start and end and end < start:
            problems.append(Invalid(marked("The last day is before the first."), field="to"))
            start, end = end, start
        return start, end, "days"
    preset = _last(given, "dates")
    preset = preset if preset in PRESETS and preset != "days" else "12w"
    if preset == "all":
        return None, None, preset
    firsts = {
        "30d": today - timedelta(days=29),
        "12w": period_start(today, "week") - timedelta(weeks=11),
        "12m": month_start(month_start(today) - timedelta(days=335)),
        "year": today.replace(month=1, day=1),
    }
    return firsts[preset], today, preset


def _day(given: Given, name: str, problems: list[Invalid]) -> date | None:
    text = _last(given, name)
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        problems.append(Invalid(marked("This is not a date."), field=name))
        return None


def _fitting(selection: Selection) -> str:
    """The period that gives between about ten and forty points."""
    days = selection.days
    if days is None or days > 200:
        return "month"
    return "day" if days <= 31 else "week"

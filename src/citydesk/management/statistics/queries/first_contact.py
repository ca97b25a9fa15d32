"""Resolved at the first contact, told in three ways: side by side, each with what it counts, and never put together."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from citydesk.management.quality.rules import FEWEST_ANSWERS
from citydesk.management.statistics import labels
from citydesk.management.statistics.queries.measure import Figure, columns_of, figures, get_measure, statement_of
from citydesk.management.statistics.queries.names import words_for
from citydesk.management.statistics.queries.reading import Reading
from citydesk.management.statistics.queries.report import value_words
from citydesk.management.statistics.queries.tables import Table, column, contact_asked
from citydesk.management.statistics.rules.cells import hidden, is_small
from citydesk.management.statistics.rules.selection import Selection

REPEAT, SAID, SURVEY = "contacts_first_resolution", "contacts_first_said", "contacts_first_survey"
WAYS = (REPEAT, SAID, SURVEY)
# What is behind numerator and denominator of each; what stands beside it is behind the column of the same name.
BEHIND = {REPEAT: ("first_stayed", "first_repeat"), SAID: ("said_yes", "said"), SURVEY: ("survey_yes", "survey")}
_KEYS = ("channel", "reason")


@dataclass(frozen=True)
class Count:
    """A number as it is shown, and the address of the records behind it (empty where the reader may not see them)."""

    words: str
    href: str = ""
    label: str = ""


@dataclass(frozen=True)
class Way:
    """One of the three ways. `why_none` says why there is no share."""

    code: str
    label: str
    share: str
    held: Count
    of: Count
    whom: str
    window: str
    left_out: tuple[Count, ...]
    why_none: str = ""


def first_ways(reading: Reading) -> tuple[Way, ...]:
    """The three figures of the whole."""
    selection = contact_asked(reading.asked).selection
    told = [code for code in WAYS if _goes_with(code, selection)]
    reading.answers.ahead(statement_of(code, selection, (), now=reading.now, answers=reading.answers) for code in told)
    return tuple(_way(reading, code, selection) if code in told else _not_told(code) for code in WAYS)


def _goes_with(code: str, selection: Selection) -> bool:
    """Whether a figure can be narrowed as the reader asked: answers of residents are not told of single people."""
    known = {*columns_of(get_measure(code).fact), "day", "week", "month", "year", "weekday", "hour"}
    return all(name in known for name, values in selection.filters.items() if values)


def _way(reading: Reading, code: str, selection: Selection) -> Way:
    one = figures(code, selection, (), now=reading.now, answers=reading.answers)[0]
    held, of = int(one.numerator or 0), int(one.denominator or 0)
    # Where the share is shown, so is what it is made of.
    is_few = _hides(reading, code, of)
    left_out = tuple(
        _count(reading, code, int(number or 0), name, str(labels.BESIDE[name])) for name, number in one.beside.items()
    )
    return Way(
        code,
        str(labels.FIRST_WAYS[code]),
        "–" if is_few or not of else value_words(one.value, "percent"),
        Count(_sign(reading, code)) if is_few else _counted(reading, code, held, BEHIND[code][0]),
        Count(_sign(reading, code)) if is_few else _counted(reading, code, of, BEHIND[code][1]),
        str(labels.FIRST_WHOM[code]),
        str(labels.FIRST_WINDOWS[code]),
        left_out,
        _("Too few to tell.") if is_few else "" if of else _("Nothing was counted in these days."),
    )


def _not_told(code: str) -> Way:
    none = Count("–")
    words = str(labels.FIRST_WAYS[code]), "–", none, none, str(labels.FIRST_WHOM[code]), str(labels.FIRST_WINDOWS[code])
    return Way(code, *words, (), _("Not counted for this filter."))


def _under(reading: Reading, code: str) -> int:
    """Counts under this are hidden from the reader; 0 where none is."""
    if code == SURVEY:
        return 0 if reading.may_see_answers else max(FEWEST_ANSWERS, reading.small)
    return 0 if reading.may_see_small else reading.small


def _hides(reading: Reading, code: str, number: int) -> bool:
    return is_small(number, _under(reading, code))


def _sign(reading: Reading, code: str) -> str:
    return f"< {_under(reading, code)}"


def _count(reading: Reading, code: str, number: int, what: str, label: str = "") -> Count:
    """A number that may be too small for this reader."""
    return (
        Count(_sign(reading, code), "", label)
        if _hides(reading, code, number)
        else _counted(reading, code, number, what, label)
    )


def _counted(reading: Reading, code: str, number: int, what: str, label: str = "") -> Count:
    """A number with its records. Who was asked or answered is read with the right to single answers alone."""
    may_open = number and (code != SURVEY or reading.may_see_answers)
    return Count(f"{number:,}", reading.contacts_behind(what, contact_asked(reading.asked)) if may_open else "", label)


def by_part(reading: Reading, name: str, title: str) -> Table:
    """Shares and what they are of, by channel or reason, the three ways beside each other."""
    selection = contact_asked(reading.asked).selection
    found: dict[str, dict[Any, Figure]] = {code: {} for code in WAYS}
    for code in WAYS:
        if _goes_with(code, selection):
            rows = figures(code, selection, (name,), now=reading.now, answers=reading.answers)
            found[code] = {one.parts[0]: one for one in rows if one.denominator}
    parts = sorted({part for one in found.values() for part in one}, key=lambda part: (-_of(found[REPEAT], part), part))
    words = words_for(name, parts, reading.today)
    table = [{"name": words(part)} for part in parts]
    small = any([_fill(reading, code, found[code], parts, table) for code in WAYS])
    columns = [column("name", labels.DIMENSIONS[name], "text")]
    for code, head in zip(WAYS, (_("Did not come again"), _("Representatives"), _("Residents")), strict=True):
        columns += [column(code, f"{head} %", "hours"), column(f"{code}_of", _("%(what)s: of") % {"what": head})]
    return Table(f"first_{name}", title, tuple(columns), table, small=small)


def _of(found: dict[Any, Figure], part: Any) -> int:
    return int(found[part].denominator or 0) if part in found else 0


def _fill(reading: Reading, code: str, found: dict[Any, Figure], parts: list[Any], table: list[dict[str, Any]]) -> bool:
    """The two columns of one way. Returns whether something is hidden in them."""
    numbers = [_of(found, part) for part in parts]
    hides = hidden(numbers, _under(reading, code))
    for row, part, number, is_hidden in zip(table, parts, numbers, hides, strict=True):
        value = found[part].value if part in found else None
        row[code] = None if is_hidden or value is None else round(value, 1)
        row[f"{code}_of"] = _sign(reading, code) if is_hidden else number
    return any(hides)


BUILDERS: dict[str, Callable[[Reading], Table]] = {
    "first_channel": lambda reading: by_part(reading, "channel", _("By channel")),
    "first_reason": lambda reading: by_part(reading, "reason", _("By reason")),
}


def first_tables(reading: Reading) -> Iterator[Table]:
    """The three ways by channel and by reason."""
    selection = contact_asked(reading.asked).selection
    reading.answers.ahead(
        statement_of(code, selection, (name,), now=reading.now, answers=reading.answers)
        for code in WAYS
        if _goes_with(code, selection)
        for name in _KEYS
    )
    for build in BUILDERS.values():
        yield build(reading)

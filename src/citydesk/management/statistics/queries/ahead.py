"""Asks for everything the report page counts in two statements, before its tables are made."""

from collections.abc import Iterator

from citydesk.management.statistics.choices import DUE_ON_TIME
from citydesk.management.statistics.queries.dues import counts_dues, days_of
from citydesk.management.statistics.queries.measure import is_percentile, statement_of
from citydesk.management.statistics.queries.reading import Reading
from citydesk.management.statistics.queries.tables import BACK, DIVIDED, contact_asked
from citydesk.management.statistics.rules.selection import Selection

Wanted = tuple[str, Selection, tuple[str, ...]]
CONTACT_KEYS = ("channel", "outcome", "reason", "representative")


def count_ahead(reading: Reading, whole: tuple[str, ...], earlier: Selection | None) -> None:
    """Fill `reading.answers`. First what does not depend on anything, then the percentiles and what was due: whether
    they are read from single records depends on how many requests were closed, which the first statement tells."""
    wanted = [*_wholes(reading, whole, earlier), *_tables(reading), ("requests_closed", days_of(reading), ())]
    _ask(reading, [one for one in wanted if not is_percentile(one[0])])
    _ask(reading, [*(one for one in wanted if is_percentile(one[0])), *_dues(reading)])


def _ask(reading: Reading, wanted: list[Wanted]) -> None:
    reading.answers.ahead(
        statement_of(code, selection, by, now=reading.now, answers=reading.answers) for code, selection, by in wanted
    )


def _dues(reading: Reading) -> Iterator[Wanted]:
    if counts_dues(reading):
        yield from ((DUE_ON_TIME, reading.asked.selection, by) for by in ((), ("department",)))


def _wholes(reading: Reading, whole: tuple[str, ...], earlier: Selection | None) -> Iterator[Wanted]:
    for selection in (reading.asked.selection, earlier):
        if selection is not None:
            yield from ((code, selection, ()) for code in whole)


def _tables(reading: Reading) -> Iterator[Wanted]:
    asked = reading.asked
    yield from ((code, asked.selection, (asked.by,)) for code in ("requests_opened", "requests_closed"))
    yield from ((code, asked.selection, (name,)) for name in ("code", "department") for code in DIVIDED.values())
    yield from ((code, asked.selection, ("code",)) for code in BACK.values())
    yield "requests_open_by_age", asked.selection, ("age",)
    spoken = contact_asked(asked).selection
    yield "contacts_count", spoken, ("weekday", "hour")
    for name in CONTACT_KEYS:
        yield from ((code, spoken, (name,)) for code in ("contacts_count", "contacts_active_seconds_mean"))

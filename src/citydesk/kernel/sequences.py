"""Counters for human numbers. A PostgreSQL sequence per series and year: gaps happen, a number never comes twice."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

from citydesk.kernel.numbering import format_number
from citydesk.kernel.practice import letters_of
from citydesk.kernel.statements import run

# The letters of a series and the table whose rows carry its numbers: a room has it in `choices.SERIES`.
Series = tuple[str, str]
# What an act is sure to need, and what of it was taken already.
_Wanted = dict[tuple[Series, int], tuple[int, str] | None]
_ahead: ContextVar[_Wanted | None] = ContextVar("identities_ahead", default=None)


def next_number(series: str, year: int) -> str:
    """The next number of a series in a year, e.g. `SR-26-000123-K`. Never reused, even if the transaction fails."""
    letters = letters_of(series)
    return format_number(letters, year, run("SELECT citydesk_next_number(%s, %s)", (letters, year))[0][0])


def next_numbers(series: str, year: int, count: int) -> list[str]:
    """The next `count` numbers of a series at once, in order."""
    sql = "SELECT citydesk_next_number(%s, %s) FROM generate_series(1, %s)"
    letters = letters_of(series)
    return [format_number(letters, year, serial) for (serial,) in run(sql, (letters, year, count))]


def next_identity(series: Series, year: int) -> tuple[int, str]:
    """Key and number of the next row, known before it is written: what points to it can be written with it, in one
    statement (`kernel.rows`)."""
    ahead = _ahead.get() or {}
    found = ahead.pop((series, year), None)
    if found is not None:
        return found
    missing = [one for one, taken in ahead.items() if taken is None]
    first, *others = _take([(series, year), *missing])
    ahead.update(zip(missing, others, strict=True))
    return first


@contextmanager
def taken_together(*wanted: tuple[Series, int]) -> Iterator[None]:
    """Say which identities an act is sure to need: the first `next_identity` inside takes all of them at once."""
    token = _ahead.set(dict.fromkeys(wanted))
    try:
        yield
    finally:
        _ahead.reset(token)


def _take(wanted: Sequence[tuple[Series, int]]) -> list[tuple[int, str]]:
    each = ", ".join(["nextval(pg_get_serial_sequence(%s, 'id')), citydesk_next_number(%s, %s)"] * len(wanted))
    values = [value for (letters, table), year in wanted for value in (table, letters_of(letters), year)]
    (row,) = run(f"SELECT {each}", values)
    pairs = zip(row[::2], row[1::2], wanted, strict=True)
    return [(key, format_number(letters_of(letters), year, serial)) for key, serial, ((letters, _table), year) in pairs]

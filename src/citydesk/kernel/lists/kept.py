"""Statements written once a process: Django spends more on writing a list's SQL than PostgreSQL on answering it.

What decides a statement is its key: who reads (their rights and teams), the filters, the order. The same key gives the
same statement, so nobody is given another's. What moves with the time stands in it as a `Moment`, filled anew.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from datetime import datetime, timedelta, tzinfo
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import BooleanField, F, Func, Value
from django.db.models.expressions import RawSQL

from citydesk.kernel.statements import run

_MOST_KEPT = 2000


class Moment(datetime):
    """The moment of the asking, as a value in a condition: its place in a kept statement is known by its type.

    What is worked out from it (its midnight, an hour later) is a plain time and stays in the statement as it is.
    """

    # The ignores below: what comes of a moment is a plain time; the checker would have it be a moment again.

    def plain(self) -> datetime:
        """The same moment as any other."""
        return datetime.combine(self.date(), self.timetz())

    def astimezone(self, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]  # see above
        return self.plain().astimezone(tz)

    def replace(self, *given: Any, **named: Any) -> datetime:  # type: ignore[override]  # see above
        return self.plain().replace(*given, **named)

    def __add__(self, other: timedelta) -> datetime:  # type: ignore[override]  # see above
        return self.plain() + other

    def __sub__(self, other: Any) -> Any:  # type: ignore[override]  # see above
        return self.plain() - other


class Ids(list[int]):
    """Keys of rows that were found before, as a value in a condition (`among`). A statement with several such values
    has a kind of its own for each."""


class Words(str):
    """What somebody typed, as a value in a condition."""

    __slots__ = ()


# What moves in a kept statement besides the time: the type of a value in it -> what stands there this time.
Given = Mapping[type, Any]


def among(rows: Any, ids: Sequence[int], column: Any = "pk") -> Any:
    """The rows of these keys (or of these numbers in another column or expression), by one value however many."""
    return rows.filter(
        _IsAny(F(column) if isinstance(column, str) else column, Value(ids if isinstance(ids, Ids) else Ids(ids)))
    )


class _IsAny(Func):
    """A column is one of an array's values."""

    template, arg_joiner, output_field = "%(expressions)s)", " = ANY(", BooleanField()


def moment(now: datetime) -> Moment:
    """`now` for the conditions of a queryset whose statement is kept."""
    return Moment.combine(now.date(), now.timetz())


class Statements(dict[Hashable, Any]):
    """Statements by key, bounded. Hold one as long as what the keys do not tell stays the same (a profile's load)."""

    def rows(
        self, key: Hashable, make: Callable[[], Any], now: datetime | None = None, given: Given | None = None
    ) -> list[dict[str, Any]] | None:
        """The rows of the queryset of dictionaries (`.values()`) that `make` builds the first time.

        None where its statement cannot be kept: `make` gave None, or Python has a part in reading a column.
        """
        return _read(self.keep(key, lambda: _written(make())), now, given)

    def rows_per(
        self, key: Hashable, make: Callable[..., Any], ids: Sequence[Ids], now: datetime, given: Given
    ) -> list[dict[str, Any]] | None:
        """The rows of `make(one, ...)` for each of these ids (each of one with each of the next), in no order; a limit
        in it is one for each.

        As `= ANY` it would be one limit for all, and to find the newest of all PostgreSQL reads every row of an id.
        """

        def write() -> Any:
            written = _written(make(*(RawSQL(f"per{at}.one", ()) for at in range(len(ids)))))  # noqa: S611 - numbers alone
            if written is None:
                return None
            sql, values, names = written
            each = ", ".join(f"unnest(%s::bigint[]) AS per{at} (one)" for at in range(len(ids)))
            whole = f"SELECT found.* FROM {each}, LATERAL ({sql}) AS found"  # noqa: S608 - written by Django
            return whole, (*ids, *values), names

        return _read(self.keep(key, write), now, given)

    def keep(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """Whatever `make` gives the first time; nothing is kept of None."""
        kept = self.get(key)
        if kept is None and (kept := make()) is not None:
            if len(self) >= _MOST_KEPT:
                self.clear()
            self[key] = kept
        return kept


def filled(values: Any, now: datetime, given: Given | None = None) -> Any:
    """The values of a kept statement with the moment of this asking, and what else moves."""
    real = {Moment: now, **(given or {})}
    if isinstance(values, dict):
        return {name: real.get(type(one), one) for name, one in values.items()}
    return [real.get(type(one), one) for one in values]


def _read(
    kept: tuple[str, tuple[Any, ...], tuple[str, ...]] | None, now: datetime | None, given: Given | None
) -> list[dict[str, Any]] | None:
    if kept is None:
        return None
    sql, values, names = kept
    return [dict(zip(names, row, strict=True)) for row in run(sql, filled(values, now, given) if now else values)]


def _written(rows: Any) -> tuple[str, tuple[Any, ...], tuple[str, ...]] | None:
    """(statement, values, names of the columns)."""
    if rows is None:
        return None
    compiler = rows.query.get_compiler(connection=connection)
    try:
        sql, values = compiler.as_sql()
    except EmptyResultSet:
        return None
    if compiler.get_converters([expression for expression, _sql, _alias in compiler.select]):
        return None
    return sql, tuple(values), tuple(rows.query.selected)

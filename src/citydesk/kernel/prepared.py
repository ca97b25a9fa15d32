"""What a connection has prepared: the shortest way from a text said again and again, with its values, to rows.

psycopg's cursor is written for everything a program may ask; of the web process's time for one small statement, two
thirds were its bookkeeping. Here a statement that was said often enough goes from psycopg's own dumpers straight to
libpq and back through psycopg's own loaders. Whatever is not plain is left to the cursor.
"""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import count
from typing import Any, NamedTuple

import psycopg
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import error_from_result
from psycopg.pq import ConnStatus, ExecStatus, Format, TransactionStatus

# More than the house has; what comes later goes through psycopg's cursor, unprepared.
MOST = 400
_PLACE = re.compile(r"%(?:\((\w+)\)s|(.))", re.DOTALL)
_ANSWERED = (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK)
Values = Sequence[Any] | Mapping[str, Any]


class Text(NamedTuple):
    """A statement as PostgreSQL numbers its values; `names` are those of a mapping, in the order of the numbers."""

    sql: bytes
    names: tuple[str, ...] | None
    places: int


class Prepared:
    """The statements that one connection of psycopg keeps, and how values go to it and come from it."""

    def __init__(self, held: Any) -> None:
        self.held = held
        # psycopg prepares nothing of its own here: once it has, it makes the server forget everything that this
        # connection prepared with each ROLLBACK, ours as well.
        self.threshold, held.prepare_threshold = held.prepare_threshold, None
        self.line = held.pgconn
        self.cursors: dict[type, Any] = {kind: _cursor(kind, held) for kind in (psycopg.Cursor, psycopg.RawCursor)}
        self._turn = Transformer(self.cursors[psycopg.Cursor])
        self._said: dict[tuple[Text, Any], int] = {}
        self._names: dict[tuple[Text, Any], bytes] = {}
        self._numbers = count()
        self._formats: dict[int, list[PyFormat]] = {}

    def run(self, kind: type, sql: str, values: Values) -> list[tuple[Any, ...]]:
        """The rows of a statement. Raises what psycopg raises."""
        text = _numbered(sql) if kind is psycopg.Cursor else _as_it_is(sql)
        if text is None or not self._may_go_straight():
            return self._by_cursor(kind, sql, values)
        named: Any = values
        given: Any = values if text.names is None else [named[name] for name in text.names]
        if len(given) != (text.places if text.places >= 0 else len(given)):
            return self._by_cursor(kind, sql, values)  # which says what is wrong
        turn = self._turn
        words = turn.dump_sequence(given, self._auto(len(given)))
        name = self._name_of(text, turn.types)
        if name is None:
            return self._by_cursor(kind, sql, values)
        if not self.held.autocommit and self.line.transaction_status == TransactionStatus.IDLE:
            self._answer(self.line.exec_(b"BEGIN"))
        try:
            result = self._answer(self.line.exec_prepared(name, words, turn.formats))
        except psycopg.errors.InvalidSqlStatementName:
            # Somebody said DEALLOCATE ALL on this line: whoever comes next prepares anew.
            self._names.clear()
            raise
        if not result.nfields:
            return []
        turn.set_pgresult(result)
        rows = turn.load_rows(0, result.ntuples, tuple)
        turn.set_pgresult(None)
        return rows

    def _may_go_straight(self) -> bool:
        held = self.held
        return (
            self.threshold is not None
            and self.line.status == ConnStatus.OK
            # psycopg says BEGIN with these; a transaction that wants them begins through its cursor.
            and held.isolation_level is None
            and held.read_only is None
            and held.deferrable is None
            and held.pgconn.pipeline_status == 0
        )

    def _name_of(self, text: Text, types: Any) -> bytes | None:
        """The name of the prepared statement; None while it was not said often enough to be worth one."""
        known = (text, types)
        name = self._names.get(known)
        if name is not None:
            return name
        said = self._said[known] = self._said.get(known, 0) + 1
        if said <= self.threshold or len(self._names) >= MOST:
            if len(self._said) > 10 * MOST:
                self._said.clear()
            return None
        name = b"kept_%d" % next(self._numbers)
        self._answer(self.line.prepare(name, text.sql, types))
        self._names[known] = name
        return name

    def _auto(self, count: int) -> list[PyFormat]:
        found = self._formats.get(count)
        if found is None:
            found = self._formats[count] = [PyFormat.AUTO] * count
        return found

    def _answer(self, result: Any) -> Any:
        if result.status not in _ANSWERED:
            error = error_from_result(result, encoding=self.held.info.encoding)
            if type(error) is psycopg.DatabaseError:
                # The server said nothing more: libpq's own words for a line that broke, which psycopg's cursor tells
                # as such, and which pages answer with "the database is away" and not with "something broke".
                raise psycopg.OperationalError(*error.args) from error
            raise error
        return result

    def _by_cursor(self, kind: type, sql: str, values: Values) -> list[tuple[Any, ...]]:
        cursor = self.cursors[kind]
        cursor.execute(sql, values)
        return self.rows_of(cursor)

    @staticmethod
    def rows_of(cursor: Any) -> list[tuple[Any, ...]]:
        """What a cursor has read; nothing for a statement without rows."""
        result = cursor.pgresult
        return cursor.fetchall() if result is not None and result.nfields else []


def _cursor(kind: Any, held: Any) -> Any:
    cursor = kind(held)
    cursor.adapters.register_loader("timestamptz", _moments())
    return cursor


@cache
def _moments() -> Any:
    """psycopg's compiled reader of times: Django's own, in Python, takes ten times as long for the same UTC."""
    return psycopg.adapters.get_loader(psycopg.adapters.types["timestamptz"].oid, Format.TEXT)


@cache
def _as_it_is(sql: str) -> Text:
    return Text(sql.encode(), None, -1)


@cache
def _numbered(sql: str) -> Text | None:
    """The text with `$1, $2` for `%s` or `%(name)s`; None for one that mixes them or has other placeholders."""
    names: list[str] = []
    places = 0
    parts: list[str] = []
    end = 0
    for found in _PLACE.finditer(sql):
        parts.append(sql[end : found.start()])
        end = found.end()
        name, other = found.groups()
        if name is not None:
            if name not in names:
                names.append(name)
            parts.append(f"${names.index(name) + 1}")
        elif other == "s":
            places += 1
            parts.append(f"${places}")
        elif other == "%":
            parts.append("%")
        else:
            return None
    if names and places:
        return None
    parts.append(sql[end:])
    return Text("".join(parts).encode(), tuple(names) if names else None, len(names) or places)

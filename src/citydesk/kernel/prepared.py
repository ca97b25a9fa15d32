"""What a connection has prepared: the shortest way from a text said again and again, with its values, to rows.

psycopg's cursor is written for everything a program may ask; of the web process's time for one small statement, two
thirds were its bookkeeping. Here a statement that was said often enough goes from psycopg's own dumpers straight to
libpq and back through psycopg's own loaders. Whatever is not plain is left to the cursor.
"""

import re
import select
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


class Asked(NamedTuple):
    """A statement to run: the kind of psycopg's cursor whose placeholders it has, its text, its values."""

    kind: type
    sql: str
    values: Values


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
        ready = self._ready(Asked(kind, sql, values))
        if ready is None:
            return self._by_cursor(kind, sql, values)
        self._begin()
        try:
            result = self._answer(self.line.exec_prepared(*ready))
        except psycopg.errors.InvalidSqlStatementName:
            # Somebody said DEALLOCATE ALL on this line: whoever comes next prepares anew.
            self._names.clear()
            raise
        return self._rows(result)

    def run_together(self, asked: Sequence[Asked]) -> list[list[tuple[Any, ...]]]:
        """The rows of each of several statements, by one journey to the server and back.

        Outside of a transaction they are one of their own. Raises what psycopg raises for the first that fails.
        """
        ready = [self._ready(one) for one in asked]
        if None in ready:
            return [self.run(*one) for one in asked]
        self._begin()
        self.line.enter_pipeline_mode()
        try:
            for one in ready:
                self.line.send_query_prepared(*one)  # type: ignore[misc]  # none is None here
            self.line.pipeline_sync()
            results = self._results(len(ready))
        finally:
            if self.line.status == ConnStatus.OK:
                self.line.exit_pipeline_mode()
        try:
            return [self._rows(self._answer(one)) for one in results]
        except psycopg.errors.InvalidSqlStatementName:
            self._names.clear()
            raise

    def _results(self, count: int) -> list[Any]:
        """The answers to so many statements, read until the server says that it has seen them all."""
        found: list[Any] = []
        while True:
            self._wait()
            result = self.line.get_result()
            if result is None:
                if self.line.status != ConnStatus.OK:
                    raise psycopg.OperationalError("the connection is lost")
            elif result.status == ExecStatus.PIPELINE_SYNC:
                return found
            elif len(found) < count:
                found.append(result)

    def _wait(self) -> None:
        """Until an answer can be read without waiting: libpq would hold up the other threads of the process."""
        line = self.line
        while line.status == ConnStatus.OK and line.is_busy():
            poll = select.poll()
            poll.register(line.socket, select.POLLIN if not line.flush() else select.POLLIN | select.POLLOUT)
            poll.poll()
            line.consume_input()

    def _ready(self, asked: Asked) -> tuple[bytes, Any, Any] | None:
        """(the name of the prepared statement, its values, their formats); None for one that the cursor must run."""
        text = _numbered(asked.sql) if asked.kind is psycopg.Cursor else _as_it_is(asked.sql)
        if text is None or not self._may_go_straight():
            return None
        named: Any = asked.values
        given: Any = asked.values if text.names is None else [named[name] for name in text.names]
        if len(given) != (text.places if text.places >= 0 else len(given)):
            return None  # the cursor says what is wrong
        turn = self._turn
        words = turn.dump_sequence(given, self._auto(len(given)))
        name = self._name_of(text, turn.types)
        return None if name is None else (name, words, turn.formats)

    def _begin(self) -> None:
        if not self.held.autocommit and self.line.transaction_status == TransactionStatus.IDLE:
            self._answer(self.line.exec_(b"BEGIN"))

    def _rows(self, result: Any) -> list[tuple[Any, ...]]:
        if not result.nfields:
            return []
        turn = self._turn
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

"""Statements of the busiest paths: bound and prepared on the server, so that PostgreSQL parses and plans each once a
connection. Everything else goes through Django's models, which write a new text each time.

Measured on the intake of a report: a prepared statement costs a third of the same one through the models.
"""

import select
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple
from weakref import ReferenceType, ref

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections

from citydesk.kernel.prepared import Asked, Prepared


def run(sql: str, values: Sequence[Any] | Mapping[str, Any] = ()) -> list[tuple[Any, ...]]:
    """Run one statement with `%s` or `%(name)s` placeholders in the running transaction; returns its rows, if any.

    The text must be one of few: each is kept by the connection (`prepare_threshold` in the settings).
    """
    return _run(psycopg.Cursor, sql, values)


def run_numbered(sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    """As `run` for a text with PostgreSQL's own `$1, $2`: psycopg reads through a long text at every call otherwise."""
    return _run(psycopg.RawCursor, sql, values)


class Later:
    """A statement that only reads and that nobody waits for yet: it goes to the server with the next one that somebody
    does wait for, by one journey for both, or when its rows are asked for. If nobody asks and holds it, it never runs.
    """

    def __init__(self, sql: str, values: Sequence[Any] | Mapping[str, Any] = ()) -> None:
        self._asked = Asked(psycopg.Cursor, sql, values)
        self._found: list[tuple[Any, ...]] | None = None
        ours: Any = connections[DEFAULT_DB_ALIAS]
        self._waiting: list[ReferenceType[Later]] = _waiting_on(ours)
        self._waiting.append(ref(self))

    def rows(self) -> list[tuple[Any, ...]]:
        """The rows of the statement, which runs now if it has not. Raises as `run` does."""
        if self._found is None:
            self._waiting[:] = [one for one in self._waiting if one() is not self]
            self._found = _run(*self._asked)
        return self._found

    def _answer(self, rows: list[tuple[Any, ...]]) -> None:
        self._found = rows


def _waiting_on(ours: Any) -> list[ReferenceType[Later]]:
    waiting: list[ReferenceType[Later]] | None = getattr(ours, "_citydesk_waiting", None)
    if waiting is None:
        waiting = ours._citydesk_waiting = []
    return waiting


def _run(kind: Any, sql: str, values: Sequence[Any] | Mapping[str, Any]) -> list[tuple[Any, ...]]:
    # Looked up once: `connection` finds the thread's own at every use.
    ours: Any = connections[DEFAULT_DB_ALIAS]
    _look_at(ours)
    ours.ensure_connection()
    waiting = _waiting_on(ours)
    before = [one for one in (held() for held in waiting) if one is not None] if waiting else []
    waiting.clear()
    asked = [*(one._asked for one in before), Asked(kind, sql, values)]
    *others, rows = _all_of(ours, asked)
    for one, found in zip(before, others, strict=True):
        one._answer(found)
    return rows


def _all_of(ours: Any, asked: list[Asked]) -> list[list[tuple[Any, ...]]]:
    prepared = _prepared_by(ours)
    if ours.queries_logged:
        # Written down for whoever looks on: a test that counts, a developer.
        return [_logged(ours, prepared, one) for one in asked]
    ours.validate_no_broken_transaction()
    found: list[list[tuple[Any, ...]]] = []
    for at, one in enumerate(asked):
        is_last = at == len(asked) - 1

        def execute(sql: str, values: Any, _many: bool, _context: Any, is_last: bool = is_last) -> None:
            if is_last:
                with ours.wrap_database_errors:
                    found.extend(prepared.run_together(asked) if len(asked) > 1 else [prepared.run(*asked[0])])

        # Counted like every other statement: the wrappers are Django's. Their time is that of the last.
        for wrapper in reversed(ours.execute_wrappers):
            execute = partial(wrapper, execute)
        execute(one.sql, one.values, False, {"connection": ours, "cursor": _Bound(prepared.cursors[one.kind])})
    return found


def _logged(ours: Any, prepared: Prepared, one: Asked) -> list[tuple[Any, ...]]:
    cursor = prepared.cursors[one.kind]
    ours._prepare_cursor(cursor).execute(one.sql, one.values)
    return prepared.rows_of(cursor)


class _Bound(NamedTuple):
    """What a wrapper sees where it looks for Django's cursor."""

    cursor: Any


def _prepared_by(ours: Any) -> Prepared:
    """What the connection has prepared; a new connection has prepared nothing."""
    known: Prepared | None = getattr(ours, "_citydesk_prepared", None)
    if known is None or known.held is not ours.connection:
        known = ours._citydesk_prepared = Prepared(ours.connection)
    return known


def _look_at(ours: Any) -> None:
    """Django's check before the first statement of a request, that the kept connection still stands, by a look.

    A server that went away has closed the socket, so there is something to read; only then, or when it says anything
    else nobody asked for, is it asked `SELECT 1` as Django does every time.
    """
    held = ours.connection
    is_due = ours.health_check_enabled and not ours.health_check_done
    if is_due and held is not None and not held.closed and not _has_something_to_read(held.fileno()):
        ours.health_check_done = True
    ours.close_if_health_check_failed()


def _has_something_to_read(socket: int) -> bool:
    poll = select.poll()
    poll.register(socket, select.POLLIN)
    return bool(poll.poll(0))

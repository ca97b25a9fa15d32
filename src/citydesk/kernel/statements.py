"""Statements of the busiest paths: bound and prepared on the server, so that PostgreSQL parses and plans each once a
connection. Everything else goes through Django's models, which write a new text each time.

Measured on the intake of a report: a prepared statement costs a third of the same one through the models.
"""

import select
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections

from citydesk.kernel.prepared import Prepared


def run(sql: str, values: Sequence[Any] | Mapping[str, Any] = ()) -> list[tuple[Any, ...]]:
    """Run one statement with `%s` or `%(name)s` placeholders in the running transaction; returns its rows, if any.

    The text must be one of few: each is kept by the connection (`prepare_threshold` in the settings).
    """
    return _run(psycopg.Cursor, sql, values)


def run_numbered(sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    """As `run` for a text with PostgreSQL's own `$1, $2`: psycopg reads through a long text at every call otherwise."""
    return _run(psycopg.RawCursor, sql, values)


def _run(kind: Any, sql: str, values: Sequence[Any] | Mapping[str, Any]) -> list[tuple[Any, ...]]:
    # Looked up once: `connection` finds the thread's own at every use.
    ours: Any = connections[DEFAULT_DB_ALIAS]
    _look_at(ours)
    ours.ensure_connection()
    prepared = _prepared_by(ours)
    cursor = prepared.cursors[kind]
    if ours.queries_logged:
        # Written down for whoever looks on: a test that counts, a developer.
        ours._prepare_cursor(cursor).execute(sql, values)
        return prepared.rows_of(cursor)
    ours.validate_no_broken_transaction()

    def execute(sql: str, values: Any, _many: bool, _context: Any) -> list[tuple[Any, ...]]:
        with ours.wrap_database_errors:
            return prepared.run(kind, sql, values)

    # Counted like every other statement: the wrappers are Django's.
    for one in reversed(ours.execute_wrappers):
        execute = partial(one, execute)
    return execute(sql, values, False, {"connection": ours, "cursor": _Bound(cursor)})


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

"""Statements of the busiest paths: bound and prepared on the server, so that PostgreSQL parses and plans each once a
connection. Everything else goes through Django's models, which write a new text each time.

Measured on the intake of a report: a prepared statement costs a third of the same one through the models.
"""

import select
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections
from psycopg.pq import Format


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
    # Counted and logged like every other statement: the wrapper is Django's, the cursor below it binds on the server.
    with ours.wrap_database_errors:
        bound = kind(ours.connection)
        bound.adapters.register_loader("timestamptz", _moments())
    with ours._prepare_cursor(bound) as cursor:
        cursor.execute(sql, values)
        result = bound.pgresult
        return cursor.fetchall() if result is not None and result.nfields else []


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


@cache
def _moments() -> Any:
    """psycopg's compiled reader of times: Django's own, in Python, takes ten times as long for the same UTC."""
    return psycopg.adapters.get_loader(psycopg.adapters.types["timestamptz"].oid, Format.TEXT)

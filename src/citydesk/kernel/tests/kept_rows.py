"""Rows kept in memory: what takes a hundred statements to make is made once in a process, then put back by COPY."""

from collections.abc import Callable, Hashable
from typing import Any

from django.db import connection, transaction

_HOLDING = """
SELECT quote_ident(c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname = 'public' AND c.relkind = 'r' AND NOT c.relispartition AND pg_relation_size(c.oid) > 0
   AND NOT (c.relname LIKE ANY (%s)) ORDER BY 1
"""
# What the migrations fill, and what processes tell each other.
LEAVE = ("django_migrations", "django_content_type", "auth_permission", "staff_shared_value")
EMPTY = 21  # bytes of a binary copy without a row: its head and its end
_UNTOUCHED = """
SELECT pg_current_xact_id_if_assigned() IS NULL AND rolsuper FROM pg_roles WHERE rolname = session_user
"""


class MadeOnce:
    """`have(key, make)` in an empty database: calls `make` the first time for a key, puts its rows back from then on.

    A test that has written anything before, or that commits, gets what `make` makes: only in a transaction that wrote
    nothing yet is it known that the database is empty.
    """

    def __init__(self) -> None:
        self._kept: dict[Hashable, tuple[dict[str, bytes], dict[str, int]]] = {}

    def have(self, key: Hashable, make: Callable[[], Any]) -> None:
        """Make or put back."""
        if not _is_untouched():
            make()
        elif key in self._kept:
            _put_back(*self._kept[key])
        else:
            is_bare = not _rows()
            make()
            if is_bare:
                rows = _rows()
                self._kept[key] = rows, _places(rows)


def _is_untouched() -> bool:
    """Whether this is a test's own transaction, in which nothing was written, of a user who may set triggers aside."""
    if not connection.in_atomic_block:
        return False
    with connection.cursor() as cursor:
        cursor.execute(_UNTOUCHED)
        return bool(cursor.fetchone()[0])


def _rows() -> dict[str, bytes]:
    """Every table that holds something, as PostgreSQL writes it."""
    found = {}
    with connection.cursor() as cursor:
        cursor.execute(_HOLDING, [list(LEAVE)])
        for (table,) in cursor.fetchall():
            with cursor.copy(f"COPY {table} TO STDOUT (FORMAT binary)") as copied:
                rows = b"".join(bytes(part) for part in copied)
            if len(rows) > EMPTY:
                found[table] = rows
    return found


def _places(tables: dict[str, bytes]) -> dict[str, int]:
    """How far the sequences of these tables went."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.oid::regclass::text, pg_sequence_last_value(s.oid) FROM pg_class s JOIN pg_depend d"
            " ON d.objid = s.oid AND d.deptype IN ('a', 'i') WHERE s.relkind = 'S' AND quote_ident(d.refobjid::regclass"
            "::text) = ANY (%s)",
            [list(tables)],
        )
        return {name: last for name, last in cursor.fetchall() if last}


def _put_back(rows: dict[str, bytes], places: dict[str, int]) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET ROLE NONE")  # whatever role the test works as
        # They were whole when they were taken; nothing is checked or noted anew.
        cursor.execute("SET LOCAL session_replication_role = replica")
        for table, kept in rows.items():
            with cursor.copy(f"COPY {table} FROM STDIN (FORMAT binary)") as copied:
                copied.write(kept)
        cursor.execute("SET LOCAL session_replication_role = origin")
        for name, last in places.items():
            # Another test may have wound a sequence back; here none goes back.
            cursor.execute(f"SELECT setval('{name}', greatest(last_value, {last})) FROM {name}")
        cursor.execute("RESET ROLE")

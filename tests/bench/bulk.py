"""Writing by the million: two connections at a time, secondary indexes and unique keys built after the rows.

PostgreSQL serves a connection by one process, so one connection would leave half of a two-core machine idle.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import connection

AT_ONCE = 2


@contextmanager
def loading() -> Iterator[psycopg.Connection[Any]]:
    """A connection of its own that checks no key: the rows agree with one another, and checking each again would
    only measure the check.
    """
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True, cursor_factory=psycopg.ClientCursor) as own:
        own.execute("SET session_replication_role = replica")
        own.execute("SET work_mem = '192MB'")
        own.execute("SET maintenance_work_mem = '384MB'")
        own.execute("SET synchronous_commit = off")
        yield own


def in_parallel(acts: Iterable[Callable[[psycopg.Connection[Any]], Any]]) -> None:
    """Do all, two at a time, each on a connection of its own. The first that fails stops the run."""

    def do(act: Callable[[psycopg.Connection[Any]], Any]) -> None:
        with loading() as own:
            act(own)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        for done in [pool.submit(do, act) for act in acts]:
            done.result()


@contextmanager
def without_indexes(tables: Sequence[str], told: Callable[[str], None]) -> Iterator[None]:
    """Drop what is not a primary key, and build it again when the rows are there; then VACUUM ANALYZE."""
    with connection.cursor() as cursor:
        unique, others = _drop_unique(cursor, tables), _drop_indexes(cursor, tables)
        for table in tables:
            # It would look at the same rows again and again while they come; they are vacuumed at the end.
            cursor.execute(f"ALTER TABLE {table} SET (autovacuum_enabled = false)")
    yield
    told("rows are written; now the indexes")
    in_parallel([lambda own, one=one: own.execute(one) for one in (*(index for index, _key in unique), *others)])
    # From the index that stands there a key is made in no time; building it with the key would lock out the others.
    with loading() as own:
        for _index, key in unique:
            own.execute(key)
    told("indexes are built; now the statistics")
    in_parallel([lambda own, one=one: own.execute(f"VACUUM ANALYZE {one}") for one in tables])
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} RESET (autovacuum_enabled)")


def _drop_unique(cursor: Any, tables: Sequence[str]) -> list[tuple[str, str]]:
    """Drop the unique keys; returns the statements that build the index of each, and the key from it, again.

    A random key written row by row would be written all over its index.
    """
    cursor.execute(
        "SELECT c.conrelid::regclass::text, quote_ident(c.conname), pg_get_indexdef(c.conindid) FROM pg_constraint c"
        " WHERE c.contype = 'u' AND NOT c.condeferrable AND c.conrelid = ANY (%s::regclass[])"
        " AND NOT EXISTS (SELECT FROM pg_constraint f WHERE f.contype = 'f' AND f.conindid = c.conindid)",
        [list(tables)],
    )
    found = cursor.fetchall()
    for table, name, _definition in found:
        cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    return [
        (index, f"ALTER TABLE {table} ADD CONSTRAINT {name} UNIQUE USING INDEX {name}") for table, name, index in found
    ]


def _drop_indexes(cursor: Any, tables: Sequence[str]) -> list[str]:
    """Drop the indexes that no constraint needs; returns the statements that build them again."""
    cursor.execute(
        "SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i"
        " LEFT JOIN pg_constraint c ON c.conindid = i.indexrelid"
        " WHERE c.oid IS NULL AND i.indrelid = ANY (%s::regclass[])"
        " ORDER BY pg_relation_size(i.indrelid) DESC",
        [list(tables)],
    )
    found = cursor.fetchall()
    for name, _statement in found:
        cursor.execute(f"DROP INDEX {name}")
    return [statement for _name, statement in found]

"""Making a copy: the tables without rows, then row by row what the rules leave, then keys, triggers and constraints.

The copy is never a true one: values are replaced while they are read from the city's database, so nothing of what was
there lies in the copy's files or in its log. The triggers that protect rows come last, when all rows are there.
"""

import secrets
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from citydesk.kernel.errors import Conflict, Invalid
from config.backups.parts import call_pg
from config.copies import catalog, kept, place, words
from config.copies.rules import KEPT, Column, NoRule, rules_for

# Without its rows no process of Citydesk takes a database for one of its version: they come last.
LAST = "django_migrations"
_DUMP = ("--format=custom", "--schema-only", "--no-owner", "--no-privileges")
_RESTORE = ("--no-owner", "--no-comments", "--exit-on-error")
_SEQUENCES = """
SELECT quote_ident(schemaname) || '.' || quote_ident(sequencename), last_value FROM pg_sequences
WHERE last_value IS NOT NULL AND schemaname = 'public'
"""


@dataclass(frozen=True)
class Copied:
    """What a copy became: rows of each table, and the tables that stayed empty."""

    name: str
    rows: dict[str, int]
    emptied: tuple[str, ...]


@dataclass(frozen=True)
class Plan:
    """What becomes of the columns of this city's database."""

    columns: list[Column]
    rules: dict[str, dict[str, str]]

    @property
    def emptied(self) -> tuple[str, ...]:
        return tuple(sorted({one.table for one in self.columns} & kept.EMPTIED))

    def query(self, table: str) -> str:
        """The rows of a table as the copy has them."""
        types = {one.name: one.sql_type for one in self.columns if one.table == table}
        parts = [
            f'"{name}"' if rule == KEPT else f"({filled(rule, name)})::{types[name]}"
            for name, rule in self.rules[table].items()
        ]
        where = kept.ROWS.get(table, "true")
        return f'SELECT {", ".join(parts)} FROM "{table}" WHERE {where}'  # noqa: S608 - names of the database's catalog


def filled(rule: str, column: str) -> str:
    return rule.replace("<it>", f'"{column}"')


def plan_of(line: Any) -> Plan:
    """The plan for the database at the other end. Raises `Invalid` naming each column without a rule."""
    try:
        columns = catalog.columns_of(line)
        return Plan(columns, rules_for(columns))
    except NoRule as fault:
        raise Invalid(f"No copy was made. These would go along without a rule:\n{fault}") from fault


def connect(name: str = "", **options: Any) -> Any:
    """A line to the settings' server, to another database of it if one is named."""
    from django.db import connection

    own = connection.settings_dict
    given = {"host": own["HOST"], "port": own["PORT"], "user": own["USER"], "password": own["PASSWORD"]}
    given = {key: str(value) for key, value in given.items() if value}
    # Options of the address that are PostgreSQL's own, such as sslmode; Django's are not.
    given |= {key: str(value) for key, value in own["OPTIONS"].items() if key.startswith("ssl")}
    return psycopg.connect(dbname=name or own["NAME"], **given, **options)


def own_name() -> str:
    from django.db import connection

    return str(connection.settings_dict["NAME"])


def make_copy(name: str, *, replace: bool, now: Any, console: Any) -> Copied:
    """Copy the city's database to another one on its server, without its people.

    Raises `Invalid` before anything is made, `Conflict` when PostgreSQL refuses on the way; then, as on any other
    failure, what was made so far is dropped.
    """
    place.require_name(name, own_name())
    with connect(autocommit=True) as line, stopped_gently():
        place.require_free(line, name, replace=replace)
        plan = plan_of(line)
        place.clear_half(line, name)
        half = place.make(line, name)
        try:
            rows = fill(half, plan, now, console)
            place.require_free(line, name, replace=replace)
            place.finish(line, name, now.isoformat())
        except BaseException as error:
            place.drop(line, half, even_in_use=True)
            if isinstance(error, psycopg.Error):
                raise Conflict(f"No copy was made: {error}") from error
            raise
    return Copied(name, rows, plan.emptied)


@contextmanager
def stopped_gently() -> Iterator[None]:
    """A polite end of the process drops the half copy too; only a kill leaves it, for the next run to drop."""

    def stop(*_given: Any) -> None:
        raise KeyboardInterrupt

    try:
        before: Any = signal.signal(signal.SIGTERM, stop)
    except ValueError:  # not the main thread: whoever called us hears the signals
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def fill(half: str, plan: Plan, now: Any, console: Any) -> dict[str, int]:
    """Tables, rows, then keys, triggers and constraints. Returns rows by table."""
    with tempfile.TemporaryDirectory() as folder:
        schema = Path(folder) / "schema"
        rows = fill_tables(half, plan, schema, now, console)
        with console.progress("Making keys, triggers and constraints"):
            call_pg("pg_restore", *_RESTORE, "--section=post-data", f"--dbname={half}", str(schema))
    with connect(half, autocommit=True) as target:
        target.execute("ANALYZE")
    return rows


def fill_tables(half: str, plan: Plan, schema: Path, now: Any, console: Any) -> dict[str, int]:
    """All rows of one moment of the city's database, as the rules leave them. Returns rows by table."""
    with connect() as source:
        source.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        source.execute("SET LOCAL statement_timeout = 0")
        source.execute("SELECT set_config(%s, %s, true)", [words.KEY, secrets.token_hex(32)])
        (snapshot,) = source.execute("SELECT pg_export_snapshot()").fetchone()
        call_pg("pg_dump", *_DUMP, f"--snapshot={snapshot}", f"--file={schema}")
        call_pg("pg_restore", *_RESTORE, "--section=pre-data", f"--dbname={half}", str(schema))
        with connect(half) as target:
            mark(target, now)
            target.commit()
            rows = copy_rows(source, target, plan, console)
            for sequence, last in source.execute(_SEQUENCES).fetchall():
                target.execute("SELECT setval(%s::regclass, %s)", [sequence, last])
    return rows


def mark(target: Any, now: Any) -> None:
    """The copy is a practice city from its first row on: nothing leaves it, whoever starts a process on it."""
    target.execute(
        "INSERT INTO kernel_practicemark (id, made_at, profile) VALUES (1, %s, %s)", [now, "a copy without people"]
    )


def copy_rows(source: Any, target: Any, plan: Plan, console: Any) -> dict[str, int]:
    """Read each table as the rules leave it into the copy. Returns rows by table."""
    tables = sorted(plan.rules, key=lambda table: (table == LAST, table))
    rows = {}
    with console.progress("Copying what is nobody's", total=len(tables)) as step:
        for table in tables:
            step.describe(f"Copying {table}")
            rows[table] = copy_table(source, target, table, plan)
            target.commit()
            step.advance(1)
    return rows


def copy_table(source: Any, target: Any, table: str, plan: Plan) -> int:
    """One table. Returns how many rows came over."""
    into = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, plan.rules[table]))
    )
    with source.cursor() as reader, target.cursor() as writer:
        with reader.copy(f"COPY ({plan.query(table)}) TO STDOUT") as out, writer.copy(into) as put:
            for piece in out:
                put.write(piece)
        return int(writer.rowcount)

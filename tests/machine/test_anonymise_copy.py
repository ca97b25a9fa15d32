"""A copy without people: nothing planted in any column of any table is in it, and what may stay is.

The planting follows the database itself: one row in every table, in every column that can hold words a mark of its own.
"""

import re
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from types import SimpleNamespace

import psycopg
import pytest

from citydesk.kernel.command_line import Console
from citydesk.kernel.errors import Conflict, Invalid
from config.copies import catalog, kept, making, place, rules, special, words
from config.copies.rules import Column, NoRule

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
MARK = re.compile(r"zqx(\d{4})([wm])")
LONG = 12  # shorter columns cannot hold a mark with a space, so a code that looks like one stays there


@pytest.fixture(scope="module")
def server(django_db_setup, django_db_blocker):
    """The settings' server; databases that a test made are dropped."""
    from django.db import connection

    with django_db_blocker.unblock():
        connection.close()
        own = connection.settings_dict["NAME"]
        made = f"{own}_planted"
        with making.connect("postgres", autocommit=True) as line:
            try:
                line.execute(f'DROP DATABASE IF EXISTS "{made}" WITH (FORCE)')
                line.execute(f'CREATE DATABASE "{made}" TEMPLATE "{own}"')
                connection.settings_dict["NAME"] = made
                yield SimpleNamespace(line=line, city=made, copy=f"{made}_copy")
            finally:
                connection.close()
                connection.settings_dict["NAME"] = own
                ours = "SELECT datname FROM pg_database WHERE starts_with(datname, %s)"
                for (name,) in line.execute(ours, [made]).fetchall():
                    line.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(scope="module")
def planted(server):
    """The city's database with one marked row in every table; returns the column that each mark stands in."""
    with making.connect(server.city, autocommit=True) as line:
        columns = catalog.columns_of(line)
        line.execute("SET session_replication_role = replica")
        for table, check in line.execute(
            "SELECT conrelid::regclass::text, conname FROM pg_constraint WHERE contype = 'c'"
            " AND connamespace = 'public'::regnamespace AND conrelid <> 0"
        ).fetchall():
            line.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{check}"')
        first = "SELECT DISTINCT ON (enumtypid) enumtypid::regtype::text, enumlabel FROM pg_enum ORDER BY enumtypid, 2"
        enums = dict(line.execute(first).fetchall())
        known = {}
        for table in sorted({one.table for one in columns}):
            if table in kept.WHOLE:
                continue
            line.execute(f'DELETE FROM "{table}"')
            mine = [one for one in columns if one.table == table and not one.is_generated]
            for one in mine:
                known[f"{len(known):04d}"] = one
            numbers = {one.key: number for number, one in known.items()}
            values = {one.name: enums.get(one.base) or value_for(one, numbers[one.key]) for one in mine}
            names = ", ".join(f'"{name}"' for name in values)
            slots = ", ".join(f"%s::{one.sql_type}" for one in mine)
            line.execute(
                f'INSERT INTO "{table}" ({names}) OVERRIDING SYSTEM VALUE VALUES ({slots})', [*values.values()]
            )
    return known


def value_for(column, number):
    """A value with the column's mark, where its type can hold one; every key is 1, so references hold."""
    long = f"Zoë zqx{number}w zqx{number}m@zqx{number}m.example"
    kinds = {
        "jsonb": f'{{"zqx{number}w ä": ["zqx{number}w b", {{"c d": "zqx{number}m@zqx{number}m.example"}}], "n": 5}}',
        "bytea": f"zqx{number}w".encode(),
        "tsvector": f"'zqx{number}w'",
        "uuid": str(uuid.UUID(int=int(number) + (0xDECADE << 64))),
        "boolean": "true",
        "timestamp with time zone": "2026-01-02 03:04:05+00",
        "date": "2026-01-02",
        "daterange": "[2026-01-02,2026-02-03)",
        "tstzrange": "[2026-01-02,2026-02-03)",
        "double precision": "35.0456789",
        "time without time zone": "03:04",
    }
    if column.base in rules._TEXTS:
        size = int((re.search(r"\((\d+)\)", column.sql_type) or ["", "10000"])[1])
        word = column.choices[0] if column.choices else long if size >= 40 else f"zqx{number}w é"[:size]
        return [word] if column.is_list else word
    found = kinds.get(column.base, "1")
    return [found] if column.is_list else found


def dumped(name):
    """Everything in a database, as text: rows, comments, definitions."""
    import subprocess

    from config.backups.parts import pg_command

    command, environment = pg_command("pg_dump", "--inserts", f"--dbname={name}")
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout


def found_in(text, known) -> Iterator[tuple[str, Column]]:
    """Marks of any kind in a dump: as words, as bytes, as identifiers."""
    for number, kind in set(MARK.findall(text)):
        yield kind, known[number]
    for number, column in known.items():
        if f"zqx{number}w".encode().hex() in text or str(uuid.UUID(int=int(number) + (0xDECADE << 64))) in text:
            yield "w", column


def may_stay(column):
    """Words of the city, and codes in columns too short for a mark that does not look like one."""
    size = re.search(r"\((\d+)\)", column.sql_type)
    short = size is not None and int(size[1]) < LONG
    return column.key in kept.WORDS or (column.key in kept.CODES and short) or column.key in STAYS


# Beside the reviewed lists: the profile's own entries.
STAYS = {"profile_profileentry.body"}


def leaks_of(copy, known):
    """What must not be there: marks outside the reviewed lists, electronic addresses anywhere."""
    return sorted({one.key for kind, one in found_in(dumped(copy), known) if kind == "m" or not may_stay(one)})


def make(server, name="", **more):
    given = {"replace": True, "now": NOW, "console": Console()} | more
    return making.make_copy(name or server.copy, **given)


def databases(server):
    ours = "SELECT datname FROM pg_database WHERE starts_with(datname, %s)"
    return {name for (name,) in server.line.execute(ours, [server.city]).fetchall()}


def test_nothing_planted_anywhere_is_in_the_copy(server, planted):
    before = dumped(server.city)
    marked = {one.key for _kind, one in found_in(before, planted)}
    holds = {one.key for one in planted.values() if one.base in (*rules._TEXTS, "jsonb", "bytea", "tsvector", "uuid")}
    wordless = {one.key for one in planted.values() if one.choices} | {
        one.key for one in planted.values() if (size := re.search(r"\((\d+)\)", one.sql_type)) and int(size[1]) < 8
    }
    assert holds - wordless <= marked  # every column that can hold words was marked
    assert len(marked) > 600
    made = make(server)
    assert leaks_of(server.copy, planted) == []
    assert made.rows["customers_customer"] == 1 and made.rows["service_requests_servicerequest"] == 1
    with making.connect(server.copy) as line:
        lat, lon, address = line.execute("SELECT lat, lon, address_id FROM service_requests_servicerequest").fetchone()
        assert (lat, lon, address) == (35.05, 35.05, None)
        for table in sorted(kept.EMPTIED - {"kernel_practicemark"}):
            assert line.execute(f'SELECT count(*) FROM "{table}"').fetchone() == (0,), table
        assert line.execute("SELECT password FROM staff_user").fetchone()[0].startswith("!")


@pytest.mark.parametrize(
    ("module", "name", "put", "leaking"),
    [
        (special, "SPECIAL", {"customers_customer.display_name": "<it>"}, "customers_customer.display_name"),
        (words, "MAIL", "<it>", "staff_user.email"),
        (words, "EMPTY_JSON", "<it>", "service_requests_servicerequest.answers"),
        (words, "TEXT", "<it>", "service_requests_servicerequest.description"),
    ],
)
def test_a_rule_that_is_off_is_found_out(server, planted, monkeypatch, module, name, put, leaking):
    if isinstance(put, dict):
        for key, value in put.items():
            monkeypatch.setitem(special.SPECIAL, key, value)
    else:
        monkeypatch.setattr(module, name, put)
    make(server)
    assert leaking in leaks_of(server.copy, planted)


def test_words_that_are_kept_are_nobodys_and_lists_name_columns_that_are(server):
    with making.connect(server.city) as line:
        columns = {one.key: one for one in catalog.columns_of(line)}
    lists = (kept.WORDS, kept.CODES, kept.FACTS, kept.PEOPLE, kept.PHONES, kept.MAILS, frozenset(special.SPECIAL))
    for number, keys in enumerate(lists):
        assert sorted(keys - set(columns)) == []
        for other in lists[number + 1 :]:
            assert sorted(keys & other) == []
    assert {columns[key].data_class for key in kept.WORDS} <= {"public", "internal"}
    assert set(kept.EMPTIED) | kept.WHOLE | set(kept.ROWS) <= {one.table for one in columns.values()}


def test_a_new_column_is_covered_by_its_class_or_refused():
    def rule(sql_type, data_class, **more):
        return rules.rule_for(Column("referrals_new", more.pop("name", "maiden_name"), sql_type, data_class, **more))

    for data_class in ("personal", "confidential", "internal", "public"):
        assert rule("character varying(80)", data_class) == words.TEXT
        assert rule("jsonb", data_class) == words.EMPTY_JSON
    assert rule("character varying(80)", "personal", is_unique=True) == words.TOKEN
    assert rule("date", "personal", is_nullable=True) == "NULL"
    assert rule("date", "internal") == rule("bigint", "internal") == rules.KEPT
    for sql_type, data_class, more in (
        ("date", "personal", {}),
        ("inet", "internal", {}),
        ("xml", "public", {}),
        ("text", "", {}),
        ("bigint", "internal", {"points_to": "staff_apikey"}),
    ):
        with pytest.raises(NoRule, match=r"referrals_new\.maiden_name"):
            rule(sql_type, data_class, **more)


def test_a_column_or_table_without_a_rule_makes_no_copy(server, planted):
    with making.connect(server.city, autocommit=True) as line:
        for make_it, drop_it, named in (
            ("CREATE TABLE notes (words text)", "DROP TABLE notes", "notes.words has no data class"),
            (
                "ALTER TABLE staff_user ADD COLUMN seat inet",
                "ALTER TABLE staff_user DROP COLUMN seat",
                "staff_user.seat",
            ),
            ("CREATE MATERIALIZED VIEW seen AS SELECT 1", "DROP MATERIALIZED VIEW seen", "public.seen holds rows"),
        ):
            line.execute(make_it)
            try:
                with pytest.raises(Invalid, match=re.escape(named)):
                    make(server, f"{server.city}_other")
            finally:
                line.execute(drop_it)
    assert f"{server.city}_other" not in databases(server)


def test_no_database_is_touched_that_is_no_copy(server, planted):
    other = f"{server.city}_else"
    with pytest.raises(Invalid, match="the city's own database"):
        make(server, server.city)
    for name in ("Copy", "a-b", "1", "x" * 51):
        with pytest.raises(Invalid, match="is no name"):
            make(server, name)
    server.line.execute(f'CREATE DATABASE "{other}"')
    with pytest.raises(Invalid, match="is no copy made by this command"):
        make(server, other)
    server.line.execute(f'ALTER DATABASE "{other}" RENAME TO "{server.city}_third_unfinished"')
    with pytest.raises(Invalid, match="is not of this command"):
        make(server, f"{server.city}_third")
    assert f"{server.city}_third_unfinished" in databases(server)


def test_an_older_copy_goes_only_when_said_and_when_nobody_uses_it(server, planted):
    make(server)
    with pytest.raises(Invalid, match="say --replace"):
        make(server, replace=False)
    with making.connect(server.copy), pytest.raises(Invalid, match="is in use"):
        make(server)
    assert server.copy in databases(server)
    half = server.copy + place.UNFINISHED
    server.line.execute(f'CREATE DATABASE "{half}"')  # as a killed run leaves it
    place.say(server.line, half, place.HALF)
    with making.connect(half), pytest.raises(Invalid, match="Another run"):
        make(server)
    make(server)
    assert half not in databases(server)


@pytest.mark.parametrize("error", [RuntimeError("disk"), KeyboardInterrupt(), psycopg.errors.DiskFull("full")])
def test_nothing_is_left_of_a_copy_that_failed(server, planted, monkeypatch, error):
    done = []
    true_copy = making.copy_table

    def copy_table(source, target, table, plan):
        if len(done) == 20:
            half = server.copy + "_b" + place.UNFINISHED
            assert half in databases(server)
            with making.connect(half) as line:  # nothing of Citydesk would start on it
                assert line.execute("SELECT count(*) FROM django_migrations").fetchone() == (0,)
                assert line.execute("SELECT count(*) FROM kernel_practicemark").fetchone() == (1,)
            raise error
        done.append(table)
        return true_copy(source, target, table, plan)

    monkeypatch.setattr(making, "copy_table", copy_table)
    with pytest.raises(Conflict if isinstance(error, psycopg.Error) else type(error)):
        make(server, f"{server.copy}_b")
    assert not {name for name in databases(server) if "_copy_b" in name}

"""The database a measurement runs on: made from the migrated template, dropped afterwards."""

import io
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def own_database(name: str, *, is_kept: bool = False) -> Iterator[str]:
    """A new, migrated database on the server of DATABASE_URL (else the launcher's own); yields its address.

    What an earlier run left behind under this name is dropped first; with `is_kept` it is used again, and not dropped.
    """
    from config.launcher import database_url
    from config.roles import owners
    from tests.fixtures.database import template_database

    server = urlunsplit(urlsplit(owners(database_url()))._replace(path="/postgres"))
    template = template_database(server)
    with psycopg.connect(server, autocommit=True) as maintenance:
        known = maintenance.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
        if known and not is_kept:
            maintenance.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
        if not (known and is_kept):
            maintenance.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    try:
        yield urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
    finally:
        if not is_kept:
            _drop(server, name)


@contextmanager
def empty_database(name: str) -> Iterator[str]:
    """A new database without any table on the same server; dropped afterwards."""
    from config.launcher import database_url
    from config.roles import owners

    server = urlunsplit(urlsplit(owners(database_url()))._replace(path="/postgres"))
    _drop(server, name)
    with psycopg.connect(server, autocommit=True) as maintenance:
        maintenance.execute(f'CREATE DATABASE "{name}"')
    try:
        yield urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
    finally:
        _drop(server, name)


def _drop(server: str, name: str) -> None:
    with psycopg.connect(server, autocommit=True) as maintenance:
        maintenance.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def prepare_process(url: str) -> None:
    """Point this process, and those it starts, at the database and at a folder of its own; then load Django."""
    folder = ROOT / "build/bench"
    folder.mkdir(parents=True, exist_ok=True)
    os.environ["DATABASE_URL"] = url
    os.environ["CITYDESK_VAR"] = str(folder)
    os.environ["CITYDESK_LOG_LEVEL"] = "WARNING"
    os.environ["CITYDESK_EMAIL_BACKEND"] = "django.core.mail.backends.dummy.EmailBackend"
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    import django

    django.setup()
    # As the web process does once it has loaded.
    from config import collector

    collector.settle()


def load_city(city: str) -> None:
    """The profile's teams, codes, addresses and sample people, by the same command a city uses."""
    from config.cli.main import run

    said = io.StringIO()
    with redirect_stdout(said):
        code = run(["profile", "load", str(ROOT / "profiles" / city), "--yes"], "profile")
    if code:
        raise SystemExit(said.getvalue())


def size_of_database() -> int:
    """Bytes on disk."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        return int(cursor.fetchone()[0])


def room_left() -> int:
    """Free bytes on the disk of this folder, or of the database's own when it is on this machine and can be seen."""
    from config.launcher import database_url
    from config.roles import owners

    place = ROOT
    with psycopg.connect(urlunsplit(urlsplit(owners(database_url()))._replace(path="/postgres"))) as maintenance:
        try:
            found = Path(maintenance.execute("SHOW data_directory").fetchone()[0])  # type: ignore[index]  # SHOW gives one row
            place = found if found.exists() else ROOT
        except (psycopg.Error, OSError):
            pass
    return shutil.disk_usage(place).free

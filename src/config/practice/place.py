"""Where a practice city is: its database, its files, the environment of its processes; and what may not be touched."""

import os
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from config.launcher.errors import LauncherRefused
from config.launcher.server import maintenance, var_folder
from config.roles import owners

SUFFIX, CLEAN = "_practice", "_practice_clean"


def name_of(url: str) -> str:
    """The database of an address."""
    return urlsplit(url).path.lstrip("/")


def beside(url: str, name: str) -> str:
    """The address of another database on the same server."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def practice_url(city_url: str) -> str:
    """The practice city's address: `CITYDESK_PRACTICE_DATABASE_URL`, else `<city>_practice` on the city's server."""
    own = os.environ.get("CITYDESK_PRACTICE_DATABASE_URL", "")
    if own and own == city_url:
        raise LauncherRefused("CITYDESK_PRACTICE_DATABASE_URL names the city's own database. Nothing was done.")
    return own or beside(city_url, f"{name_of(city_url)}{SUFFIX}")


def clean_url(city_url: str) -> str:
    """The untouched copy that `refresh` begins from anew."""
    url = practice_url(city_url)
    return beside(url, f"{name_of(url).removesuffix(SUFFIX)}{CLEAN}")


def folder() -> Path:
    """Files, logs and notes of the practice city."""
    place = var_folder()
    return place if place.name == "practice" else place / "practice"


def environment(url: str, *, requests: int | None = None) -> dict[str, str]:
    """What the processes of a practice city are started with, beside what they inherit."""
    given = {
        "DATABASE_URL": url,
        "CITYDESK_PRACTICE": "1",
        "CITYDESK_DEMO": "1",
        "CITYDESK_VAR": str(folder()),
        "CITYDESK_SITE_URL": os.environ.get("CITYDESK_PRACTICE_URL", ""),
        "CITYDESK_EVENTS_URL": "",
    }
    if requests is not None:
        given["CITYDESK_DEMO_REQUESTS"] = str(requests)
    return given


def exists(url: str) -> bool:
    with psycopg.connect(maintenance(owners(url)), autocommit=True) as line:
        found = line.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name_of(url)]).fetchone()
    return found is not None


def is_marked(url: str) -> bool:
    """Whether the database says of itself that it is a practice city."""
    with psycopg.connect(owners(url), autocommit=True) as line:
        has_table = line.execute("SELECT to_regclass('kernel_practicemark') IS NOT NULL").fetchone()
        if not has_table or not has_table[0]:
            return False
        found = line.execute("SELECT EXISTS (SELECT 1 FROM kernel_practicemark)").fetchone()
    return bool(found and found[0])


def is_empty(url: str) -> bool:
    """Whether nothing was made in the database yet."""
    with psycopg.connect(owners(url), autocommit=True) as line:
        found = line.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
    return not found or found[0] == 0


def require_practice(url: str) -> None:
    """Refuse to touch a database that is not a practice city's. Raises `LauncherRefused`."""
    if not is_marked(url):
        raise LauncherRefused(
            f"The database {name_of(url)} is not marked as a practice city: it may hold real residents. "
            "Nothing was done to it."
        )


def drop(url: str) -> bool:
    """Drop a practice city's database; open connections end. False when there is none. Raises `LauncherRefused`."""
    if not exists(url):
        return False
    if not is_empty(url):
        require_practice(url)
    with psycopg.connect(maintenance(owners(url)), autocommit=True) as line:
        line.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name_of(url))))
    return True


def make(url: str, *, template: str = "") -> None:
    """Create a database, empty or as a copy. Raises `LauncherRefused` where the role may not."""
    words = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name_of(url)))
    if template:
        words += sql.SQL(" TEMPLATE {}").format(sql.Identifier(template))
    try:
        with psycopg.connect(maintenance(owners(url)), autocommit=True) as line:
            line.execute(words)
    except psycopg.errors.InsufficientPrivilege as error:
        role = urlsplit(owners(url)).username or "citydesk"
        raise LauncherRefused(
            f"The role {role} may not create databases. As the server's administrator: ALTER ROLE {role} CREATEDB"
        ) from error

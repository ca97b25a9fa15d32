"""As whom the house connects to its database, and how the roles are made and given their rights.

`DATABASE_URL` says where the database is and as whom web, worker, event process and most commands work: the app role.
`CITYDESK_OWNER_URL` says as whom tables are changed, `CITYDESK_BACKUP_URL` as whom they are copied out; of both the
database's name does not matter, that of `DATABASE_URL` does. Where neither is set, one role does everything, and
`citydesk doctor` says so. What each may do is written in `citydesk.kernel.roles`.
"""

import base64
import hashlib
import hmac
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import unquote, urlsplit, urlunsplit

OWNER, BACKUP = "CITYDESK_OWNER_URL", "CITYDESK_BACKUP_URL"
# One at a time makes roles: they are the server's, not a database's.
LOCK = 7_311_312
_WHO = ("USER", "PASSWORD", "HOST", "PORT")


def without_secrets(environment: dict[str, str]) -> dict[str, str]:
    """What web, worker and event process inherit: nothing by which they could be more than the app role."""
    return {name: value for name, value in environment.items() if name not in (OWNER, BACKUP)}


def forget_owner() -> None:
    """From here on this process knows nothing by which it could be more than the app role."""
    for name in (OWNER, BACKUP):
        os.environ.pop(name, None)


def owners(url: str) -> str:
    """The same database's address for the owner; the address itself where the roles are not apart."""
    own = os.environ.get(OWNER, "")
    return urlunsplit(urlsplit(own)._replace(path=urlsplit(url).path)) if own else url


@contextmanager
def as_owner(database: str = "") -> Iterator[None]:
    """Within it Django's connection is the owner's, to another database if one is named."""
    with _as(os.environ.get(OWNER, ""), database):
        yield


@contextmanager
def as_backup() -> Iterator[None]:
    """Within it Django's connection is that of the role that reads everything, else the owner's."""
    with _as(os.environ.get(BACKUP, "") or os.environ.get(OWNER, ""), ""):
        yield


@contextmanager
def _as(url: str, database: str) -> Iterator[None]:
    from django.db import connection

    from config.settings.database import database_from_url

    own = connection.settings_dict
    if not (url or database):
        yield
        return
    before = {**own, "OPTIONS": dict(own["OPTIONS"])}
    connection.close()
    if url:
        other = database_from_url(url)
        own.update({name: other[name] for name in (*_WHO, "OPTIONS")})
    own["NAME"] = database or before["NAME"]
    try:
        yield
    finally:
        connection.close()
        own.update(before)


def app_role() -> tuple[str, str]:
    """Name and password of the role in `DATABASE_URL`. The settings' own dictionary is Django's connection's, too, and
    somebody else's for a while.
    """
    from django.conf import settings

    from config.settings.database import database_from_url

    said = database_from_url(os.environ.get("DATABASE_URL", ""), settings.VAR_DIR)
    return said["USER"], said["PASSWORD"]


def give_rights(database: str = "") -> int:
    """Make the roles that are missing where the owner may, and give all of them their rights; run after each migration.

    Returns how many rights were changed. Raises `LauncherRefused` where the app role is missing and cannot be made.
    """
    from django.db import connection, transaction

    from citydesk.kernel import roles

    with as_owner(database):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
            _make_missing(cursor)
        with transaction.atomic():
            return roles.apply(app_role()[0] or _current())


def _current() -> str:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        return str(cursor.fetchone()[0])


def _make_missing(cursor: Any) -> None:
    """The app role by the address of the settings, and two that nobody can sign in as until the city says how."""
    from psycopg import sql

    from citydesk.kernel.roles import BACKUP as BACKUP_ROLE
    from citydesk.kernel.roles import REPORT, has_role
    from config.launcher.errors import LauncherRefused

    if not os.environ.get(OWNER):
        return
    cursor.execute("SELECT rolsuper, rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user")
    is_super, may_make = cursor.fetchone()
    app, password = app_role()
    if app and not has_role(app):
        if not may_make:
            raise LauncherRefused(
                f"The role {app} of DATABASE_URL is not there. As the server's administrator: "
                f"CREATE ROLE {app} LOGIN PASSWORD '...'"
            )
        make_role(cursor, app, password)
    if app and is_super:
        # What doctor and the health page look at: where the database lies, and so how full its disk is.
        cursor.execute(sql.SQL("GRANT pg_monitor TO {}").format(sql.Identifier(app)).as_string(cursor.connection))
    if is_super and not has_role(REPORT):
        make_role(cursor, REPORT)
        for line in ("default_transaction_read_only = on", "statement_timeout = '60s'"):
            cursor.execute(f"ALTER ROLE {REPORT} SET {line}")
    if is_super and not has_role(BACKUP_ROLE):
        parts = urlsplit(os.environ.get(BACKUP, ""))
        is_ours = unquote(parts.username or "") == BACKUP_ROLE
        make_role(cursor, BACKUP_ROLE, unquote(parts.password or "") if is_ours else "", "REPLICATION BYPASSRLS")
        cursor.execute(f"GRANT pg_read_all_data, pg_monitor TO {BACKUP_ROLE}")


def make_role(cursor: Any, name: str, password: str = "", attributes: str = "") -> None:
    """Make a role; without a password nobody can sign in as it."""
    from psycopg import sql

    line = sql.SQL(f"CREATE ROLE {{}} {'LOGIN' if password else 'NOLOGIN'} {attributes}").format(sql.Identifier(name))
    if password:
        line += sql.SQL(" PASSWORD {}").format(sql.Literal(scram(password)))
    cursor.execute(line.as_string(cursor.connection))


def scram(password: str) -> str:
    """A password as PostgreSQL keeps it (RFC 5803), so that neither its log nor a statement has it in the clear."""
    salt, rounds = os.urandom(16), 4096
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, rounds)
    stored = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    server = hmac.digest(salted, b"Server Key", "sha256")
    parts = [base64.b64encode(one).decode() for one in (salt, stored, server)]
    return f"SCRAM-SHA-256${rounds}:{parts[0]}${parts[1]}:{parts[2]}"

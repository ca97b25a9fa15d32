"""Where a copy is made, and what may not be touched for it.

A copy grows up under another name, `<name>_unfinished`, and gets its own when it is whole. Both say in their comment
what they are; a database without that comment is nobody's to drop.
"""

import re
from typing import Any

from psycopg import sql

from citydesk.kernel.errors import Invalid

NAME = re.compile(r"[a-z][a-z0-9_]{0,49}")
UNFINISHED = "_unfinished"
MARK = "A city without its people: citydesk anonymise-copy"
HALF = "NOT FINISHED, not to be used: citydesk anonymise-copy"
_FOUND = """
SELECT coalesce(shobj_description(oid, 'pg_database'), ''),
    (SELECT count(*) FROM pg_stat_activity WHERE datname = pg_database.datname)
FROM pg_database WHERE datname = %s
"""


def require_name(name: str, own: str) -> None:
    """Refuse what is no name for a copy, and the city's own. Raises `Invalid`."""
    if name == own:
        raise Invalid(f"{name} is the city's own database. A copy needs another name. Nothing was done.")
    if not NAME.fullmatch(name):
        raise Invalid(f"{name} is no name for a copy: small letters, digits and _, at most 50. Nothing was done.")


def require_free(line: Any, name: str, *, replace: bool) -> None:
    """Refuse a name that is taken, unless by an older copy that may be replaced and that nobody uses.

    Raises `Invalid` with what is there.
    """
    found = line.execute(_FOUND, [name]).fetchone()
    if found is None:
        return
    said, sessions = found
    if not said.startswith(MARK):
        raise Invalid(f"There is a database {name} already, and it is no copy made by this command. Nothing was done.")
    if not replace:
        raise Invalid(f"There is a copy {name} already. Name another, or say --replace. Nothing was done.")
    if sessions:
        raise Invalid(f"The copy {name} is in use ({sessions} connections). End them first. Nothing was done.")


def clear_half(line: Any, name: str) -> None:
    """Drop what a run that was killed left. Raises `Invalid` while another run works on it, or if it is not ours."""
    half = name + UNFINISHED
    found = line.execute(_FOUND, [half]).fetchone()
    if found is None:
        return
    said, sessions = found
    if not said.startswith((HALF, MARK)):
        raise Invalid(f"There is a database {half}, and it is not of this command. Nothing was done.")
    if sessions:
        raise Invalid(f"Another run is making {name} right now. Nothing was done.")
    drop(line, half)


def make(line: Any, name: str) -> str:
    """An empty, marked database under the unfinished name; returns that name. Raises `Invalid` if the role may not."""
    from psycopg.errors import InsufficientPrivilege

    half = name + UNFINISHED
    try:
        line.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(half)))
    except InsufficientPrivilege as error:
        raise Invalid(
            "The database's role may not create databases. As the server's administrator: ALTER ROLE ... CREATEDB"
        ) from error
    say(line, half, HALF)
    return half


def say(line: Any, name: str, words: str) -> None:
    line.execute(sql.SQL("COMMENT ON DATABASE {} IS {}").format(sql.Identifier(name), sql.Literal(words)))


def drop(line: Any, name: str, *, even_in_use: bool = False) -> None:
    words = sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name))
    line.execute(words + sql.SQL(" WITH (FORCE)") if even_in_use else words)


def finish(line: Any, name: str, when: str) -> None:
    """Give the whole copy its name; an older one of that name goes, unless somebody began to use it. Then PostgreSQL
    refuses, and the older one stays."""
    half = name + UNFINISHED
    drop(line, name)
    say(line, half, f"{MARK}, {when}")
    rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
    line.execute(rename.format(sql.Identifier(half), sql.Identifier(name)))

"""One thing looked at, and how the database is asked."""

from dataclasses import dataclass
from typing import Any

OK, WARN, BAD = "ok", "warn", "bad"


@dataclass(frozen=True)
class Finding:
    """One thing looked at: `state` is ok, warn or bad; `words` say it, with what to do."""

    name: str
    state: str
    words: str


def ask(sql: str, given: list[Any] | None = None) -> list[tuple[Any, ...]]:
    """The rows of a question to the database."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        return cursor.fetchall()


def span(seconds: float) -> str:
    """Seconds in words: 40 s, 12 min, 3 h, 2 d."""
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s"

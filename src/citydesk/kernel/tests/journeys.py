"""How often the database is asked: several statements may go by one journey."""

from collections.abc import Callable
from typing import Any

from django.db import connection


def journeys(act: Callable[[], Any]) -> tuple[int, Any]:
    """(how often the server was asked by prepared statements while `act` ran, what it returned)."""
    sent: list[str] = []
    line = connection.connection.pgconn  # type: ignore[union-attr]  # connected by then

    class Line:
        def __getattr__(self, name: str) -> Any:
            if name in ("exec_prepared", "pipeline_sync"):
                sent.append(name)
            return getattr(line, name)

    prepared = connection._citydesk_prepared  # type: ignore[attr-defined]  # kernel.statements put it there
    prepared.line = Line()
    try:
        found = act()
    finally:
        prepared.line = line
    return len(sent), found

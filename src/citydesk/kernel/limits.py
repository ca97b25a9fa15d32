"""How long one statement of a page may take, and the few pages that may take longer.

The web process opens its connections with the page's limit (`config.settings.database`), so an ordinary page says
nothing about it. A view declared `long=True` (`kernel.pages`), and a list that leaves the house as a file, have the
longer one: two short statements more. Jobs and commands have no limit. What the limit cut is answered in words
(`kernel.error_pages`); its transaction is rolled back whole.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from django.conf import settings
from django.db import DatabaseError, OperationalError, connection
from psycopg.errors import QueryCanceled


def is_cut(error: object) -> bool:
    """Whether an error is that of a statement which took longer than it may."""
    return isinstance(error, OperationalError) and isinstance(error.__cause__, QueryCanceled)


def begin_long() -> None:
    """From here on statements of this thread's connection may take as long as a report's. `end_long` must follow."""
    if not settings.LONG_STATEMENT_MS:
        return
    ours: Any = connection
    ours.long_depth = getattr(ours, "long_depth", 0) + 1
    if ours.long_depth == 1:
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('statement_timeout', %s, false)", [str(settings.LONG_STATEMENT_MS)])


def end_long() -> None:
    """Back to what the connection was opened with; a connection on which that fails is closed."""
    ours: Any = connection
    if not getattr(ours, "long_depth", 0):
        return
    ours.long_depth -= 1
    if ours.long_depth or ours.connection is None:
        return
    try:
        with connection.cursor() as cursor:
            cursor.execute("RESET statement_timeout")
    except DatabaseError:
        with suppress(DatabaseError):
            connection.close()


@contextmanager
def long_statements() -> Iterator[None]:
    """Within it statements may take as long as a report's."""
    begin_long()
    try:
        yield
    finally:
        end_long()

"""Rows as PostgreSQL's COPY reads them: a line each, written here, as a driver looks at every value of every row anew.

Moments are seconds since 1970, which take a third of the time of a text with a zone; `to_timestamp` gives them back to
the microsecond.
"""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any

NULL = "\\N"
_MARKED = re.compile(r"[\\\t\n\r\0]")
# A NUL has no place in a text of PostgreSQL: like bytes that are no UTF-8 it is kept as a mark.
_MARKS = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\0": "\ufffd"})


def words(*texts: str) -> tuple[str, ...]:
    """Texts as they stand in a line."""
    return tuple(one.translate(_MARKS) for one in texts) if _MARKED.search("".join(texts)) else texts


def moment(at: datetime | None) -> float | str:
    """A moment as it stands in a line."""
    return NULL if at is None else at.timestamp()


def copy_lines(cursor: Any, statement: str, lines: Iterable[str]) -> None:
    """Say a COPY ... FROM STDIN and give it the lines, each with its end."""
    with cursor.copy(statement) as copy:
        copy.write("".join(lines).encode("utf-8", "replace"))

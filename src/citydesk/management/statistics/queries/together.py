"""What one page counts: every statement once, and those known beforehand together in one."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection

_PLACE = re.compile(r"%\((\w+)\)s")
Row = dict[str, Any]


@dataclass(frozen=True)
class Statement:
    """A measure's text with its parameters; `days` are the columns of its answer that hold days."""

    text: str
    given: dict[str, Any]
    days: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[str, str]:
        """Equal for statements that give the same answer: of the parameters only those the text uses count."""
        used = sorted(set(_PLACE.findall(self.text)))
        return self.text, repr([(name, self.given[name]) for name in used])


@dataclass
class Answers:
    """The answers of one page. Kept for as long as the page is made, never longer."""

    _known: dict[tuple[str, str], list[Row]] = field(default_factory=dict)

    def rows(self, asked: Statement) -> list[Row]:
        """The rows of a statement by column name; run now unless its answer is there."""
        if asked.key not in self._known:
            self._known[asked.key] = _run(asked)
        return self._known[asked.key]

    def ahead(self, statements: Iterable[Statement]) -> None:
        """Run many statements as one and keep their answers for `rows`."""
        waiting = {one.key: one for one in statements if one.key not in self._known}
        if not waiting:
            return
        texts, given = [], {}
        for at, one in enumerate(waiting.values()):
            named = _PLACE.sub(rf"%(s{at}_\1)s", one.text)
            texts.append(f"SELECT {at}, to_jsonb(q) FROM ({named}) q")  # noqa: S608 - texts of measures
            given.update({f"s{at}_{name}": value for name, value in one.given.items()})
        found: list[list[Row]] = [[] for _one in waiting]
        with connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join(texts), given)
            for at, row in cursor.fetchall():
                found[at].append(json.loads(row) if isinstance(row, str) else row)
        for rows, one in zip(found, waiting.values(), strict=True):
            self._known[one.key] = [_with_days(row, one.days) for row in rows]


def _with_days(row: Row, days: tuple[str, ...]) -> Row:
    return {name: date.fromisoformat(value) if name in days and value else value for name, value in row.items()}


def _run(asked: Statement) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(asked.text, asked.given)
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

"""What one page counts: every statement once, and those known beforehand together in one."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection

from citydesk.management.statistics.rules import sources

_PLACE = re.compile(r"%\((\w+)\)s")
Row = dict[str, Any]


@dataclass(frozen=True)
class Statement:
    """A measure's text with its parameters; `days` are the columns of its answer that hold days.

    `rows` is the part of the text that says which rows it reads, where others may read the same; `columns` are those
    that it divides them by, each with the SQL of its value. It sums the rows, or orders them by their duration.
    """

    text: str
    given: dict[str, Any]
    days: tuple[str, ...] = ()
    rows: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, str]:
        """Equal for statements that give the same answer: of the parameters only those the text uses count."""
        return _key(self.text, self.given)

    @property
    def rows_key(self) -> tuple[str, str]:
        """Equal for statements that sum the same rows."""
        return _key(self.rows, self.given)


def _key(text: str, given: Mapping[str, Any]) -> tuple[str, str]:
    used = sorted(set(_PLACE.findall(text)))
    return text, repr([(name, given[name]) for name in used])


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
        text, given = written_together(list(waiting.values()))
        found: list[list[Row]] = [[] for _one in waiting]
        with connection.cursor() as cursor:
            cursor.execute(text, given)
            for at, row in cursor.fetchall():
                found[at].append(json.loads(row) if isinstance(row, str) else row)
        for rows, one in zip(found, waiting.values(), strict=True):
            self._known[one.key] = [_with_days(row, one.days) for row in rows]


def written_together(waiting: list[Statement]) -> tuple[str, dict[str, Any]]:
    """Many statements as one. Rows that several of them read are read once, with what any of them divides by."""
    shared: dict[tuple[str, str], Mapping[str, str]] = {}
    for one in waiting:
        if one.rows and _agree(shared.get(one.rows_key, {}), one.columns):
            shared[one.rows_key] = {**shared.get(one.rows_key, {}), **one.columns}
    names = {key: f"rows_{at}" for at, key in enumerate(shared)}
    texts: list[str] = []
    sums: dict[str, str] = {}
    given: dict[str, Any] = {}
    for at, one in enumerate(waiting):
        text, columns = one.text, shared[one.rows_key] if one.rows else {}
        if one.rows and _agree(columns, one.columns):
            name = names[one.rows_key]
            sums.setdefault(name, _of_its_own(sources.read_once(one.rows, columns), at))
            text = text.replace(one.rows, f"FROM {name} f")
        texts.append(f"SELECT {at}, to_jsonb(q) FROM ({_of_its_own(text, at)}) q")  # noqa: S608 - texts of measures
        given.update({f"s{at}_{name}": value for name, value in one.given.items()})
    read = ", ".join(f"{name} AS MATERIALIZED ({text})" for name, text in sums.items())
    return (f"WITH {read} " if read else "") + " UNION ALL ".join(texts), given


def _of_its_own(text: str, at: int) -> str:
    """The text with its parameters under names that no other statement has."""
    return _PLACE.sub(rf"%(s{at}_\1)s", text)


def _agree(known: Mapping[str, str], more: Mapping[str, str]) -> bool:
    """Whether no column of the one has another value in the other."""
    return all(known.get(name, value) == value for name, value in more.items())


def _with_days(row: Row, days: tuple[str, ...]) -> Row:
    return {name: date.fromisoformat(value) if name in days and value else value for name, value in row.items()}


def _run(asked: Statement) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(asked.text, asked.given)
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

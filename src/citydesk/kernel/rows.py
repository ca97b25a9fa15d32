"""What one act writes, sent together: one statement instead of one for each table.

A service makes its rows as usual and gives them to `insert`. Inside `together()` they wait and go to the database in
one statement when the block ends, still in the act's transaction: an act that leaves traces in ten tables (request,
clocks, trace, followers, contact, history, counting) costs one round trip. Outside they are written at once.

A row travels as JSON and PostgreSQL makes the columns of it (`json_populate_recordset`), so the statement's text
depends on the tables alone and is prepared once.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, TypeVar
from uuid import UUID

import orjson
from django.db import connection
from django.db.models import Model
from django.db.models.base import ModelState

from citydesk.kernel.statements import run, run_numbered

M = TypeVar("M", bound=Model)
# A table's rows that bring their key and those that get one from the database are two groups.
_Group = tuple[type[Model], bool]


@dataclass
class _Waiting:
    """What a block has gathered: rows by table, changes of single rows, calls of the database's functions."""

    rows: dict[_Group, list[Model]] = field(default_factory=dict)
    changes: list[tuple[str, tuple[Any, ...]]] = field(default_factory=list)
    misses: list[Callable[[], None]] = field(default_factory=list)
    calls: list[tuple[str, tuple[Any, ...]]] = field(default_factory=list)
    lists: dict[tuple[str, Any], list[Any]] = field(default_factory=dict)

    def add(self, *rows: Model) -> None:
        for row in rows:
            self.rows.setdefault((type(row), _has_key(row)), []).append(row)

    def write(self) -> None:
        self.calls += [(expression, (first, _said(items))) for (expression, first), items in self.lists.items()]
        if not (self.rows or self.changes or self.calls):
            return
        sql = _statement(
            tuple(self.rows), tuple(sql for sql, _values in self.changes), tuple(sql for sql, _values in self.calls)
        )
        values: list[Any] = [_as_json(rows) for rows in self.rows.values()]
        values += [value for _sql, given in (*self.changes, *self.calls) for value in given]
        found = run_numbered(sql, values)
        for hits, missed in zip(found[0] if found else (), self.misses, strict=False):
            if not hits:
                missed()


_waiting: ContextVar[_Waiting | None] = ContextVar("rows_waiting", default=None)


@contextmanager
def together() -> Iterator[None]:
    """Send what is given to `insert`, `change` and `call` inside in one statement at the end.

    A block in another is part of it. Needs a transaction around it. What waits is not seen by reads inside the block,
    and what the database refuses is raised at its end.
    """
    if _waiting.get() is not None:
        yield
        return
    if not connection.in_atomic_block:
        raise RuntimeError("rows can wait only inside a transaction")
    waiting = _Waiting()
    token = _waiting.set(waiting)
    try:
        yield
    finally:
        _waiting.reset(token)
    waiting.write()


def insert(*rows: Model) -> None:
    """Insert rows: with the others of the block around, else now. Keys that the database gives are not learned."""
    waiting = _waiting.get() or _Waiting()
    waiting.add(*rows)
    if waiting is not _waiting.get():
        waiting.write()


def call(expression: str, *values: Any) -> None:
    """Call a function of the database whose answer nobody needs: with the rows of the block around, else now.

    `expression` is what stands after SELECT, with `%s` placeholders: one of few texts.
    """
    waiting = _waiting.get()
    if waiting is None:
        run(f"SELECT {expression}", values)
    else:
        waiting.calls.append((expression, values))


def call_for_list(expression: str, first: Any, items: list[Any]) -> None:
    """As `call` with `first` and a JSON list: what several parts of a block give for the same call goes in one."""
    waiting = _waiting.get()
    if waiting is None:
        run(f"SELECT {expression}", (first, _said(items)))
    else:
        waiting.lists.setdefault((expression, first), []).extend(items)


def change(sql: str, *values: Any, missed: Callable[[], None]) -> None:
    """Change one row: with what else the block around writes, else now. `missed` raises if the row was not there.

    `sql` is an UPDATE of a row the block does not insert, with RETURNING: one of few texts.
    """
    waiting = _waiting.get() or _Waiting()
    waiting.changes.append((sql, values))
    waiting.misses.append(missed)
    if waiting is not _waiting.get():
        waiting.write()


def fresh(model: type[M], **values: Any) -> M:
    """A new row as `model(**values)` makes it, for a tenth of the cost: columns by their attribute (`team_id`), values
    of the column's own type. `TypeError` for a name that is no column.
    """
    blank, makers = _blank(model)
    if not values.keys() <= blank.keys():
        raise TypeError(f"{model.__name__} has no {', '.join(sorted(values.keys() - blank.keys()))}")
    row = model.__new__(model)
    row._state = ModelState()
    known = row.__dict__
    known.update(blank)
    for name, make in makers:
        if name not in values:
            known[name] = make()
    known.update(values)
    return row


@cache
def _blank(model: type[Model]) -> tuple[dict[str, Any], list[tuple[str, Callable[[], Any]]]]:
    """(what every new row of a table starts with by attribute, what must be made anew for each)."""
    columns = [one for one in model._meta.concrete_fields if not one.generated]  # type: ignore[attr-defined]  # Field.generated is not in the stubs
    makers = [(one.attname, one.default) for one in columns if one.has_default() and callable(one.default)]
    return {one.attname: one.get_default() for one in columns}, makers


def insert_now(row: Model) -> int:
    """Insert one row at once; returns its key."""
    return int(run(_with_key(type(row), _has_key(row)), [_as_json([row])])[0][0])


@cache
def _statement(groups: tuple[_Group, ...], changes: tuple[str, ...], calls: tuple[str, ...]) -> str:
    """One statement for rows of these tables, these changes and these calls; it answers how many rows were changed."""
    parts = [f"rows_{at} AS ({_insert_into(*group)})" for at, group in enumerate(groups)]
    parts += [f"change_{at} AS ({sql})" for at, sql in enumerate(changes)]
    answers = [f"(SELECT count(*) FROM change_{at})" for at in range(len(changes))]  # noqa: S608 - numbers of ours
    named = f"WITH {', '.join(parts)} " if parts else ""
    first, *rest = f"{named}SELECT {', '.join([*answers, *calls]) or '1'}".split("%s")
    return first + "".join(f"${at}{text}" for at, text in enumerate(rest, start=1))


@cache
def _with_key(model: type[Model], has_key: bool) -> str:
    return f'{_insert_into(model, has_key)} RETURNING "{model._meta.pk.column}"'  # type: ignore[union-attr]  # every model has a key


def _insert_into(model: type[Model], has_key: bool) -> str:
    table = model._meta.db_table
    columns = ", ".join(f'"{column}"' for column, _name in _columns(model, has_key))
    made = f'json_populate_recordset(NULL::"{table}", %s::json)'
    return f'INSERT INTO "{table}" ({columns}) SELECT {columns} FROM {made}'  # noqa: S608 - names of our own tables


@cache
def _columns(model: type[Model], has_key: bool) -> tuple[tuple[str, str], ...]:
    """(column, attribute) of what is written; the database computes generated columns and keys that are not given."""
    return tuple(
        (str(one.column), one.attname)
        for one in model._meta.concrete_fields
        if not one.generated and (has_key or not one.primary_key)  # type: ignore[attr-defined]  # Field.generated is not in the stubs
    )


def _as_json(rows: list[Model]) -> str:
    names = _columns(type(rows[0]), _has_key(rows[0]))
    try:
        # Where a model keeps its values: the attribute of a foreign key's column is found in five times as long.
        bodies = [{column: known[name] for column, name in names} for known in [row.__dict__ for row in rows]]
    except KeyError:  # a row that was read in part
        bodies = [{column: getattr(row, name) for column, name in names} for row in rows]
    return orjson.dumps(bodies, default=_plain, option=orjson.OPT_NON_STR_KEYS).decode()


def _said(items: list[Any]) -> str:
    return orjson.dumps(items).decode()


def _has_key(row: Model) -> bool:
    return row.__dict__.get(_key_of(type(row))) is not None


@cache
def _key_of(model: type[Model]) -> str:
    return str(model._meta.pk.attname)  # type: ignore[union-attr]  # every table here has a key


def _plain(value: Any) -> Any:
    """What JSON does not know, as the text PostgreSQL reads."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return f"\\x{bytes(value).hex()}"
    if isinstance(value, Decimal | UUID):
        return str(value)
    raise TypeError(f"{type(value).__name__} cannot be written to a column")

"""Querysets whose SQL is written once a process: for reads that every page makes with other values alone.

    _history = Written(lambda kind, pk: AuditEntry.objects.filter(object_type=kind, object_id=pk).order_by("-id"))
    _history.rows("service_requests.request", 7)

Django takes one to three milliseconds to write what PostgreSQL answers in a tenth of one.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models.query import get_related_populators

from citydesk.kernel.statements import Later

# No number and no text of the house is like these; they are found again among the values of the statement.
_FIRST_NUMBER = -1_900_000_000
# Neither upper nor lower nor stripped: who does that to it is noticed.
_SOME_TEXT = " \ue000aB{}\ue001 "


class _Kept(NamedTuple):
    sql: str
    values: tuple[tuple[Any, int | None], ...]  # (a value, or the kind of the value given at this place; its place)
    converters: tuple[tuple[int, list[Callable[..., Any]], Any], ...]
    build: Callable[[Sequence[Any]], Any]


class Written:
    """The rows of a queryset that `make` builds once from stand-ins for its arguments, which are numbers and texts.

    `make` must do nothing with its arguments but compare columns with them. Rows are dictionaries for a queryset of
    `.values()`, else models with what `select_related` and `annotate` give them.
    """

    def __init__(self, make: Callable[..., Any]) -> None:
        self._make = make
        self._kept: dict[tuple[type, ...], _Kept | None] = {}

    def rows(self, *given: int | str) -> list[Any]:
        """The rows for these values."""
        return self.later(*given)()

    def later(self, *given: int | str) -> Callable[[], list[Any]]:
        """A function that gives the rows: the statement goes to the server with the next one that is waited for."""
        kinds = tuple(map(type, given))
        if kinds not in self._kept:
            self._kept[kinds] = _write(self._make, kinds)
        kept = self._kept[kinds]
        if kept is None:
            return lambda: list(self._make(*given))
        asked = Later(kept.sql, [one if place is None else one(given[place]) for one, place in kept.values])
        return lambda: [kept.build(_converted(row, kept.converters)) for row in asked.rows()]

    def first(self, *given: int | str) -> Any | None:
        """The first row, None if there is none. Bound the queryset: all its rows are read."""
        return next(iter(self.rows(*given)), None)


def _write(make: Callable[..., Any], kinds: tuple[type, ...]) -> _Kept | None:
    """The statement; None where a stand-in is not found again in it, and it is written each time."""
    stand_ins = [
        _FIRST_NUMBER - at if issubclass(kind, int) else _SOME_TEXT.format(at) for at, kind in enumerate(kinds)
    ]
    rows = make(*stand_ins)
    compiler = rows.query.get_compiler(connection=connection)
    try:
        sql, given = compiler.as_sql()
    except EmptyResultSet:
        return None
    places = {stand_in: at for at, stand_in in enumerate(stand_ins)}
    values = tuple((type(one), places[one]) if _is_one(one, places) else (one, None) for one in given)
    if {place for _value, place in values} - {None} != set(range(len(kinds))):
        return None
    converters = compiler.get_converters([expression for expression, _sql, _alias in compiler.select])
    return _Kept(
        sql,
        values,
        tuple((at, convert, expression) for at, (convert, expression) in converters.items()),
        _builder(rows, compiler),
    )


def _is_one(value: Any, places: dict[Any, int]) -> bool:
    return isinstance(value, int | str) and value in places


def _converted(row: Sequence[Any], converters: tuple[tuple[int, list[Callable[..., Any]], Any], ...]) -> Sequence[Any]:
    if not converters:
        return row
    values = list(row)
    for at, convert, expression in converters:
        for one in convert:
            values[at] = one(values[at], expression, connection)
    return values


def _builder(rows: Any, compiler: Any) -> Callable[[Sequence[Any]], Any]:
    """What makes of a row what the queryset would have made of it."""
    if rows.query.selected:
        columns = tuple(rows.query.selected)
        return lambda row: dict(zip(columns, row, strict=True))
    info = compiler.klass_info
    start, end = info["select_fields"][0], info["select_fields"][-1] + 1
    names = tuple(one[0].target.attname for one in compiler.select[start:end])
    related = get_related_populators(info, compiler.select, connection.alias)  # type: ignore[call-arg]  # Django's own, behind its stubs
    return partial(_model, info["model"], names, slice(start, end), related, tuple(compiler.annotation_col_map.items()))


def _model(
    kind: Any,
    names: tuple[str, ...],
    own: slice,
    related: Sequence[Any],
    annotated: tuple[tuple[str, int], ...],
    row: Sequence[Any],
) -> Any:
    made = kind.from_db(connection.alias, names, row[own])
    for one in related:
        one.populate(row, made)
    for name, at in annotated:
        setattr(made, name, row[at])
    return made

"""A page of a list, ready for the template."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.http import QueryDict

from citydesk.kernel import texts
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import CitydeskError, Invalid
from citydesk.kernel.lists.filters import Filter, Option
from citydesk.kernel.lists.kept import Ids, Statements, among
from citydesk.kernel.lists.paging import Cursor, Slice, cut, first_page, first_rows, keys_of, read_cursor, write_cursor
from citydesk.kernel.lists.spec import Column, ListSpec, Sort, lists_of


@dataclass(frozen=True)
class Total:
    """How many rows match; counted up to a cap, because an exact count of a million rows costs more than the page."""

    count: int
    is_capped: bool = False

    def __str__(self) -> str:
        return f"{texts.count(self.count)}+" if self.is_capped else texts.count(self.count)


@dataclass(frozen=True)
class FilterState:
    """A filter as the page draws it: its value, its words, what can be chosen, and the address without it."""

    filter: Filter
    value: Any
    problem: str
    _access: Access
    _without: Callable[[str], str]

    @property
    def code(self) -> str:
        return self.filter.code

    @property
    def label(self) -> Any:
        return self.filter.label

    @property
    def kind(self) -> str:
        return self.filter.kind

    @property
    def is_active(self) -> bool:
        return self.value is not None

    @cached_property
    def options(self) -> tuple[Option, ...]:
        return self.filter.options_for(self._access, self.value)

    @cached_property
    def words(self) -> str:
        return self.filter.words(self.value, self.options) if self.is_active else ""

    @cached_property
    def clear_url(self) -> str:
        return self._without(self.code)


@dataclass(frozen=True)
class ColumnHead:
    """A column's head: where its click leads, and which way it is sorted now ("ascending", "descending" or "")."""

    column: Column
    sort_url: str = ""
    direction: str = ""


@dataclass(frozen=True)
class ListPage:
    """What a template needs. `query` is the canonical address part of filters and order; URLs start with "?"."""

    spec: ListSpec
    columns: tuple[Column, ...]
    rows: list[Any]
    total: Total | None
    next_url: str
    previous_url: str
    first_url: str
    csv_url: str
    xlsx_url: str
    filters: tuple[FilterState, ...]
    sort: Sort
    query: str
    values: Mapping[str, Any]
    problems: list[CitydeskError] = field(default_factory=list)

    @cached_property
    def heads(self) -> tuple[ColumnHead, ...]:
        return tuple(_head(self.spec, column, self.sort, self.values) for column in self.columns)

    @property
    def active_filters(self) -> tuple[FilterState, ...]:
        return tuple(one for one in self.filters if one.is_active)

    def state_of(self, code: str) -> FilterState | None:
        """The state of one filter, None where the reader has no such filter."""
        return next((one for one in self.filters if one.code == code), None)

    def cells(self, row: Any) -> list[tuple[Column, Any]]:
        """The row's values column by column, for the plain table macro."""
        return [(column, column.of(row)) for column in self.columns]


class Reading(NamedTuple):
    """An address as a list reads it: its names and values, the filters' values, what was not understood, the order."""

    lists: Mapping[str, list[str]]
    values: dict[str, Any]
    problems: list[CitydeskError]
    sort: Sort


def read_address(
    spec: ListSpec, given: QueryDict | Mapping[str, list[str]], *, access: Access, now: datetime
) -> Reading:
    """What an address asks of a list."""
    lists = lists_of(given)
    return Reading(lists, *spec.parse(lists, access, now), spec.sort_given(lists))


def list_page(
    spec: ListSpec,
    rows: Any,
    given: QueryDict | Mapping[str, list[str]] | Reading,
    *,
    access: Access,
    now: datetime,
    has_count: bool = True,
    statements: Statements | None = None,
    found: Sequence[int] | None = None,
) -> ListPage:
    """One page of `rows` (a queryset that already holds only what the reader may see, or a function that makes it).

    Statements: one for the rows (two where empty sort values begin on the page), one for the count. With `statements`
    that of the rows is written once; `rows` must then follow from `access` alone, and use `lists.moment(now)` for now.
    `given` is an address, or what `read_address` made of it. `found` are keys of the rows that the filters leave, where
    the caller has looked for them.
    """
    reading = given if isinstance(given, Reading) else read_address(spec, given, access=access, now=now)
    lists, values, problems, sort = reading
    keys = keys_of(sort, spec.id_field)

    def narrowed() -> Any:
        seen = rows() if callable(rows) else rows
        return spec.narrow(seen, values) if found is None else among(seen, found)

    def wanted() -> Any:
        columns = {key.field: None for key in keys} | dict.fromkeys(spec.fields)
        return narrowed().values(*columns) if spec.fields else narrowed()

    cursor = _cursor(spec, sort, lists, problems)
    key = None if cursor else key_of(spec, access, {} if found is not None else values, sort)
    piece = _kept_first_page(statements, key, lambda: first_rows(wanted(), keys, spec.page_size), spec, now, found)
    piece = piece or cut(wanted(), keys, cursor, spec.page_size)
    base = spec.query_of(values, sort)
    return ListPage(
        spec=spec,
        columns=spec.columns_for(access),
        rows=spec.prepare(piece.rows, access) if spec.prepare else piece.rows,
        total=_total(narrowed(), spec.count_cap) if has_count else None,
        **_beside(piece, spec, sort, keys, base),
        first_url=f"?{base}",
        csv_url=_with(base, "as", "csv"),
        xlsx_url=_with(base, "as", "xlsx"),
        filters=tuple(_state(spec, one, values, sort, access, problems) for one in spec.filters_for(access)),
        sort=sort,
        query=base,
        values=values,
        problems=problems,
    )


def _kept_first_page(
    statements: Statements | None,
    key: Hashable | None,
    make: Callable[[], Any],
    spec: ListSpec,
    now: datetime,
    found: Sequence[int] | None,
) -> Slice | None:
    """The first page by a statement that is written once; None where it cannot be kept."""
    if key is None or statements is None:
        return None
    rows = statements.rows((key, found is not None), make, now, {Ids: list(found or ())})
    return None if rows is None else first_page(rows, spec.page_size)


def _beside(piece: Any, spec: ListSpec, sort: Sort, keys: Any, base: str) -> dict[str, str]:
    """Addresses of the pages after and before; empty where there is none."""

    def address(row: Any, name: str) -> str:
        mark = write_cursor(Cursor(tuple(_value(row, key.field) for key in keys)), list_code=spec.code, sort=sort.code)
        return _with(base, name, mark)

    return {
        "next_url": address(piece.rows[-1], "after") if piece.rows and piece.has_next else "",
        "previous_url": address(piece.rows[0], "before") if piece.rows and piece.has_previous else "",
    }


def key_of(spec: ListSpec, access: Access, values: Mapping[str, Any], sort: Sort) -> Hashable | None:
    """What decides the statement of a list. None for words somebody searches for: nobody searches the same again."""
    if not access.actor.is_staff or texts_in(spec, values):
        return None
    return (spec.code, access, tuple(sorted(values.items())), sort.code)


def texts_in(spec: ListSpec, values: Mapping[str, Any]) -> dict[str, str]:
    """The words somebody searches for among the filter values, by filter."""
    return {one.code: values[one.code] for one in spec.filters if one.kind == "text" and one.code in values}


def _with(base: str, name: str, value: str) -> str:
    return f"?{base}&{urlencode([(name, value)])}" if base else f"?{urlencode([(name, value)])}"


def _cursor(spec: ListSpec, sort: Sort, lists: Mapping[str, list[str]], problems: list[CitydeskError]) -> Cursor | None:
    for name in ("after", "before"):
        mark = (lists.get(name) or [""])[-1]
        if mark:
            try:
                return read_cursor(mark, list_code=spec.code, sort=sort.code, is_back=name == "before")
            except Invalid as error:
                problems.append(error)
    return None


def _value(row: Any, name: str) -> Any:
    if isinstance(row, dict):
        return row[name]
    for part in name.split("__"):
        row = getattr(row, part, None)
    return row


def _total(rows: Any, cap: int) -> Total:
    if cap <= 0:
        return Total(rows.order_by().count())
    found = rows.order_by()[: cap + 1].count()
    return Total(min(found, cap), found > cap)


def _head(spec: ListSpec, column: Column, sort: Sort, values: Mapping[str, Any]) -> ColumnHead:
    if not column.sort:
        return ColumnHead(column)
    is_now = sort.code.removeprefix("-") == column.sort
    target = (
        spec.sort(sort.code.removeprefix("-") if sort.code.startswith("-") else f"-{column.sort}")
        if is_now
        else spec.sort(column.sort)
    )
    direction = ("descending" if sort.keys[0].is_descending else "ascending") if is_now else ""
    return ColumnHead(column, "?" + spec.query_of(values, target), direction)


def _state(
    spec: ListSpec,
    one: Filter,
    values: Mapping[str, Any],
    sort: Sort,
    access: Access,
    problems: list[CitydeskError],
) -> FilterState:
    def without(left_out: str) -> str:
        return "?" + spec.query_of({code: other for code, other in values.items() if code != left_out}, sort)

    problem = next((str(error.message) for error in problems if error.field in one.names()), "")
    return FilterState(one, values.get(one.code), problem, access, without)

"""What a list is: its columns, filters and orders, declared once beside the query."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict

from citydesk.kernel.actors import Access
from citydesk.kernel.errors import CitydeskError
from citydesk.kernel.lists.filters import Filter, parse_all


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column. `value` is a key of the row (or attribute), or a function of the row.

    `kind`: text, number, money, date, moment, bool: how it is aligned and typed in exports. `sort` names the `Sort` its
    head switches. `export`, where given, is the value written to files instead. A column that needs a `permission` is
    neither drawn nor exported without it.
    """

    code: str
    label: Any
    value: str | Callable[[Any], Any] = ""
    kind: str = "text"
    sort: str = ""
    permission: str = ""
    export: Callable[[Any], Any] | None = None
    is_exported: bool = True

    def of(self, row: Any) -> Any:
        """The value shown."""
        source = self.value or self.code
        if callable(source):
            return source(row)
        return row[source] if isinstance(row, dict) else getattr(row, source)

    def exported(self, row: Any) -> Any:
        """The value written to files."""
        return self.export(row) if self.export else self.of(row)


@dataclass(frozen=True)
class Key:
    """One key of an order. Empty values come last unless said otherwise."""

    field: str
    is_descending: bool = False
    nulls_last: bool = True

    def reversed(self) -> "Key":
        return Key(self.field, not self.is_descending, not self.nulls_last)


@dataclass(frozen=True)
class Sort:
    """A named order; the row's id is added as the last key, so that the order is total."""

    code: str
    label: Any
    keys: tuple[Key, ...]

    def switched(self) -> "Sort":
        """The same order the other way round; empty values stay last."""
        return Sort(
            f"-{self.code}", self.label, tuple(Key(k.field, not k.is_descending, k.nulls_last) for k in self.keys)
        )


@dataclass(frozen=True, kw_only=True)
class ListSpec:
    """A list. `fields` go to `.values()`; `prepare(rows, access)` may turn a page's rows into what the template draws,
    with a constant number of statements. `always` are filter values that hold unless the address says otherwise."""

    code: str
    columns: tuple[Column, ...]
    sorts: tuple[Sort, ...]
    default_sort: str
    filters: tuple[Filter, ...] = ()
    fields: tuple[str, ...] = ()
    id_field: str = "id"
    page_size: int = 50
    count_cap: int = 1000
    export_limit: int = 50_000
    prepare: Callable[[list[Any], Access], list[Any]] | None = None

    def __post_init__(self) -> None:
        self.sort(self.default_sort)
        for column in self.columns:
            if column.sort:
                self.sort(column.sort)

    def sort(self, code: str) -> Sort:
        """The order of a code; a leading minus switches it. `KeyError` when there is none."""
        by_code = {one.code: one for one in self.sorts}
        found = by_code[code.removeprefix("-")]
        return found.switched() if code.startswith("-") else found

    def sort_given(self, given: Mapping[str, list[str]]) -> Sort:
        """The order the address asks for, else the default."""
        try:
            return self.sort((given.get("sort") or [""])[-1] or self.default_sort)
        except KeyError:
            return self.sort(self.default_sort)

    def columns_for(self, access: Access) -> tuple[Column, ...]:
        return tuple(one for one in self.columns if not one.permission or access.may(one.permission))

    def filters_for(self, access: Access) -> tuple[Filter, ...]:
        return tuple(one for one in self.filters if not one.permission or access.may(one.permission))

    def parse(
        self, given: Mapping[str, list[str]], access: Access, now: datetime
    ) -> tuple[dict[str, Any], list[CitydeskError]]:
        """Filter values by code, and the problems of what was not understood."""
        return parse_all(self.filters, given, access, now)

    def narrow(self, rows: Any, values: Mapping[str, Any]) -> Any:
        """The rows with the filter values applied, in the order the filters are declared."""
        for one in self.filters:
            if one.code in values:
                rows = one.apply(rows, values[one.code])
        return rows

    def query_of(self, values: Mapping[str, Any], sort: Sort, extra: Iterable[tuple[str, str]] = ()) -> str:
        """The canonical query string of filter values and an order, without a leading "?"."""
        pairs = [pair for one in self.filters if one.code in values for pair in one.query(values[one.code])]
        if sort.code != self.default_sort:
            pairs.append(("sort", sort.code))
        return urlencode([*pairs, *extra])

    def query_for(self, given: QueryDict | Mapping[str, list[str]], *, access: Access, now: datetime) -> str:
        """The canonical query string of what a form posted: words sealed, unknown names dropped. For redirects."""
        lists = lists_of(given)
        values, _problems = self.parse(lists, access, now)
        return self.query_of(values, self.sort_given(lists))


def lists_of(given: QueryDict | Mapping[str, list[str]]) -> dict[str, list[str]]:
    """The address as name -> values."""
    return {
        key: [str(one) for one in values]
        for key, values in (given.lists() if isinstance(given, QueryDict) else given.items())
    }

"""Pages by key: "what comes after this row", which costs the same on page 1 and page 1,000 and never skips a row."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.core.exceptions import FieldDoesNotExist
from django.db.models import F, Q

from citydesk.kernel.errors import Invalid, marked
from citydesk.kernel.lists.spec import Key, Sort
from citydesk.kernel.sealing import seal, unseal


@dataclass(frozen=True)
class Cursor:
    """The keys of the row a page starts after (or, going back, ends before); the last one is its id."""

    values: tuple[Any, ...]
    is_back: bool = False


@dataclass(frozen=True)
class Slice:
    """The rows of a page and whether there are more on either side."""

    rows: list[Any]
    has_previous: bool
    has_next: bool


def write_cursor(cursor: Cursor, *, list_code: str, sort: str) -> str:
    """The cursor for an address: sealed, for this list and order alone."""
    values = [_tagged(value) for value in cursor.values]
    return _sealed(json.dumps(values, separators=(",", ":")), f"list.cursor.{list_code}.{sort}")


@lru_cache(maxsize=1024)
def _sealed(values: str, purpose: str) -> str:
    """A list that is looked at again ends with the same row; sealing it anew costs as much as ten rows."""
    return seal(values, purpose=purpose)


def read_cursor(text: str, *, list_code: str, sort: str, is_back: bool) -> Cursor:
    """The cursor of an address. Raises `Invalid`."""
    raw = json.loads(unseal(text, purpose=f"list.cursor.{list_code}.{sort}"))
    return Cursor(tuple(_untagged(kind, value) for kind, value in raw), is_back)


def keys_of(sort: Sort, id_field: str) -> tuple[Key, ...]:
    """The order's keys with the id as the last, in the direction of the key before it."""
    if any(key.field == id_field for key in sort.keys):
        return sort.keys
    return (*sort.keys, Key(id_field, sort.keys[-1].is_descending if sort.keys else False))


def cut(rows: Any, keys: tuple[Key, ...], cursor: Cursor | None, size: int) -> Slice:
    """One page of the rows. At most two statements: the second only where empty values of the first key begin."""
    is_back = bool(cursor and cursor.is_back)
    walk = tuple(key.reversed() for key in keys) if is_back else keys
    nullable = {key.field for key in walk if _may_be_null(rows, key.field)}
    if cursor and len(cursor.values) != len(walk):
        raise Invalid(marked("This address is broken or too old. Start again from the list."))
    found: list[Any] = []
    for part, condition in _parts(walk, cursor, nullable):
        if len(found) <= size:
            ordered = rows.filter(part & condition).order_by(*[_order(key) for key in walk])
            found += list(ordered[: size + 1 - len(found)])
    has_more = len(found) > size
    found = found[:size]
    if is_back:
        found.reverse()
    return Slice(found, has_more if is_back else cursor is not None, True if is_back else has_more)


def first_rows(rows: Any, keys: tuple[Key, ...], size: int) -> Any:
    """The rows of the first page and one more, where one statement reads them; else None."""
    if _may_be_null(rows, keys[0].field):
        return None
    return rows.order_by(*[_order(key) for key in keys])[: size + 1]


def first_page(found: list[Any], size: int) -> Slice:
    """The first page of what `first_rows` gave."""
    return Slice(found[:size], False, len(found) > size)


def _parts(walk: tuple[Key, ...], cursor: Cursor | None, nullable: set[str]) -> list[tuple[Q, Q]]:
    """The stretches to read in turn: (which rows, after what).

    Rows whose first key is empty are a stretch of their own: "greater or empty" in one condition would cost the index.
    """
    first = walk[0]
    values = cursor.values if cursor else None
    if first.field not in nullable:
        return [(Q(), _after(walk, values, nullable))]
    filled, empty = Q(**{f"{first.field}__isnull": False}), Q(**{f"{first.field}__isnull": True})
    strict = nullable - {first.field}
    if values is None:
        parts = [(filled, Q()), (empty, Q())]
    elif values[0] is None:
        parts = [(filled, Q()), (empty, _after(walk[1:], values[1:], strict))]
    else:
        parts = [(filled, _after(walk, values, strict)), (empty, Q())]
    if not first.nulls_last:
        parts.reverse()
    is_in_second = values is not None and (values[0] is None) == first.nulls_last
    return parts[1:] if is_in_second else parts


def _after(walk: tuple[Key, ...], values: tuple[Any, ...] | None, nullable: set[str]) -> Q:
    """Rows strictly after the given keys."""
    if values is None or not walk:
        return Q()
    found, same = Q(pk__in=[]), Q()
    for key, value in zip(walk, values, strict=True):
        found |= same & _beyond(key, value, key.field in nullable)
        same &= Q(**{f"{key.field}__isnull": True}) if value is None else Q(**{key.field: value})
    bound = Q()
    if values[0] is not None and walk[0].field not in nullable:
        # Implied by the rest, but this is the part an index can start from.
        bound = Q(**{f"{walk[0].field}__{'lte' if walk[0].is_descending else 'gte'}": values[0]})
    return bound & found


def _beyond(key: Key, value: Any, is_nullable: bool) -> Q:
    if value is None:
        return Q(pk__in=[]) if key.nulls_last else Q(**{f"{key.field}__isnull": False})
    beyond = Q(**{f"{key.field}__{'lt' if key.is_descending else 'gt'}": value})
    return beyond | Q(**{f"{key.field}__isnull": True}) if is_nullable and key.nulls_last else beyond


def _order(key: Key) -> Any:
    # PostgreSQL's default is "empty last" ascending and "empty first" descending; saying only what differs from it
    # lets a plain index serve the order.
    if key.is_descending:
        return F(key.field).desc(nulls_last=True) if key.nulls_last else F(key.field).desc()
    return F(key.field).asc() if key.nulls_last else F(key.field).asc(nulls_first=True)


def _may_be_null(rows: Any, field: str) -> bool:
    try:
        return bool(rows.model._meta.get_field(field).null)
    except FieldDoesNotExist:
        return True  # an annotation or a joined column


def _tagged(value: Any) -> list[Any]:
    if value is None or isinstance(value, bool | int | str):
        return ["", value]
    if isinstance(value, datetime):
        return ["t", value.isoformat()]
    if isinstance(value, date):
        return ["d", value.isoformat()]
    if isinstance(value, float):
        return ["f", value.hex()]
    if isinstance(value, Decimal | UUID):
        return ["n" if isinstance(value, Decimal) else "u", str(value)]
    raise TypeError(f"cannot page by {type(value).__name__}")


def _untagged(kind: str, value: Any) -> Any:
    readers = {
        "t": datetime.fromisoformat,
        "d": date.fromisoformat,
        "f": float.fromhex,
        "n": Decimal,
        "u": UUID,
    }
    return readers[kind](value) if kind else value

"""What the lists and acts of the JSON API share: pages by key, and one act per `Idempotency-Key`."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

from citydesk.kernel.clock import utc_now
from citydesk.kernel.errors import Invalid, marked
from citydesk.kernel.idempotency import once
from citydesk.kernel.sealing import seal, unseal

MOST_ROWS = 100
# A program that heard no answer asks again within this time; later its key begins anew.
KEYS_LAST = timedelta(days=7)


def page_by_key(rows: QuerySet[Any, Any], *, name: str, after: str, limit: int) -> tuple[list[Any], str]:
    """The rows after a mark, newest first, and the mark of the next page, empty on the last one.

    `name` is of the list: a mark of another list is refused with `Invalid`. At most 100 rows, one statement.
    """
    if after:
        try:
            last = int(unseal(after[:400], purpose=f"api.{name}"))
        except ValueError as error:
            raise Invalid(marked("This mark is not of this list."), field="after") from error
        rows = rows.filter(pk__lt=last)
    size = max(1, min(limit, MOST_ROWS))
    found = list(rows.order_by("-pk")[: size + 1])
    shown = found[:size]
    mark = seal(str(_key(shown[-1])), purpose=f"api.{name}") if len(found) > size else ""
    return shown, mark


def _key(row: Any) -> int:
    return int(row["id"] if isinstance(row, dict) else row.pk)


def once_by_key(
    request: HttpRequest, *, act_name: str, given: Any, act: Callable[[], dict[str, Any]]
) -> dict[str, Any]:
    """Run an act; with the header `Idempotency-Key` only once for each key of the caller, the answer kept a week.

    The same key with another body is refused with 422 (`OtherBody`). The caller's API key is part of the scope.
    """
    key = request.headers.get("Idempotency-Key", "").replace("\x00", "").strip()
    if not key:
        return act()
    if len(key) > 200:
        raise Invalid(marked("A key has at most 200 characters."), field="Idempotency-Key")
    partner: Any = request.auth  # type: ignore[attr-defined]  # ninja puts the partner there
    scope = f"api:{partner.key_id}:{act_name}"
    return once(scope=scope, key=key, given=given, now=utc_now(), act=act, within=KEYS_LAST)

"""What rooms keep sealed under the site's key, sealed anew after the key changed: `SealedStore`, `citydesk reseal`.

A batch is a transaction with its own entry in the history. A value that the current key opens is left as it is, so a
run that was stopped goes on by being run again, and a second one changes nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from citydesk.kernel import audit
from citydesk.kernel.actors import Actor
from citydesk.kernel.errors import Invalid
from citydesk.kernel.registries import AuditCode, load_dotted, registries
from citydesk.kernel.sealed import SealedStore
from citydesk.kernel.sealing import sealed_anew

BATCH = 200


@dataclass(frozen=True)
class Refused:
    """A row that holds something which no key opens: by its number and what people call it, never by its value."""

    id: int
    name: str


@dataclass
class Resealed:
    """What became of a store: rows under the current key already, rows sealed anew (with `is_dry`: that would be), and
    those that no key opens."""

    code: str
    words: str
    current: int = 0
    resealed: int = 0
    refused: list[Refused] = field(default_factory=list)


def reseal(
    *, actor: Actor, now: datetime, is_dry: bool = False, batch: int = BATCH, advance: Callable[[], None] = lambda: None
) -> list[Resealed]:
    """Seal anew what every store keeps under an older key, in batches of so many rows; `advance` is called after each.

    Rows that no key opens stay as they are, and the rest is done.
    """
    found: list[Resealed] = []
    for store in registries.sealed_stores.values():
        told = Resealed(store.code, store.words)
        last: int | None = 0
        while last is not None:
            with transaction.atomic():
                last, changes = _looked(store, last, batch, told, is_dry=is_dry)
                if changes and not is_dry:
                    _write(store, changes, actor, now)
            advance()
        found.append(told)
    return found


def _looked(
    store: SealedStore, after: int, size: int, told: Resealed, *, is_dry: bool
) -> tuple[int | None, dict[int, Any]]:
    """The last row of the batch after one, None at the end; what changes, by row. The rows are held unless `is_dry`."""
    rows = _rows(store).filter(pk__gt=after).order_by("pk").only("pk", store.column)
    seen = list((rows if is_dry else rows.select_for_update())[:size])
    changes = {}
    for row in seen:
        value = getattr(row, store.column)
        try:
            new = _turned(store, value)
        except Invalid:
            told.refused.append(Refused(row.pk, _name(store, row.pk)))
            continue
        if new is None:
            continue
        if new == value:
            told.current += 1
        else:
            told.resealed += 1
            changes[row.pk] = new
    return seen[-1].pk if len(seen) == size else None, changes


def _write(store: SealedStore, changes: dict[int, Any], actor: Actor, now: datetime) -> None:
    for key, new in changes.items():
        _rows(store).filter(pk=key).update(**{store.column: new})
    act = audit.Act("kernel.resealed", "kernel.sealed", 0, store.code, after={"count": len(changes)})
    audit.record(act, actor=actor, now=now)


def _rows(store: SealedStore) -> Any:
    return apps.get_model(store.model)._base_manager.all()


def _turned(store: SealedStore, value: Any) -> Any:
    """The value with what is sealed in it under the current key; None where nothing is. Raises `Invalid`."""
    if not value:
        return None
    return load_dotted(store.turn)(value) if store.turn else sealed_anew(value, purpose=store.purpose)


def _name(store: SealedStore, key: int) -> str:
    """What people call a row."""
    return " ".join(str(one) for one in _rows(store).filter(pk=key).values_list(*store.names).get() if one)


def register_stores() -> None:
    """The kernel's own: words that somebody searches for, in the address of a saved view."""
    registries.add(
        AuditCode("kernel.resealed", _("sealed {count} secrets anew ({object})"), icon="key"),
        SealedStore(
            "lists.views",
            "words in saved views",
            "kernel.SavedView",
            "query",
            ("list_code", "name"),
            turn="citydesk.kernel.lists.filters.sealed_words_anew",
        ),
    )

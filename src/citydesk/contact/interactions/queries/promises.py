"""Promises by owner and by person."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from citydesk.contact.interactions.choices import SUPERVISE, PromiseState
from citydesk.contact.interactions.models import Promise
from citydesk.kernel.actors import Access


@dataclass(frozen=True)
class PromiseLine:
    """A promise in a list. `is_late` when it is open and its time has passed."""

    id: int
    text: str
    kind: str
    due_at: datetime
    state: str
    owner_id: int
    owner: str
    customer_id: int | None
    phone: str
    language: str
    is_interpreter_needed: bool
    contact_number: str
    target_number: str
    is_late: bool


_COLUMNS = [
    "id",
    "text",
    "kind",
    "due_at",
    "state",
    "owner_id",
    "owner__name",
    "customer_id",
    "phone",
    "language",
    "is_interpreter_needed",
    "interaction__number",
    "target_number",
]


def list_promises(
    *, access: Access, now: datetime, owner_id: int | None = None, whose: str = "mine", limit: int = 200
) -> list[PromiseLine]:
    """Open promises by due time: one's own; with `whose="all"` (supervisors) of everybody or of `owner_id`."""
    rows = Promise.objects.filter(state=PromiseState.OPEN)
    if whose == "all":
        access.require(SUPERVISE)
        rows = rows.filter(owner_id=owner_id) if owner_id else rows
    else:
        rows = rows.filter(owner_id=access.actor.staff_id)
    return [_line(row, now) for row in rows.order_by("due_at", "id").values(*_COLUMNS)[:limit]]


def list_promises_of_customer(*, customer_ids: list[int], now: datetime, limit: int = 5) -> list[PromiseLine]:
    """Open promises made to a person (all their merged ids), the next due first. The caller has authorised sight."""
    rows = Promise.objects.filter(state=PromiseState.OPEN, customer_id__in=customer_ids).order_by("due_at")
    return [_line(row, now) for row in rows.values(*_COLUMNS)[:limit]]


def count_promises_due(*, access: Access, now: datetime) -> int:
    """How many of one's own open promises are past their time."""
    return Promise.objects.filter(owner_id=access.actor.staff_id, state=PromiseState.OPEN, due_at__lt=now).count()


def _line(row: dict[str, Any], now: datetime) -> PromiseLine:
    return PromiseLine(
        owner=row.pop("owner__name"),
        contact_number=row.pop("interaction__number"),
        is_late=row["state"] == PromiseState.OPEN and row["due_at"] < now,
        **row,
    )

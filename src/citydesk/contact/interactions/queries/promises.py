"""Promises by owner and by person."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from citydesk.contact.interactions import labels
from citydesk.contact.interactions.choices import SUPERVISE, PromiseKind, PromiseState, State
from citydesk.contact.interactions.models import Promise
from citydesk.kernel.actors import Access
from citydesk.kernel.telephone import phone_words


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
    interaction_id: int
    contact_number: str
    contact_is_saved: bool
    target_number: str
    is_late: bool

    @property
    def kind_words(self) -> str:
        """What was promised, as a word: a call back, a letter."""
        return str(labels.PROMISE_KINDS[PromiseKind(self.kind)])


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
    "interaction_id",
    "interaction__number",
    "interaction__state",
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


@dataclass(frozen=True)
class WeekOfPromises:
    """One person's promises due in a week, the first due first, with how each kind stands."""

    owner_id: int
    owner: str
    lines: list[PromiseLine]

    @property
    def kept(self) -> int:
        return sum(one.state == PromiseState.KEPT for one in self.lines)

    @property
    def broken(self) -> int:
        """Done late, or still open and past their time."""
        return sum(one.state == PromiseState.BROKEN or one.is_late for one in self.lines)

    @property
    def open(self) -> int:
        return sum(one.state == PromiseState.OPEN and not one.is_late for one in self.lines)


_COUNTED = (PromiseState.OPEN, PromiseState.KEPT, PromiseState.BROKEN)


def list_promises_due(
    *, access: Access, since: datetime, until: datetime, now: datetime, limit: int = 1000
) -> list[WeekOfPromises]:
    """Promises due between two moments by owner, most broken first: everybody's for supervisors, else one's own.

    What was moved to a later time or withdrawn is no promise of that time any more.
    """
    rows = Promise.objects.filter(due_at__gte=since, due_at__lt=until, state__in=_COUNTED)
    if not access.may(SUPERVISE):
        rows = rows.filter(owner_id=access.actor.staff_id or 0)
    people: dict[int, WeekOfPromises] = {}
    for row in rows.order_by("due_at", "id").values(*_COLUMNS)[:limit]:
        line = _line(row, now)
        people.setdefault(line.owner_id, WeekOfPromises(line.owner_id, line.owner, [])).lines.append(line)
    return sorted(people.values(), key=lambda one: (-one.broken, -one.open, one.owner))


def count_open_promises(*, interaction_ids: Iterable[int]) -> int:
    """How many open promises some contacts left. For marks of records; names nobody."""
    return Promise.objects.filter(interaction_id__in=list(interaction_ids), state=PromiseState.OPEN).count()


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
        contact_is_saved=row.pop("interaction__state") == State.SAVED,
        phone=phone_words(row.pop("phone")),
        is_late=row["state"] == PromiseState.OPEN and row["due_at"] < now,
        **row,
    )

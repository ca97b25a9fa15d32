"""Cautions: the ones that count today, and the ones waiting for a second person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q

from citydesk.city.customers.choices import CUSTOMERS_APPROVE_CAUTION, CUSTOMERS_VIEW, CautionState
from citydesk.city.customers.models import Caution, ContactPoint
from citydesk.city.customers.queries.canonical import ids_of
from citydesk.kernel.actors import Access


@dataclass(frozen=True)
class CautionLine:
    """A caution as it is shown: the fact, from whom, until when. `about` is "customer" or "address"."""

    id: int
    kind: str
    text: str
    source: str
    about: str
    state: str
    expires_on: date
    author: str
    author_id: int
    approver: str
    customer_id: int | None
    customer_name: str
    address_id: int | None
    address_line: str


_COLUMNS = (
    "id",
    "kind",
    "text",
    "source",
    "state",
    "expires_on",
    "author__name",
    "author_id",
    "approver__name",
    "customer_id",
    "customer__display_name",
    "address_id",
    "address__line",
)


def active_cautions(
    *, today: date, customer_id: int | None = None, address_ids: Sequence[int] = ()
) -> list[CautionLine]:
    """Approved cautions in force on a day about a customer (with those merged into it), about premises, or about people
    whose address they are.

    For crews before dispatch and for whoever has the person or the place in front of them; the caller has authorised
    that.
    """
    live_there = ContactPoint.objects.filter(address_id__in=list(address_ids), ended_at__isnull=True)
    about = Q(address_id__in=list(address_ids)) | Q(customer_id__in=live_there.values("customer_id"))
    if customer_id is not None:
        about |= Q(customer_id__in=ids_of(customer_id))
    rows = Caution.objects.filter(about, state=CautionState.APPROVED, expires_on__gte=today)
    return [_line(row) for row in rows.order_by("expires_on", "id").values(*_COLUMNS)]


def list_cautions(access: Access, customer_id: int) -> list[CautionLine]:
    """All cautions about a customer, decided or not, newest first. `NotFound` without `customers.view`."""
    access.require_sight(CUSTOMERS_VIEW)
    rows = Caution.objects.filter(customer_id__in=ids_of(customer_id)).order_by("-id")
    return [_line(row) for row in rows.values(*_COLUMNS)[:50]]


def list_proposed_cautions(access: Access) -> list[CautionLine]:
    """Cautions waiting for somebody other than their author, oldest first. `NotAllowed` without the right."""
    access.require(CUSTOMERS_APPROVE_CAUTION)
    rows = Caution.objects.filter(state=CautionState.PROPOSED).order_by("id")
    return [_line(row) for row in rows.values(*_COLUMNS)[:200]]


def _line(row: dict[str, Any]) -> CautionLine:
    return CautionLine(
        id=row["id"],
        kind=row["kind"],
        text=row["text"],
        source=row["source"],
        about="customer" if row["customer_id"] else "address",
        state=row["state"],
        expires_on=row["expires_on"],
        author=row["author__name"],
        author_id=row["author_id"],
        approver=row["approver__name"] or "",
        customer_id=row["customer_id"],
        customer_name=row["customer__display_name"] or "",
        address_id=row["address_id"],
        address_line=row["address__line"] or "",
    )

"""Customers for tests, made through the services."""

from datetime import UTC, date, datetime
from itertools import count
from typing import Any

from citydesk.city.customers import services
from citydesk.city.customers.models import Caution, ContactPoint
from citydesk.city.customers.services import CustomerRef, NewPoint
from citydesk.kernel.actors import SYSTEM

NOW = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)
_serial = count(1)


def make_customer(
    given_name: str = "Maria",
    family_name: str = "",
    *,
    phone: str = "",
    email: str = "",
    address: str = "",
    now: datetime = NOW,
    **more: Any,
) -> CustomerRef:
    """A customer with the given contact points; the family name is different each time unless given."""
    points = [
        NewPoint(kind, value) for kind, value in (("phone", phone), ("email", email), ("postal", address)) if value
    ]
    if not more.get("organization_name") and not family_name and not more.get("is_anonymous"):
        family_name = f"Tester{next(_serial)}"
    return services.create_customer(
        given_name="" if more.get("organization_name") else given_name,
        family_name=family_name,
        points=points,
        actor=SYSTEM,
        now=now,
        **more,
    )


def make_caution(text: str, *, until: date, approver_id: int | None = None, author_id: int, **about: int) -> Caution:
    """A caution about `address_id` or `customer_id`; proposed where nobody approved it."""
    return Caution.objects.create(
        kind="animal",
        text=text,
        source="meter reader",
        author_id=author_id,
        approver_id=approver_id,
        state="approved" if approver_id else "proposed",
        expires_on=until,
        created_at=NOW,
        **about,
    )


def give_home(customer_id: int, line: str, address_id: int) -> None:
    """The premise becomes a customer's postal address."""
    ContactPoint.objects.create(
        customer_id=customer_id,
        kind="postal",
        value=line,
        normalized=line.upper(),
        address_id=address_id,
        created_at=NOW,
    )

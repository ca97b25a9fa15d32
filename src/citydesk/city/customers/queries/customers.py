"""One customer: the page, the contact points, and what a letter needs."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from citydesk.city.customers import rules
from citydesk.city.customers.choices import CUSTOMERS_SEE_CONTACT, CUSTOMERS_VIEW, PointKind
from citydesk.city.customers.models import ContactPoint, Customer
from citydesk.city.customers.queries.canonical import canonical, ids_of
from citydesk.kernel.actors import Access
from citydesk.kernel.audit import record_read
from citydesk.kernel.errors import NotFound
from citydesk.kernel.numbering import parse_number
from citydesk.kernel.practice import letters_of


@dataclass(frozen=True)
class PointLine:
    """A contact point as it is shown; `value` is masked for readers without `customers.see_contact`."""

    id: int
    kind: str
    use: str
    value: str
    extension: str
    is_preferred: bool
    address_id: int | None
    is_masked: bool
    of_number: str = ""


@dataclass(frozen=True)
class CustomerView:
    """A customer as a page shows it, always the canonical one; `came_by` is the number that was asked for if it was
    merged into this."""

    id: int
    number: str
    kind: str
    display_name: str
    given_name: str
    family_name: str
    organization_name: str
    caller_class: str
    language: str
    format_need: str
    needs_interpreter: bool
    is_anonymous: bool
    version: int
    created_at: datetime
    created_by: str
    updated_at: datetime
    points: tuple[PointLine, ...]
    ids: tuple[int, ...]
    came_by: str = ""

    @property
    def preferred(self) -> PointLine | None:
        """The point the customer wants to be reached at; the first one if none was preferred."""
        return next((one for one in self.points if one.is_preferred), self.points[0] if self.points else None)

    def first(self, kind: str) -> PointLine | None:
        """The preferred or else first point of a kind."""
        of_kind = [one for one in self.points if one.kind == kind]
        return next((one for one in of_kind if one.is_preferred), of_kind[0] if of_kind else None)


def get_customer(
    access: Access, customer_id: int, now: datetime, *, purpose: str = "page", is_logged: bool = True
) -> CustomerView:
    """A customer with its contact points, those of customers merged into it included.

    The reading is logged under `purpose`; only a second look within one act passes `is_logged=False`. Raises
    `NotFound` if there is none or the reader may not know of customers.
    """
    access.require_sight(CUSTOMERS_VIEW)
    final = canonical(customer_id)
    customer = Customer.objects.visible_to(access).filter(id=final).first()
    if customer is None:
        raise NotFound(_("There is no such customer."))
    if is_logged:
        record_read(
            object_type="customers.customer", object_id=customer.id, purpose=purpose, actor=access.actor, now=now
        )
    family = ids_of(final)
    came_by = ""
    if final != customer_id:
        came_by = Customer.objects.filter(id=customer_id).values_list("number", flat=True).first() or ""
    points = _points(family, customer.id, may_see=access.may(CUSTOMERS_SEE_CONTACT))
    return _view(customer, points, family, came_by)


def id_by_number(access: Access, number: str) -> int:
    """The id behind a customer number. `NotFound` if there is none or the reader may not know of customers."""
    access.require_sight(CUSTOMERS_VIEW)
    found = Customer.objects.visible_to(access).filter(number=number).values_list("id", flat=True).first()
    if found is None:
        raise NotFound(_("There is no customer of this number."))
    return found


def is_number(text: str) -> bool:
    """Whether the text is a customer number with the right check character."""
    number = parse_number(text)
    return number is not None and number.startswith(f"{letters_of('CU')}-")


def reach_of(customer_id: int) -> dict[str, Any]:
    """How to write to a customer: `{name, language, format_need, preferred, phone, email, postal}`, "" for what is not
    known. For sending, not for showing: the caller has authorised the act."""
    final = canonical(customer_id)
    customer = Customer.objects.filter(id=final).values("display_name", "language", "format_need", "is_anonymous")
    row = customer.first()
    if row is None:
        raise NotFound(_("There is no such customer."))
    reach: dict[str, Any] = {
        "name": "" if row["is_anonymous"] else row["display_name"],
        "language": row["language"],
        "format_need": row["format_need"],
        "preferred": "",
        "phone": "",
        "email": "",
        "postal": "",
    }
    for point in _rows(ids_of(final), final):
        value = point["value"] if point["kind"] == PointKind.POSTAL else point["normalized"]
        reach[point["kind"]] = reach[point["kind"]] or value
        if point["is_preferred"] and point["customer_id"] == final:
            reach["preferred"] = point["kind"]
    return reach


_POINT_COLUMNS = (
    "id",
    "customer_id",
    "kind",
    "use",
    "value",
    "normalized",
    "extension",
    "is_preferred",
    "address_id",
    "customer__number",
)


def _rows(family: list[int], own_id: int) -> list[dict[str, Any]]:
    """Current points of a family of merged customers: the canonical one's first, preferred first, each value once."""
    rows = list(
        ContactPoint.objects.filter(customer_id__in=family, ended_at__isnull=True)
        .order_by("-is_preferred", "id")
        .values(*_POINT_COLUMNS)
    )
    rows.sort(key=lambda row: row["customer_id"] != own_id)
    seen: set[tuple[str, str]] = set()
    kept = []
    for row in rows:
        if (row["kind"], row["normalized"]) not in seen:
            seen.add((row["kind"], row["normalized"]))
            kept.append(row)
    return kept


def _points(family: list[int], own_id: int, *, may_see: bool) -> tuple[PointLine, ...]:
    return tuple(
        PointLine(
            id=row["id"],
            kind=row["kind"],
            use=row["use"],
            value=row["value"] if may_see else masked(row["kind"], row["value"]),
            extension=row["extension"] if may_see else "",
            is_preferred=row["is_preferred"] and row["customer_id"] == own_id,
            address_id=row["address_id"] if may_see else None,
            is_masked=not may_see,
            of_number="" if row["customer_id"] == own_id else row["customer__number"],
        )
        for row in _rows(family, own_id)
    )


def masked(kind: str, value: str) -> str:
    """A contact point as readers without `customers.see_contact` see it."""
    if kind == PointKind.PHONE:
        return rules.mask_phone(value)
    if kind == PointKind.EMAIL:
        return rules.mask_email(value)
    return "•••"


def _view(customer: Customer, points: tuple[PointLine, ...], family: list[int], came_by: str) -> CustomerView:
    return CustomerView(
        id=customer.id,
        number=customer.number,
        kind=customer.kind,
        display_name=customer.display_name,
        given_name=customer.given_name,
        family_name=customer.family_name,
        organization_name=customer.organization_name,
        caller_class=customer.caller_class,
        language=customer.language,
        format_need=customer.format_need,
        needs_interpreter=customer.needs_interpreter,
        is_anonymous=customer.is_anonymous,
        version=customer.version,
        created_at=customer.created_at,
        created_by=customer.created_by,
        updated_at=customer.updated_at,
        points=points,
        ids=tuple(family),
        came_by=came_by,
    )

"""Customers in the JSON API: found by what one knows of them, never listed as a whole; made, never changed."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Field, Router, Schema, Status

from citydesk.city.customers import queries, services
from citydesk.city.customers.choices import CUSTOMERS_SEE_CONTACT, CUSTOMERS_VIEW, CUSTOMERS_VIEW_ALL
from citydesk.kernel.actors import Access
from citydesk.kernel.clock import utc_now
from citydesk.kernel.errors import Invalid, NotAllowed
from citydesk.kernel.programs import MOST_ROWS, once_by_key

router = Router(tags=["customers"])


class Refusal(Schema):
    """Why something was refused."""

    code: str
    message: str
    field: str = ""
    hint: str = ""


class CustomerRow(Schema):
    """A customer found."""

    number: str
    display_name: str
    kind: str
    language: str
    phone: str
    email: str


class PointOut(Schema):
    """A way to reach somebody."""

    kind: str
    value: str
    is_preferred: bool


class CustomerOut(Schema):
    """A customer with the ways to reach them; one that was merged answers as whom it was merged into."""

    number: str
    display_name: str
    kind: str
    given_name: str
    family_name: str
    organization_name: str
    language: str
    needs_interpreter: bool
    points: list[PointOut]


class CustomerIn(Schema):
    """Somebody new, or the one with the same phone or e-mail and a like name."""

    given_name: str = Field("", max_length=80)
    family_name: str = Field("", max_length=80)
    organization_name: str = Field("", max_length=120)
    phone: str = Field("", max_length=40)
    email: str = Field("", max_length=254)
    address: str = Field("", max_length=240)
    language: str = Field("en", max_length=8)


class CustomerRef(Schema):
    """Whom the program keeps; `is_new` tells a match from a new one."""

    number: str
    is_new: bool


_REFUSALS = {code: Refusal for code in (400, 401, 403, 404, 422, 429)}


@router.get("customers", response={200: list[CustomerRow], **_REFUSALS}, operation_id="find_customers")
def find_customers(request: HttpRequest, text: str, limit: int = 20) -> Any:
    """Customers by a name, a phone or an e-mail: at least four digits or three letters."""
    found = queries.find(_access(request), text.replace("\x00", "")[:200], max(1, min(limit, MOST_ROWS)))
    return [{name: getattr(one, name) for name in CustomerRow.model_fields} for one in found]


@router.get("customers/{number}", response={200: CustomerOut, **_REFUSALS}, operation_id="customer")
def customer(request: HttpRequest, number: str) -> Any:
    """One customer; the reading is logged."""
    access = _access(request)
    key = queries.id_by_number(access, number.replace("\x00", ""))
    view = queries.get_customer(access, key, utc_now(), purpose="api")
    same = {name: getattr(view, name) for name in CustomerOut.model_fields if name != "points"}
    points = [{"kind": str(one.kind), "value": one.value, "is_preferred": one.is_preferred} for one in view.points]
    return {**same, "points": points}


@router.post("customers", response={201: CustomerRef, **_REFUSALS}, operation_id="make_customer")
def make_customer(request: HttpRequest, given: CustomerIn) -> Any:
    """Make a customer, or find the one they are; what is known is never changed by a program."""
    partner = _require(request, "customers.write")
    values = {name: value.replace("\x00", "").strip() for name, value in given.model_dump().items()}
    if not any(value for name, value in values.items() if name != "language"):
        raise Invalid(_("There is nothing to know this person by."), field="family_name")

    def act() -> dict[str, Any]:
        made = services.match_or_create(**values, actor=partner.actor, now=utc_now())
        return {"number": made.number, "is_new": made.is_new}

    return Status(201, once_by_key(request, act_name="make_customer", given=values, act=act))


def _require(request: HttpRequest, scope: str) -> Any:
    partner = request.auth  # type: ignore[attr-defined]  # ninja puts the partner there
    if not partner.may(scope):
        raise NotAllowed(_("This key may not do this."), hint=scope)
    return partner


def _access(request: HttpRequest) -> Access:
    partner = _require(request, "customers.read")
    return Access(partner.actor, frozenset({CUSTOMERS_VIEW, CUSTOMERS_VIEW_ALL, CUSTOMERS_SEE_CONTACT}))

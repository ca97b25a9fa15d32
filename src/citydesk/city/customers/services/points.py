"""Contact points: added, preferred, given up. Each act is one version of the customer."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from citydesk.city.customers import rules
from citydesk.city.customers.choices import PointKind, PointUse
from citydesk.city.customers.models import ContactPoint, Customer
from citydesk.city.places import rules as places
from citydesk.kernel.actors import Actor
from citydesk.kernel.audit import Act, record
from citydesk.kernel.errors import Conflict, Invalid, NotFound
from citydesk.kernel.rows import fresh

MOST_POINTS = 40


@dataclass(frozen=True)
class NewPoint:
    """A contact point to be added. `address_id` names the premise a postal point stands for."""

    kind: str
    value: str
    use: str = PointUse.OTHER
    address_id: int | None = None
    is_preferred: bool = False


def point_of(new: NewPoint, *, customer_id: int, now: datetime) -> ContactPoint:
    """The table row, checked and normalized, not saved. `Invalid` beside the field of its kind."""
    try:
        kind, use = PointKind(new.kind), PointUse(new.use or PointUse.OTHER)
    except ValueError as error:
        raise Invalid(_("This is no kind of contact point."), field="kind") from error
    point = fresh(
        ContactPoint,
        customer_id=customer_id,
        kind=kind,
        use=use,
        address_id=new.address_id,
        is_preferred=new.is_preferred,
        created_at=now,
    )
    if kind == PointKind.PHONE:
        phone = translated_phone(new.value)
        point.value, point.normalized = phone.shown, phone.e164
        point.digits, point.extension = phone.digits, phone.extension
    elif kind == PointKind.EMAIL:
        point.value = point.normalized = translated_email(new.value)
    else:
        value = " ".join(new.value.split())[:240]
        if not value:
            raise Invalid(_("Write the address."), field="address")
        point.value, point.normalized = value, places.normalize_line(value)[:240]
    return point


def translated_phone(text: str) -> rules.Phone:
    """`rules.read_phone` with its error in the reader's language."""
    try:
        return rules.read_phone(text)
    except Invalid as error:
        raise Invalid(
            _("This is not a phone number."), field="phone", hint=_("Ten digits with the area code.")
        ) from error


def translated_email(text: str) -> str:
    """`rules.read_email` with its error in the reader's language."""
    try:
        return rules.read_email(text)
    except Invalid as error:
        raise Invalid(_("This is not an e-mail address."), field="email", hint="name@example.org") from error


def locked(customer_id: int) -> Customer:
    """The customer, locked for the running transaction. `NotFound`; `Conflict` if it was merged away."""
    customer = Customer.objects.select_for_update().filter(id=customer_id).first()
    if customer is None:
        raise NotFound(_("There is no such customer."))
    if customer.merged_into_id is not None:
        raise Conflict(_("This customer was merged into another. Change that one."), kept_id=customer.merged_into_id)
    return customer


def add_contact_point(*, customer_id: int, new: NewPoint, actor: Actor, now: datetime) -> int:
    """Add a phone, e-mail or postal address; returns its id, the known one's if the customer has it already.

    Raises `Invalid`, `NotFound`, `Conflict` (merged away, or more points than a person has).
    """
    with transaction.atomic():
        customer = locked(customer_id)
        point = point_of(new, customer_id=customer_id, now=now)
        current = ContactPoint.objects.filter(customer_id=customer_id, ended_at__isnull=True)
        known = current.filter(kind=point.kind, normalized=point.normalized).values_list("id", flat=True).first()
        if known is not None:
            if new.is_preferred:
                prefer_contact_point(point_id=known, actor=actor, now=now)
            return known
        if current.count() >= MOST_POINTS:
            raise Conflict(_("This customer has too many contact points; end the old ones first."))
        if new.is_preferred:
            current.filter(is_preferred=True).update(is_preferred=False)
        point.save()
        _touch(customer, now)
        _record("customers.point_added", customer, point, actor, now)
        return point.id


def end_contact_point(*, point_id: int, reason: str, actor: Actor, now: datetime) -> None:
    """Give a contact point up; its row stays for what was sent there. Raises `Invalid` without a reason, `NotFound`."""
    if not reason.strip():
        raise Invalid(_("Say why."), field="reason")
    with transaction.atomic():
        point = _current_point(point_id)
        customer = locked(point.customer_id)
        ContactPoint.objects.filter(id=point.id).update(ended_at=now, is_preferred=False)
        _touch(customer, now)
        _record("customers.point_ended", customer, point, actor, now, reason=reason)


def prefer_contact_point(*, point_id: int, actor: Actor, now: datetime) -> None:
    """Make this the point the customer wants to be reached at. Raises `NotFound` for one that was given up."""
    with transaction.atomic():
        point = _current_point(point_id)
        customer = locked(point.customer_id)
        if point.is_preferred:
            return
        others = ContactPoint.objects.filter(customer_id=point.customer_id, is_preferred=True, ended_at__isnull=True)
        others.update(is_preferred=False)
        ContactPoint.objects.filter(id=point.id).update(is_preferred=True)
        _touch(customer, now)
        _record("customers.point_preferred", customer, point, actor, now)


def _current_point(point_id: int) -> ContactPoint:
    point = ContactPoint.objects.filter(id=point_id, ended_at__isnull=True).first()
    if point is None:
        raise NotFound(_("There is no such contact point."))
    return point


def _touch(customer: Customer, now: datetime) -> None:
    """A new version, and the sweep compares the customer with others again."""
    Customer.objects.filter(id=customer.id).update(version=F("version") + 1, updated_at=now, duplicates_checked_at=None)


def _record(
    code: str, customer: Customer, point: ContactPoint, actor: Actor, now: datetime, *, reason: str = ""
) -> None:
    record(
        Act(
            code=code,
            object_type="customers.customer",
            object_id=customer.id,
            object_label=customer.number,
            after={"kind": point.kind, "value": point.value, "use": point.use},
            reason=reason,
        ),
        actor=actor,
        now=now,
    )

"""New customers, and the customer a contact most likely came from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from citydesk.city.customers import rules
from citydesk.city.customers.choices import SERIES, CallerClass, CustomerKind, FormatNeed, PointKind
from citydesk.city.customers.events import CustomerCreated
from citydesk.city.customers.models import ContactPoint, Customer
from citydesk.city.customers.services.points import NewPoint, point_of
from citydesk.kernel.actors import Actor
from citydesk.kernel.audit import Act, record
from citydesk.kernel.errors import CitydeskError, Invalid, ManyInvalid
from citydesk.kernel.outbox import publish
from citydesk.kernel.rows import fresh, insert, together
from citydesk.kernel.sequences import next_identity
from citydesk.kernel.statements import run

_SAME_POINT = """
SELECT id, number, display_name, words, merged_into_id FROM customers_customer
WHERE is_anonymous = %s AND id IN (
    SELECT customer_id FROM customers_contactpoint WHERE ended_at IS NULL AND normalized = ANY(%s::text[])
) ORDER BY id LIMIT 20
"""

__all__ = ["CustomerRef", "NewPoint", "create_customer", "match_or_create"]


@dataclass(frozen=True)
class CustomerRef:
    """What a caller keeps of a customer. `is_new` tells a match from a creation."""

    id: int
    number: str
    display_name: str
    is_new: bool = True


def create_customer(
    *,
    given_name: str = "",
    family_name: str = "",
    organization_name: str = "",
    kind: str = "",
    language: str = "en",
    format_need: str = FormatNeed.NONE,
    needs_interpreter: bool = False,
    caller_class: str = CallerClass.RESIDENT,
    is_anonymous: bool = False,
    points: Sequence[NewPoint] = (),
    actor: Actor,
    now: datetime,
) -> CustomerRef:
    """Make a customer with its contact points, in one transaction.

    Without a name it must be anonymous (a caller who refuses a name but leaves a number) or have a contact point to be
    called by. Raises `ManyInvalid` with every field that does not hold, `Invalid` for one.
    """
    names = _Names.of(given_name, family_name, organization_name, kind, is_anonymous=is_anonymous)
    customer = fresh(
        Customer,
        kind=names.kind,
        display_name=names.shown or _fallback_name(points),
        given_name=names.given,
        family_name=names.family,
        organization_name=names.organization,
        caller_class=_checked(CallerClass, caller_class, "caller_class"),
        language=checked_language(language),
        format_need=_checked(FormatNeed, format_need, "format_need"),
        needs_interpreter=needs_interpreter,
        is_anonymous=is_anonymous,
        created_at=now,
        created_by=actor.label[:120],
        updated_at=now,
    )
    rows = _checked_points(points, now)
    write_keys(customer)
    with transaction.atomic(savepoint=False), together():
        customer.id, customer.number = next_identity(SERIES, now.year)
        for row in rows:
            row.customer_id = customer.id
        insert(customer, *rows)
        facts = {"kind": customer.kind}
        act = Act("customers.created", "customers.customer", customer.id, customer.number, after=facts)
        record(act, actor=actor, now=now)
        publish(CustomerCreated(customer_id=customer.id, number=customer.number), now=now)
    return CustomerRef(customer.id, customer.number, customer.display_name)


def match_or_create(
    *,
    given_name: str = "",
    family_name: str = "",
    organization_name: str = "",
    phone: str = "",
    email: str = "",
    address: str = "",
    language: str = "en",
    actor: Actor,
    now: datetime,
) -> CustomerRef:
    """The customer that a web form, an e-mail or an API post came from: the one with the same phone or e-mail and a
    like name, else a new one.

    What a stranger typed never changes a known customer: it links to it at most. Unreadable phones and e-mails are
    left out here rather than refusing a report. Raises `Invalid` if nothing at all is left to know somebody by.
    """
    points = [
        point for point in (_readable(PointKind.PHONE, phone), _readable(PointKind.EMAIL, email)) if point is not None
    ]
    if address.strip():
        points.append(NewPoint(PointKind.POSTAL, address.strip()[:240]))
    shown = rules.display_name(given_name, family_name, organization_name)
    if not shown and not points:
        raise Invalid(_("There is nothing to know this person by."), field="family_name")
    known = _known(points, shown)
    if known is not None:
        return known
    return create_customer(
        given_name=given_name[:80],
        family_name=family_name[:80],
        organization_name=organization_name[:160],
        language=language,
        is_anonymous=not shown,
        points=points,
        actor=actor,
        now=now,
    )


def write_keys(customer: Customer) -> None:
    """Fill the folded columns that the search and the lists use."""
    person = rules.fold(customer.family_name)
    customer.family_key = (person or rules.fold(customer.organization_name) or rules.fold(customer.display_name))[:170]
    customer.given_key = rules.fold(customer.given_name)[:90]
    names = (customer.given_name, customer.family_name, customer.organization_name)
    customer.words = rules.fold(" ".join(filter(None, names)) or customer.display_name)[:340]


def checked_language(code: str) -> str:
    """A language code. `Invalid` in the reader's language."""
    try:
        return rules.check_language(code)
    except Invalid as error:
        raise Invalid(_("This is not a language code."), field="language") from error


@dataclass(frozen=True)
class _Names:
    kind: CustomerKind
    given: str
    family: str
    organization: str
    shown: str

    @classmethod
    def of(cls, given: str, family: str, organization: str, kind: str, *, is_anonymous: bool) -> "_Names":
        given, family, organization = (" ".join(text.split()) for text in (given, family, organization))
        if len(given) > 80 or len(family) > 80 or len(organization) > 160:
            raise Invalid(_("This name is too long."), field="family_name")
        guessed = CustomerKind.ORGANIZATION if organization and not (given or family) else CustomerKind.PERSON
        shown = rules.display_name(given, family, organization)
        if guessed == CustomerKind.PERSON and kind == CustomerKind.ORGANIZATION and not organization:
            raise Invalid(_("Write the organization's name."), field="organization_name")
        if is_anonymous:
            return cls(CustomerKind.PERSON, "", "", "", _("Name refused"))
        return cls(CustomerKind(kind) if kind else guessed, given, family, organization, shown)


def _fallback_name(points: Sequence[NewPoint]) -> str:
    value = next((point.value.strip() for point in points if point.value.strip()), "")
    if not value:
        raise Invalid(
            _("Write a name, or mark that the name was refused."),
            field="family_name",
            hint=_("A phone number or an e-mail address is enough, too."),
        )
    return value[:160]


def _checked(codes: type[CallerClass] | type[FormatNeed], value: str, field: str) -> str:
    try:
        return codes(value)
    except ValueError as error:
        raise Invalid(_("Choose one of the list."), field=field) from error


def _checked_points(points: Sequence[NewPoint], now: datetime) -> list[ContactPoint]:
    rows: dict[tuple[str, str], ContactPoint] = {}
    errors: list[CitydeskError] = []
    for new in points:
        try:
            row = point_of(new, customer_id=0, now=now)
        except Invalid as error:
            errors.append(error)
            continue
        rows.setdefault((row.kind, row.normalized), row)
    if len(errors) == 1:
        raise errors[0]
    if errors:
        raise ManyInvalid(errors)
    preferred = [row for row in rows.values() if row.is_preferred]
    for row in preferred[1:]:
        row.is_preferred = False
    return list(rows.values())


def _readable(kind: PointKind, value: str) -> NewPoint | None:
    if not value.strip():
        return None
    try:
        (rules.read_phone if kind == PointKind.PHONE else rules.read_email)(value)
    except Invalid:
        return None
    return NewPoint(kind, value)


def _known(points: Sequence[NewPoint], shown: str) -> CustomerRef | None:
    """The customer of the same phone or e-mail whose name agrees; the oldest if several."""
    normalized = {rules.read_phone(one.value).e164 for one in points if one.kind == PointKind.PHONE}
    normalized |= {rules.read_email(one.value) for one in points if one.kind == PointKind.EMAIL}
    if not normalized:
        return None
    asked = rules.Features(name=rules.fold(shown))
    # Somebody without a name is linked to an earlier contact without a name only.
    for key, number, name, words, merged_into_id in run(_SAME_POINT, (not shown, sorted(normalized))):
        if not shown or rules.likeness(asked, rules.Features(name=words)).reasons:
            return _end_of_chain(merged_into_id) if merged_into_id else CustomerRef(key, number, name, is_new=False)
    return None


def _end_of_chain(merged_into_id: int) -> CustomerRef:
    customer = Customer.objects.get(id=merged_into_id)
    while customer.merged_into_id is not None:
        customer = Customer.objects.get(id=customer.merged_into_id)
    return CustomerRef(customer.id, customer.number, customer.display_name, is_new=False)

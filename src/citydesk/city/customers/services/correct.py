"""Correct what is known of a customer, with the version that was seen and a reason."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from citydesk.city.customers import rules
from citydesk.city.customers.choices import CallerClass, CustomerKind, FormatNeed
from citydesk.city.customers.events import CustomerCorrected
from citydesk.city.customers.models import Customer
from citydesk.city.customers.services.create import checked_language, write_keys
from citydesk.city.customers.services.points import locked
from citydesk.kernel.actors import Actor
from citydesk.kernel.audit import Act, history_of, record
from citydesk.kernel.errors import Invalid, StaleVersion
from citydesk.kernel.outbox import publish

CORRECTABLE = (
    "kind",
    "given_name",
    "family_name",
    "organization_name",
    "caller_class",
    "language",
    "format_need",
    "needs_interpreter",
    "is_anonymous",
)


def correct_customer(
    *, customer_id: int, changes: dict[str, Any], version: int, reason: str, actor: Actor, now: datetime
) -> int:
    """Change fields of a customer; the old values are kept in the history. Returns the new version.

    Raises `StaleVersion` with both texts if somebody saved first, `Invalid` without a reason or for a bad value,
    `NotFound`, `Conflict` if merged away. Nothing to change is no error and makes no version.
    """
    unknown = set(changes) - set(CORRECTABLE)
    if unknown:
        raise Invalid(_("This cannot be corrected here."), field=min(unknown))
    if not reason.strip():
        raise Invalid(_("Say why."), field="reason", hint=_("The reason stays in the history."))
    with transaction.atomic():
        customer = locked(customer_id)
        wanted = _checked(changes)
        before = {name: getattr(customer, name) for name in wanted}
        changed = {name: value for name, value in wanted.items() if before[name] != value}
        if customer.version != version:
            _refuse_stale(customer, wanted, before)
        if not changed:
            return customer.version
        _apply(customer, changed, now)
        record(
            Act(
                code="customers.corrected",
                object_type="customers.customer",
                object_id=customer.id,
                object_label=customer.number,
                before={name: before[name] for name in changed},
                after=changed,
                reason=reason,
            ),
            actor=actor,
            now=now,
        )
        publish(CustomerCorrected(customer.id, customer.number, sorted(changed)), now=now)
        return customer.version


def _apply(customer: Customer, changed: dict[str, Any], now: datetime) -> None:
    for name, value in changed.items():
        setattr(customer, name, value)
    shown = rules.display_name(customer.given_name, customer.family_name, customer.organization_name)
    if customer.is_anonymous:
        customer.given_name = customer.family_name = customer.organization_name = ""
        shown = _("Name refused")
    if not shown:
        raise Invalid(_("Write a name, or mark that the name was refused."), field="family_name")
    customer.display_name = shown
    write_keys(customer)
    customer.version += 1
    customer.updated_at = now
    customer.duplicates_checked_at = None
    customer.save()


def _refuse_stale(customer: Customer, mine: dict[str, Any], theirs: dict[str, Any]) -> None:
    differing = {name for name in mine if mine[name] != theirs[name]}
    last = history_of("customers.customer", customer.id, limit=1)
    raise StaleVersion(
        _("Somebody else changed this customer first."),
        hint=_("Compare both texts and choose."),
        mine={name: mine[name] for name in differing},
        theirs={name: theirs[name] for name in differing},
        version=customer.version,
        changed_by=last[0].actor if last else "",
    )


def _checked(changes: dict[str, Any]) -> dict[str, Any]:
    """The changes with every value of the right kind."""
    checked: dict[str, Any] = {}
    codes = {"kind": CustomerKind, "caller_class": CallerClass, "format_need": FormatNeed}
    for name, value in changes.items():
        if name in codes:
            try:
                checked[name] = str(codes[name](value))
            except ValueError as error:
                raise Invalid(_("Choose one of the list."), field=name) from error
        elif name == "language":
            checked[name] = checked_language(str(value))
        elif name in {"needs_interpreter", "is_anonymous"}:
            checked[name] = bool(value)
        else:
            text = " ".join(str(value).split())
            if len(text) > (160 if name == "organization_name" else 80):
                raise Invalid(_("This name is too long."), field=name)
            checked[name] = text
    return checked

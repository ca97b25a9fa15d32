"""Cautions: proposed by one person, approved by another, gone on their day."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from citydesk.city.customers.choices import CUSTOMERS_APPROVE_CAUTION, CUSTOMERS_EDIT, CautionKind, CautionState
from citydesk.city.customers.events import CautionApproved
from citydesk.city.customers.models import Caution, Customer
from citydesk.city.places import queries as places
from citydesk.kernel.actors import Access
from citydesk.kernel.audit import Act, record
from citydesk.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from citydesk.kernel.outbox import publish

# A caution is a fact of today; older than a year it must be found true again.
LONGEST = timedelta(days=366)


def propose_caution(
    *,
    kind: str,
    text: str,
    source: str,
    expires_on: date,
    today: date,
    customer_id: int | None = None,
    address_id: int | None = None,
    access: Access,
    now: datetime,
) -> int:
    """Write down a fact that matters for safety at a premise or with a person; returns its id.

    It shows to nobody outside until somebody else approves it. Raises `NotAllowed`, `Invalid` (unknown kind, no text,
    no source, a day past or more than a year ahead, about nothing), `NotFound`.
    """
    access.require(CUSTOMERS_EDIT)
    author_id = _person(access)
    _check_text(kind, text, source)
    if not today < expires_on <= today + LONGEST:
        raise Invalid(_("Choose a last day within one year."), field="expires_on")
    if customer_id is None and address_id is None:
        raise Invalid(_("A caution is about a person or a place."), field="customer")
    if customer_id is not None and not Customer.objects.filter(id=customer_id).exists():
        raise NotFound(_("There is no such customer."))
    if address_id is not None:
        places.address_line(address_id)
    with transaction.atomic():
        caution = Caution.objects.create(
            kind=CautionKind(kind),
            text=text.strip()[:300],
            source=source.strip()[:200],
            customer_id=customer_id,
            address_id=address_id,
            author_id=author_id,
            expires_on=expires_on,
            created_at=now,
        )
        _record("customers.caution_proposed", caution, access, now)
        return caution.id


def approve_caution(*, caution_id: int, access: Access, now: datetime) -> None:
    """Let a caution show. Raises `NotAllowed` for its author (nobody approves their own), `Conflict` if decided."""
    access.require(CUSTOMERS_APPROVE_CAUTION)
    with transaction.atomic():
        caution = _locked(caution_id, CautionState.PROPOSED)
        approver_id = _person(access)
        if approver_id == caution.author_id:
            raise NotAllowed(_("Somebody else must approve what you wrote."))
        caution.state, caution.approver_id, caution.decided_at = CautionState.APPROVED, approver_id, now
        caution.save(update_fields=["state", "approver", "decided_at"])
        _record("customers.caution_approved", caution, access, now, approver_id=approver_id)
        publish(CautionApproved(caution.id, caution.customer_id, caution.address_id), now=now)


def refuse_caution(*, caution_id: int, reason: str, access: Access, now: datetime) -> None:
    """Refuse a proposed caution. Raises `NotAllowed`, `Invalid` without a reason, `Conflict` if decided."""
    access.require(CUSTOMERS_APPROVE_CAUTION)
    _finish(caution_id, CautionState.PROPOSED, CautionState.REFUSED, reason, access, now)


def end_caution(*, caution_id: int, reason: str, access: Access, now: datetime) -> None:
    """End a caution that is no longer true. Raises `NotAllowed`, `Invalid` without a reason, `Conflict`."""
    access.require(CUSTOMERS_EDIT)
    _finish(caution_id, CautionState.APPROVED, CautionState.ENDED, reason, access, now)


def _finish(
    caution_id: int, was: CautionState, state: CautionState, reason: str, access: Access, now: datetime
) -> None:
    if not reason.strip():
        raise Invalid(_("Say why."), field="reason")
    with transaction.atomic():
        caution = _locked(caution_id, was)
        caution.state, caution.ended_at, caution.end_reason = state, now, reason.strip()[:300]
        caution.save(update_fields=["state", "ended_at", "end_reason"])
        code = "customers.caution_refused" if state == CautionState.REFUSED else "customers.caution_ended"
        _record(code, caution, access, now, reason=reason)


def _person(access: Access) -> int:
    staff_id = access.actor.staff_id
    if staff_id is None:
        raise NotAllowed(_("Only a member of staff can do this."))
    return staff_id


def _check_text(kind: str, text: str, source: str) -> None:
    if kind not in set(CautionKind):
        raise Invalid(_("Choose one of the list."), field="kind")
    if not text.strip():
        raise Invalid(_("Write the fact."), field="text", hint=_("What was seen, not what somebody is."))
    if not source.strip():
        raise Invalid(_("Say from whom we know."), field="source")


def _locked(caution_id: int, state: CautionState) -> Caution:
    caution = Caution.objects.select_for_update().filter(id=caution_id).first()
    if caution is None:
        raise NotFound(_("There is no such caution."))
    if caution.state != state:
        raise Conflict(_("This caution was already decided."))
    return caution


def _record(
    code: str, caution: Caution, access: Access, now: datetime, *, reason: str = "", approver_id: int | None = None
) -> None:
    about = (
        ("customers.customer", caution.customer_id) if caution.customer_id else ("places.address", caution.address_id)
    )
    facts = {"kind": caution.kind, "text": caution.text, "expires_on": caution.expires_on.isoformat()}
    record(
        Act(
            code, about[0], about[1] or 0, f"caution {caution.id}", after=facts, reason=reason, approver_id=approver_id
        ),
        actor=access.actor,
        now=now,
    )

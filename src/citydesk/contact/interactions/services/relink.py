"""Repairing a saved contact: the wrong person, the wrong time. The old value stays in the history."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from citydesk.contact.interactions.choices import SUPERVISE, PromiseState, State
from citydesk.contact.interactions.events import ContactRelinked
from citydesk.contact.interactions.models import ContactFactDue, Interaction, PrivacyTask, Promise
from citydesk.kernel import audit
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import Invalid, NotFound
from citydesk.kernel.outbox import publish

_OBJECT = "interactions.Interaction"


def relink(
    *,
    interaction_id: int,
    to_customer_id: int | None,
    reason: str,
    already_sent: Sequence[dict[str, Any]],
    access: Access,
    now: datetime,
) -> int:
    """Link a saved contact to the right person and open a privacy task; returns the task's id.

    Open promises move with it. `already_sent` lists messages that left to the wrong one (`channel`, `to`, `at`,
    `subject`). The event tells the rooms above to revoke links; `desk.services.relink_contact` does all of it in one
    transaction. Raises `Invalid` without a reason or to the same person, `NotFound`.
    """
    if not reason.strip():
        raise Invalid(_("Say how the wrong person came in."), field="reason")
    with transaction.atomic():
        row = _lock_saved(interaction_id, access)
        if row.customer_id == to_customer_id:
            raise Invalid(_("This person is linked already."), field="customer")
        wrong = row.customer_id
        row.customer_id, row.version = to_customer_id, row.version + 1
        row.save(update_fields=["customer_id", "version"])
        Promise.objects.filter(interaction_id=row.pk, state=PromiseState.OPEN).update(customer_id=to_customer_id)
        task = PrivacyTask.objects.create(
            interaction_id=row.pk,
            wrong_customer_id=wrong,
            right_customer_id=to_customer_id,
            reason=reason.strip()[:300],
            already_sent=list(already_sent),
            opened_by_id=access.actor.staff_id or 0,
            opened_at=now,
        )
        ContactFactDue.objects.create(interaction_id=row.pk)
        act = audit.Act("interactions.relinked", _OBJECT, row.pk, row.number, wrong, to_customer_id, reason)
        audit.record(act, actor=access.actor, now=now)
        publish(ContactRelinked(row.pk, row.number, wrong, to_customer_id), now=now)
        return task.pk


def correct_received_at(
    *, interaction_id: int, received_at: datetime, reason: str, access: Access, now: datetime
) -> None:
    """Set when the resident spoke or wrote. Raises `Invalid` without a reason or in the future, `NotFound`."""
    if not reason.strip():
        raise Invalid(_("Say why the received time changes."), field="received_reason")
    if received_at > now:
        raise Invalid(_("The resident cannot have written in the future."), field="received_at")
    with transaction.atomic():
        row = _lock_saved(interaction_id, access)
        before = row.received_at
        row.received_at, row.received_reason, row.version = received_at, reason.strip()[:200], row.version + 1
        row.save(update_fields=["received_at", "received_reason", "version"])
        ContactFactDue.objects.create(interaction_id=row.pk)
        act = audit.Act("interactions.received_corrected", _OBJECT, row.pk, row.number, before, received_at, reason)
        audit.record(act, actor=access.actor, now=now)


def _lock_saved(interaction_id: int, access: Access) -> Interaction:
    """The saved contact, for who took or entered it and for supervisors."""
    row = Interaction.objects.select_for_update().filter(pk=interaction_id, state=State.SAVED).first()
    mine = row is not None and access.actor.staff_id in (row.taken_by_id, row.entered_by_id)
    if row is None or access.actor.staff_id is None or not (mine or access.may(SUPERVISE)):
        raise NotFound(_("There is no such contact."))
    return row

"""Promises: dated tasks that are done, moved with the resident's consent, or pass to a colleague."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from citydesk.contact.interactions import rules
from citydesk.contact.interactions.choices import SUPERVISE, TAKE, PromiseKind, PromiseState
from citydesk.contact.interactions.events import PromiseMade, PromiseSettled
from citydesk.contact.interactions.models import Interaction, Promise
from citydesk.contact.interactions.services.masking import mask_text
from citydesk.kernel import audit
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import Conflict, Invalid, NotFound
from citydesk.kernel.outbox import publish

_OBJECT = "interactions.Promise"


def make_promise(
    *,
    interaction_id: int,
    text: str,
    due_at: datetime,
    access: Access,
    now: datetime,
    kind: PromiseKind = PromiseKind.CALL_BACK,
    phone: str = "",
    language: str = "en",
    customer_id: int | None = None,
) -> int:
    """Promise something about a contact, open or saved, and return the promise's id. The actor owns it.

    `customer_id` is the person the promise was made to, where the contact does not say so yet (an open draft).

    Raises `Invalid` without words or with a time that has passed, `NotFound`.
    """
    access.require(TAKE)
    if not text.strip():
        raise Invalid(_("Write what was promised."), field="text")
    if due_at <= now:
        raise Invalid(_("The promised time has passed already."), field="due_at")
    with transaction.atomic():
        contact = Interaction.objects.visible_to(access).filter(pk=interaction_id).first()
        if contact is None or access.actor.staff_id is None:
            raise NotFound(_("There is no such contact."))
        promise = Promise.objects.create(
            interaction_id=contact.pk,
            customer_id=contact.customer_id or customer_id,
            kind=kind,
            text=mask_text(text.strip())[:500],
            due_at=due_at,
            owner_id=access.actor.staff_id,
            made_by_id=access.actor.staff_id,
            made_at=now,
            phone=phone,
            language=language,
        )
        act = audit.Act("interactions.promised", _OBJECT, promise.pk, contact.number, after={"due": due_at})
        audit.record(act, actor=access.actor, now=now)
        publish(PromiseMade(promise.pk, promise.owner_id, due_at.isoformat(), contact.pk), now=now)
        return promise.pk


def settle_promise(*, promise_id: int, result: str, access: Access, now: datetime) -> PromiseState:
    """Note that a promise was done: kept in time or done late. Returns which. Raises `NotFound`, `Conflict`."""
    with transaction.atomic():
        row = _lock(promise_id, access)
        row.state = rules.promise_state(due_at=row.due_at, done_at=now)
        row.done_at, row.done_by_id, row.result = now, access.actor.staff_id, mask_text(result.strip())[:500]
        row.save(update_fields=["state", "done_at", "done_by", "result"])
        act = audit.Act("interactions.promise_done", _OBJECT, row.pk, after={"state": row.state}, reason=row.result)
        audit.record(act, actor=access.actor, now=now)
        _publish_settled(row, now)
        return PromiseState(row.state)


def move_promise(*, promise_id: int, due_at: datetime, reason: str, access: Access, now: datetime) -> int:
    """Replace a promise by a later one that the resident was told of. The first stays, as moved. Returns the new id.

    Raises `Invalid` without a reason or with a time that has passed, `NotFound`, `Conflict`.
    """
    if not reason.strip():
        raise Invalid(_("Say why the promise moves; the resident will ask."), field="reason")
    if due_at <= now:
        raise Invalid(_("Choose a time to come."), field="due_at")
    with transaction.atomic():
        row = _lock(promise_id, access)
        row.state, row.done_at, row.done_by_id = PromiseState.MOVED, now, access.actor.staff_id
        row.result = mask_text(reason.strip())[:500]
        row.save(update_fields=["state", "done_at", "done_by", "result"])
        _publish_settled(row, now)
        before = {"due": row.due_at}
        old_id, row.pk, row.replaces_id = row.pk, None, row.pk
        row.state, row.done_at, row.done_by_id, row.result = PromiseState.OPEN, None, None, ""
        row.due_at, row.made_at, row.made_by_id = due_at, now, access.actor.staff_id
        row.save(force_insert=True)
        act = audit.Act("interactions.promise_moved", _OBJECT, old_id, "", before, {"due": due_at}, reason)
        audit.record(act, actor=access.actor, now=now)
        publish(PromiseMade(row.pk, row.owner_id, due_at.isoformat(), row.interaction_id), now=now)
        return row.pk


def withdraw_promise(*, promise_id: int, reason: str, access: Access, now: datetime) -> None:
    """End a promise the resident no longer wants. Raises `Invalid` without a reason, `NotFound`, `Conflict`."""
    if not reason.strip():
        raise Invalid(_("Say why the promise is withdrawn."), field="reason")
    with transaction.atomic():
        row = _lock(promise_id, access)
        row.state, row.done_at, row.done_by_id = PromiseState.WITHDRAWN, now, access.actor.staff_id
        row.result = mask_text(reason.strip())[:500]
        row.save(update_fields=["state", "done_at", "done_by", "result"])
        act = audit.Act("interactions.promise_withdrawn", _OBJECT, row.pk, reason=reason)
        audit.record(act, actor=access.actor, now=now)
        _publish_settled(row, now)


def reassign_promises(
    *, from_user_id: int, to_user_id: int, reason: str, access: Access, now: datetime, only: list[int] | None = None
) -> list[int]:
    """Give open promises of one person to another (absence); with `only`, those ids. Returns the ids moved.

    The due times stay: they were told to residents. Undo is the same call the other way with `only`. Supervisors.
    """
    access.require(SUPERVISE)
    with transaction.atomic():
        rows = Promise.objects.select_for_update().filter(owner_id=from_user_id, state=PromiseState.OPEN)
        if only is not None:
            rows = rows.filter(pk__in=only)
        ids = list(rows.order_by("due_at").values_list("pk", flat=True))
        Promise.objects.filter(pk__in=ids).update(owner_id=to_user_id)
        audit.record(
            *[
                audit.Act("interactions.promise_reassigned", _OBJECT, one, "", from_user_id, to_user_id, reason)
                for one in ids
            ],
            actor=access.actor,
            now=now,
        )
        return ids


def _publish_settled(row: Promise, now: datetime) -> None:
    publish(PromiseSettled(row.pk, row.interaction_id, row.owner_id, str(row.state)), now=now)


def _lock(promise_id: int, access: Access) -> Promise:
    row = Promise.objects.select_for_update().filter(pk=promise_id).first()
    mine = row is not None and access.actor.staff_id in (row.owner_id, row.made_by_id)
    if row is None or not (mine or access.may(SUPERVISE) or access.may(TAKE)):
        raise NotFound(_("There is no such promise."))
    if row.state != PromiseState.OPEN:
        raise Conflict(_("This promise is settled already."), state=row.state)
    return row

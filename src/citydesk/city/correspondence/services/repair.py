"""What people do about messages: release, stop, send again, settle one whose fate is unknown."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from citydesk.city.correspondence.choices import LEFT, NEEDS_REPAIR, REPAIR, UNSENT, Channel, MessageState
from citydesk.city.correspondence.models import Message
from citydesk.city.correspondence.services.writing import DELIVER
from citydesk.kernel import audit, outbox
from citydesk.kernel.actors import Access, Actor
from citydesk.kernel.errors import Conflict, Invalid, NotFound


def _locked(message_id: int) -> Message:
    message = Message.objects.select_for_update().filter(pk=message_id).first()
    if message is None:
        raise NotFound(_("There is no such message."))
    return message


def release(*, message_id: int, actor: Actor, now: datetime) -> None:
    """Let a held message go out. Raises `Conflict` if it is not held."""
    with transaction.atomic():
        message = _locked(message_id)
        if message.state != MessageState.HELD:
            raise Conflict(_("This message is not held."))
        _requeue(message, "messages.released", "", actor, now)


def resend(*, message_id: int, reason: str, to: str = "", access: Access, now: datetime) -> None:
    """Send a failed or unknown message once more, to a corrected address if given. The reason is kept.

    Raises `NotAllowed`, `Conflict` (state), `Invalid` (no reason).
    """
    access.require(REPAIR)
    if not reason.strip():
        raise Invalid(_("Say why it is sent again."), field="reason")
    with transaction.atomic():
        message = _locked(message_id)
        if message.state not in NEEDS_REPAIR:
            raise Conflict(_("Only a message that failed or has no known outcome can be sent again."))
        if to:
            message.address = to.strip()
        _requeue(message, "messages.sent_again", reason.strip(), access.actor, now)


def settle_by_person(*, message_id: int, arrived: bool, reason: str, access: Access, now: datetime) -> None:
    """A person found out what became of an unknown message. Raises `NotAllowed`, `Conflict`, `Invalid`."""
    access.require(REPAIR)
    if not reason.strip():
        raise Invalid(_("Say how you know."), field="reason")
    with transaction.atomic():
        message = _locked(message_id)
        if message.state != MessageState.UNKNOWN:
            raise Conflict(_("The outcome of this message is known."))
        before = message.state
        message.state = MessageState.DELIVERED if arrived else MessageState.FAILED
        message.settled_at = now
        message.save(update_fields=["state", "settled_at"])
        _audit("messages.settled", message, before, reason.strip(), access.actor, now)


def stop_unsent(*, about_type: str, about_id: int, reason: str, actor: Actor, now: datetime, to: str = "") -> int:
    """Stop everything not yet sent about one thing (to one address if given). Returns how many were stopped."""
    with transaction.atomic():
        waiting = Message.objects.select_for_update().about(about_type, about_id).filter(state__in=UNSENT)
        if to:
            waiting = waiting.filter(address=to)
        stopped = list(waiting)
        for message in stopped:
            before = message.state
            message.state, message.why, message.settled_at = MessageState.STOPPED, reason[:200], now
            message.save(update_fields=["state", "why", "settled_at"])
            _audit("messages.stopped", message, before, reason, actor, now)
        return len(stopped)


@dataclass(frozen=True)
class TakenBack:
    """Messages that were stopped in time, and those that had left or were leaving."""

    stopped: int
    sent: int


def take_back(
    *,
    about_type: str,
    about_ids: Sequence[int],
    template: str,
    since: datetime,
    reason: str,
    actor: Actor,
    now: datetime,
) -> TakenBack:
    """Stop what was written by a template about some things since a moment, because it is not so any more.

    A stopped message gives its key free: if the same happens again, people are told. What was sent stays sent.
    """
    with transaction.atomic():
        rows = Message.objects.select_for_update().filter(
            about_type=about_type, about_id__in=about_ids, template_code=template, written_at__gte=since
        )
        stopped = sent = 0
        for message in rows.order_by("pk"):
            if message.state not in UNSENT:
                sent += message.state in LEFT
                continue
            before = message.state
            message.state, message.why, message.settled_at = MessageState.STOPPED, reason[:200], now
            message.key = f"{message.key[:100]}:{message.pk}"
            message.save(update_fields=["state", "why", "settled_at", "key"])
            _audit("messages.stopped", message, before, reason, actor, now)
            stopped += 1
        return TakenBack(stopped, sent)


def _requeue(message: Message, code: str, reason: str, actor: Actor, now: datetime) -> None:
    before = message.state
    message.state, message.why, message.settled_at, message.batch = MessageState.QUEUED, "", None, None
    message.save(update_fields=["state", "why", "settled_at", "address", "batch"])
    if message.channel != Channel.LETTER:
        outbox.defer(DELIVER, queue="messages", message_id=message.pk)
    _audit(code, message, before, reason, actor, now)


def _audit(code: str, message: Message, before: str, reason: str, actor: Actor, now: datetime) -> None:
    act = audit.Act(
        code,
        message.about_type,
        message.about_id,
        message.about_number,
        before={"state": before},
        after={"state": message.state, "message": message.pk},
        reason=reason,
    )
    audit.record(act, actor=actor, now=now)

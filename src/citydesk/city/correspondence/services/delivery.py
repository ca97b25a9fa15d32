"""Handing messages over, once: note the try, hand over outside a transaction, note the outcome.

A worker that dies in between leaves the message `sending`; nobody can tell whether it went out.
It becomes "outcome unknown" and waits for a person. It is never sent a second time by itself.
"""

import smtplib
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.utils.translation import gettext as _

from citydesk.city.correspondence import rules
from citydesk.city.correspondence.choices import AttemptOutcome, Channel, MessageState
from citydesk.city.correspondence.events import MessageNotDelivered
from citydesk.city.correspondence.models import Message, MessageAttempt
from citydesk.city.correspondence.providers import OutcomeUnknown, Refused, TryLater, sms_adapter
from citydesk.kernel import outbox
from citydesk.kernel.middleware import current_request_id
from citydesk.kernel.practice import NotInPractice, is_practice

UNHEARD_AFTER = timedelta(minutes=5)
LAST_TRY_AFTER = timedelta(hours=24)


def deliver(*, message_id: int, now: datetime) -> str:
    """Try to hand one message over; returns its state afterwards. Raises `TryLater` when the job should come again."""
    attempt_id = _note_start(message_id, now)
    if attempt_id is None:
        return Message.objects.values_list("state", flat=True).get(pk=message_id)
    message = Message.objects.get(pk=message_id)
    try:
        reference = _hand_over(message)
    except Refused as error:
        return _note_end(message_id, attempt_id, AttemptOutcome.REFUSED, str(error), "", now)
    except TryLater as error:
        state = _note_end(message_id, attempt_id, AttemptOutcome.LATER, str(error), "", now)
        if state == MessageState.QUEUED:
            raise
        return state
    except NotInPractice as error:
        return _note_end(message_id, attempt_id, AttemptOutcome.PRACTICE, str(error), "", now)
    except OutcomeUnknown as error:
        return _note_end(message_id, attempt_id, AttemptOutcome.UNKNOWN, str(error), "", now)
    return _note_end(message_id, attempt_id, AttemptOutcome.SENT, "", reference, now)


def settle_unheard(*, now: datetime) -> int:
    """Messages `sending` for longer than five minutes have lost their worker: mark them unknown. Returns how many."""
    lost = Message.objects.filter(state=MessageState.SENDING, attempts__started_at__lt=now - UNHEARD_AFTER).distinct()
    count = 0
    for message_id in lost.values_list("pk", flat=True):
        attempt = MessageAttempt.objects.filter(message_id=message_id).latest("pk")
        if attempt.started_at < now - UNHEARD_AFTER:
            words = _("The program stopped while sending; it may have arrived.")
            _note_end(message_id, attempt.pk, AttemptOutcome.UNKNOWN, words, "", now)
            count += 1
    return count


def _note_start(message_id: int, now: datetime) -> int | None:
    """Take the message for sending; None if it is not waiting (stopped, sent, or another worker has it)."""
    with transaction.atomic():
        message = Message.objects.select_for_update().get(pk=message_id)
        if message.state != MessageState.QUEUED or message.channel == Channel.LETTER:
            return None
        message.state = MessageState.SENDING
        message.save(update_fields=["state"])
        return MessageAttempt.objects.create(message=message, started_at=now, outcome=AttemptOutcome.STARTED).pk


def _note_end(message_id: int, attempt_id: int, outcome: str, why: str, reference: str, now: datetime) -> str:
    with transaction.atomic():
        message = Message.objects.select_for_update().get(pk=message_id)
        if message.state != MessageState.SENDING:
            return message.state
        MessageAttempt.objects.filter(pk=attempt_id).update(outcome=outcome, finished_at=now, detail=why[:300])
        message.state = _state_after(outcome, is_last=now - message.written_at > LAST_TRY_AFTER)
        message.why, message.reference = why[:200], reference[:120]
        if message.state != MessageState.QUEUED:
            message.settled_at = now
        message.save(update_fields=["state", "why", "reference", "settled_at"])
        if message.state in (MessageState.FAILED, MessageState.UNKNOWN):
            outbox.publish(
                MessageNotDelivered(message.pk, message.state, message.about_type, message.about_id), now=now
            )
        return message.state


def _state_after(outcome: str, *, is_last: bool) -> MessageState:
    states = {
        AttemptOutcome.SENT: MessageState.SENT,
        AttemptOutcome.REFUSED: MessageState.FAILED,
        AttemptOutcome.UNKNOWN: MessageState.UNKNOWN,
        AttemptOutcome.PRACTICE: MessageState.STOPPED,
        AttemptOutcome.LATER: MessageState.FAILED if is_last else MessageState.QUEUED,
    }
    return states[AttemptOutcome(outcome)]


def _hand_over(message: Message) -> str:
    """Give the message to the provider; its reference comes back. Raises what the adapters raise, and
    `NotInPractice` in a practice city: its own database says so, whatever this process was told."""
    if is_practice():
        raise NotInPractice
    reference = rules.message_reference(message.pk, message.key)
    if message.channel == Channel.SMS:
        return sms_adapter().send(message.address, message.body, reference)
    return _send_email(message, reference)


def _send_email(message: Message, reference: str) -> str:
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip(">") or "localhost"
    headers = {
        "Message-ID": f"<{reference}@{domain}>",
        "Auto-Submitted": "auto-generated",
        "Content-Language": message.language,
        "X-Request-Id": current_request_id.get() or "none",
    }
    connection = get_connection(fail_silently=False)
    try:
        connection.open()
    except OSError as error:
        raise TryLater(_("The mail server did not answer.")) from error
    try:
        EmailMessage(
            message.subject,
            message.body,
            settings.DEFAULT_FROM_EMAIL,
            [message.address],
            headers=headers,
            connection=connection,
        ).send()
    except smtplib.SMTPRecipientsRefused as error:
        code = next(iter(error.recipients.values()), (550, b""))[0]
        raise (TryLater if code < 500 else Refused)(_("The mail server refused the address.")) from error
    except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as error:
        kind = TryLater if error.smtp_code < 500 else Refused
        raise kind(_("The mail server refused the message (%(code)s).") % {"code": error.smtp_code}) from error
    except OSError as error:
        if not getattr(connection, "may_have_arrived", True):
            raise TryLater(_("The mail server did not answer.")) from error
        raise OutcomeUnknown(_("The mail server did not confirm; it may have arrived.")) from error
    finally:
        connection.close()
    return reference

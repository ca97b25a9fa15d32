"""Letters: printed in batches, put into window envelopes by a person, and then marked as mailed."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from citydesk.city.correspondence.choices import BATCH_TYPE, MAIL_LETTERS, AttemptOutcome, MessageState
from citydesk.city.correspondence.models import LetterBatch, Message, MessageAttempt
from citydesk.kernel import audit
from citydesk.kernel.actors import Access, Actor
from citydesk.kernel.errors import Conflict, NotFound

MOST_LETTERS = 100


@dataclass(frozen=True)
class Mailed:
    """What became of a batch: letters mailed, put back to be printed again, and stopped since they were printed."""

    mailed: int
    put_back: int
    stopped: tuple[str, ...]


def print_letters(*, access: Access, now: datetime, limit: int = MOST_LETTERS) -> int:
    """Put the waiting letters, the oldest first, into a batch; returns its id. Two clerks never print the same letter.

    Raises `NotAllowed`, `Conflict` when no letter waits.
    """
    access.require(MAIL_LETTERS)
    with transaction.atomic():
        waiting = Message.objects.letters_to_print().select_for_update(skip_locked=True).order_by("id")
        ids = list(waiting.values_list("pk", flat=True)[:limit])
        if not ids:
            raise Conflict(_("No letter waits to be printed."))
        batch = LetterBatch.objects.create(made_at=now, made_by_id=access.actor.staff_id or 0)
        Message.objects.filter(pk__in=ids).update(batch=batch)
        _record("letters.printed", batch.pk, {"letters": len(ids)}, access.actor, now)
        return batch.pk


def mail_batch(*, batch_id: int, spoiled: frozenset[int], access: Access, now: datetime) -> Mailed:
    """Mark a batch as mailed, once; `spoiled` letters (torn, jammed) wait to be printed again.

    A letter that was stopped after printing stays stopped and is named, so that somebody takes it out.
    Raises `NotAllowed`, `NotFound`, `Conflict` when it was mailed already.
    """
    access.require(MAIL_LETTERS)
    with transaction.atomic():
        batch = LetterBatch.objects.select_for_update().filter(pk=batch_id, is_sealed=False).first()
        if batch is None:
            raise NotFound(_("There is no such batch of letters."))
        if batch.mailed_at is not None:
            raise Conflict(_("This batch was marked as mailed already."))
        letters = list(Message.objects.select_for_update().filter(batch=batch).order_by("id"))
        good = [one.pk for one in letters if one.state == MessageState.QUEUED and one.pk not in spoiled]
        back = [one.pk for one in letters if one.state == MessageState.QUEUED and one.pk in spoiled]
        Message.objects.filter(pk__in=good).update(state=MessageState.SENT, settled_at=now)
        Message.objects.filter(pk__in=back).update(batch=None)
        MessageAttempt.objects.bulk_create(
            MessageAttempt(message_id=pk, started_at=batch.made_at, finished_at=now, outcome=AttemptOutcome.SENT)
            for pk in good
        )
        batch.mailed_at, batch.mailed_by_id = now, access.actor.staff_id
        batch.save(update_fields=["mailed_at", "mailed_by"])
        counted = {"letters": len(good), "put_back": len(back)}
        _record("letters.mailed", batch.pk, counted, access.actor, now)
        stopped = tuple(one.about_number for one in letters if one.state == MessageState.STOPPED)
        return Mailed(len(good), len(back), stopped)


def print_sealed(*, message_id: int, actor: Actor, now: datetime) -> int:
    """Put one sealed letter into a batch of its own; returns the batch's id. The room that wrote it has authorized.

    Raises `NotFound` for a message that is not sealed, `Conflict` for one that is held, printed or stopped.
    """
    with transaction.atomic():
        message = _sealed(message_id)
        if message.state != MessageState.QUEUED or message.batch_id is not None:
            raise Conflict(_("This letter does not wait to be printed."))
        batch = LetterBatch.objects.create(made_at=now, made_by_id=actor.staff_id or 0, is_sealed=True)
        message.batch = batch
        message.save(update_fields=["batch"])
        _record("letters.printed", batch.pk, {"letters": 1}, actor, now)
        return batch.pk


def mail_sealed(*, message_id: int, actor: Actor, now: datetime) -> None:
    """Mark a sealed letter that was printed as mailed, once. The room that wrote it has authorized.

    Raises `NotFound`, `Conflict` when it was not printed, was mailed already or stopped.
    """
    with transaction.atomic():
        message = _sealed(message_id)
        if message.batch_id is None or message.state != MessageState.QUEUED:
            raise Conflict(_("This letter is not printed, or was mailed already."))
        batch = LetterBatch.objects.select_for_update().get(pk=message.batch_id)
        message.state, message.settled_at = MessageState.SENT, now
        message.save(update_fields=["state", "settled_at"])
        MessageAttempt.objects.create(
            message=message, started_at=batch.made_at, finished_at=now, outcome=AttemptOutcome.SENT
        )
        batch.mailed_at, batch.mailed_by_id = now, actor.staff_id
        batch.save(update_fields=["mailed_at", "mailed_by"])
        _record("letters.mailed", batch.pk, {"letters": 1}, actor, now)


def _sealed(message_id: int) -> Message:
    message = Message.objects.select_for_update().filter(pk=message_id, is_sealed=True).first()
    if message is None:
        raise NotFound(_("There is no such message."))
    return message


def _record(code: str, batch_id: int, after: dict[str, int], actor: Actor, now: datetime) -> None:
    audit.record(audit.Act(code, BATCH_TYPE, batch_id, str(batch_id), after=after), actor=actor, now=now)

"""Asking the supervisor, the panic key, and privacy tasks."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from citydesk.contact.interactions.choices import LIVE_TOPIC, SUPERVISE, TAKE, HelpKind
from citydesk.contact.interactions.events import HelpCalled
from citydesk.contact.interactions.models import HelpCall, Interaction, PrivacyTask
from citydesk.contact.interactions.services.masking import mask_text
from citydesk.kernel import audit, live
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import Conflict, Invalid, NotFound
from citydesk.kernel.outbox import publish


def call_help(
    *,
    kind: HelpKind,
    location: str,
    access: Access,
    now: datetime,
    interaction_id: int | None = None,
    question: str = "",
) -> int:
    """Ask a supervisor to come, or alert all of them with the clerk's place (panic). Returns the call's id.

    A second panic while one is unanswered is the same call.
    """
    access.require(TAKE)
    staff_id = access.actor.staff_id
    if staff_id is None:
        raise NotFound(_("Only staff call for help."))
    with transaction.atomic():
        open_call = HelpCall.objects.filter(user_id=staff_id, kind=kind, answered_at__isnull=True).first()
        if open_call is not None:
            return open_call.pk
        if (
            interaction_id is not None
            and not Interaction.objects.filter(pk=interaction_id, holder_id=staff_id).exists()
        ):
            interaction_id = None
        call = HelpCall.objects.create(
            kind=kind,
            user_id=staff_id,
            user_label=access.actor.label[:120],
            location=location[:120],
            interaction_id=interaction_id,
            question=mask_text(question.strip())[:500],
            asked_at=now,
        )
        act = audit.Act(f"interactions.help_{kind.value}", "interactions.HelpCall", call.pk, after={"place": location})
        audit.record(act, actor=access.actor, now=now)
        publish(HelpCalled(call.pk, kind.value, staff_id), now=now)
        live.notify(LIVE_TOPIC, {"help": call.pk, "kind": kind.value})
        if kind == HelpKind.ASK:
            live.notify(f"user.{staff_id}", {"help": call.pk, "kind": kind.value})
        return call.pk


def say_question(*, interaction_id: int, text: str, access: Access, now: datetime) -> None:
    """Say what the open call for help about one's contact is about. Raises `Invalid` without words, `NotFound`."""
    if not text.strip():
        raise Invalid(_("Write what you want to know."), field="question")
    with transaction.atomic():
        calls = HelpCall.objects.filter(user_id=access.actor.staff_id or 0, interaction_id=interaction_id)
        call = calls.select_for_update().filter(kind=HelpKind.ASK, answered_at__isnull=True).first()
        if call is None:
            raise NotFound(_("There is no such call for help."))
        HelpCall.objects.filter(pk=call.pk).update(question=mask_text(text.strip())[:500])
        live.notify(LIVE_TOPIC, {"help": call.pk, "kind": HelpKind.ASK.value})


def answer_help(*, help_call_id: int, answer: str, access: Access, now: datetime) -> None:
    """Note that a supervisor came or wrote an answer. Raises `NotAllowed`, `NotFound`, `Conflict`."""
    access.require(SUPERVISE)
    with transaction.atomic():
        call = HelpCall.objects.select_for_update().filter(pk=help_call_id).first()
        if call is None:
            raise NotFound(_("There is no such call for help."))
        if call.answered_at is not None:
            raise Conflict(_("A colleague answered this already."))
        call.answered_at, call.answered_by_id, call.answer = now, access.actor.staff_id, answer.strip()[:500]
        call.save(update_fields=["answered_at", "answered_by", "answer"])
        act = audit.Act("interactions.help_answered", "interactions.HelpCall", call.pk, reason=call.answer)
        audit.record(act, actor=access.actor, now=now)
        live.notify(LIVE_TOPIC, {"help": call.pk, "kind": "answered"})
        if call.user_id != access.actor.staff_id:
            live.notify(f"user.{call.user_id}", {"help": call.pk, "kind": "answered"})


def finish_privacy_task(*, task_id: int, finding: str, access: Access, now: datetime) -> None:
    """Close a privacy task with its finding. Raises `NotAllowed`, `NotFound`, `Conflict`, `Invalid` without words."""
    access.require(SUPERVISE)
    if not finding.strip():
        raise Invalid(_("Write what reached the wrong person and what was done."), field="finding")
    with transaction.atomic():
        task = PrivacyTask.objects.select_for_update().filter(pk=task_id).first()
        if task is None:
            raise NotFound(_("There is no such task."))
        if task.done_at is not None:
            raise Conflict(_("This task is done already."))
        task.done_at, task.done_by_id, task.finding = now, access.actor.staff_id, finding.strip()
        task.save(update_fields=["done_at", "done_by", "finding"])
        act = audit.Act("interactions.privacy_done", "interactions.PrivacyTask", task.pk, reason=task.finding)
        audit.record(act, actor=access.actor, now=now)

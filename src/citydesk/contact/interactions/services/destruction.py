"""Destruction of contacts and of raw input whose retention has ended."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from citydesk.city.correspondence.services.destruction import destroy_messages_about
from citydesk.contact.interactions.models import FormBatch, HelpCall, Interaction, PrivacyTask, RawIntake
from citydesk.kernel.destruction import Eraser


def destroy_contacts(*, ids: Collection[int], eraser: Eraser, now: datetime) -> None:
    """Destroy contacts with their outcomes, promises, calls for help and transfers, under a signed disposal."""
    keys = list(ids)
    with transaction.atomic():
        helps = list(HelpCall.objects.filter(interaction_id__in=keys).values_list("pk", flat=True))
        privacy = list(PrivacyTask.objects.filter(interaction_id__in=keys).values_list("pk", flat=True))
        destroy_messages_about(about_type="interactions.Interaction", ids=keys, eraser=eraser, now=now)
        eraser.record(Interaction, keys, unlink=("promise.replaces", "paperform.interaction"))
        eraser.history("interactions.Interaction", keys)
        eraser.history("interactions.HelpCall", helps)
        eraser.history("interactions.PrivacyTask", privacy)


def destroy_forms(*, ids: Collection[int], eraser: Eraser, now: datetime) -> None:
    """Destroy batches of printed forms with what became of each form; the contacts keyed from them stay."""
    with transaction.atomic():
        eraser.record(FormBatch, list(ids))
        eraser.history("interactions.FormBatch", list(ids))


def destroy_raw(*, ids: Collection[int], eraser: Eraser, now: datetime) -> None:
    """Destroy raw input: the bytes as they came, long worked off."""
    with transaction.atomic():
        eraser.record(RawIntake, list(ids))

"""Destruction of messages: by themselves when their time has come, or with what they are about."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from citydesk.city.correspondence.models import Message
from citydesk.kernel.destruction import Eraser

OBJECT_TYPE = "correspondence.message"


def destroy_messages(*, ids: Collection[int], eraser: Eraser, now: datetime) -> None:
    """Destroy messages and their tries under a signed disposal."""
    with transaction.atomic():
        eraser.record(Message, list(ids))
        eraser.history(OBJECT_TYPE, list(ids))


def destroy_messages_about(*, about_type: str, ids: Collection[int], eraser: Eraser, now: datetime) -> None:
    """Destroy the copies of what was sent about records that are destroyed."""
    rows = Message.objects.filter(about_type=about_type, about_id__in=list(ids))
    destroy_messages(ids=list(rows.values_list("pk", flat=True)), eraser=eraser, now=now)

"""Handlers run once per event: the mark is written in the handler's own transaction."""

from datetime import datetime
from typing import Any

from django.db import transaction

from citydesk.kernel.models import HandledEvent
from citydesk.kernel.registries import load_dotted


def handle_once(
    *, event: str, event_id: str, handler: str, payload: dict[str, Any], happened_at: datetime, now: datetime
) -> bool:
    """Call `handler(payload=, event_id=, happened_at=, now=)` unless it ran for this event. True if it ran now."""
    with transaction.atomic():
        _, is_new = HandledEvent.objects.get_or_create(
            event_id=event_id, handler=handler, defaults={"event": event, "handled_at": now}
        )
        if is_new:
            load_dotted(handler)(payload=payload, event_id=event_id, happened_at=happened_at, now=now)
        return is_new

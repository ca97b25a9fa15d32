"""The profile's queues, mirrored into the room's table. One the profile no longer has is switched off, not deleted."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from citydesk.contact.traffic.models import Queue
from citydesk.kernel.actors import Actor


def project_queues(*, entries: Mapping[str, Mapping[str, Any]], actor: Actor, now: datetime) -> None:
    """Mirror the section `queues` as it holds today."""
    for code, body in entries.items():
        Queue.objects.update_or_create(
            code=code,
            defaults={
                "name": dict(body["name"]),
                "channel": body["channel"],
                "sl_formula": body["formula"],
                "sl_target": body["sl_target"],
                "sl_threshold_s": body["sl_threshold_s"],
                "short_abandon_s": body["short_abandon_s"],
                "acw_max_s": body["acw_max_s"],
                "slot_minutes": body["slot_minutes"],
                "calendar_code": body["calendar"],
                "source_names": list(body["source_names"]),
                "callback_keys": list(body["callback_keys"]),
                "position": body["order"],
                "is_active": True,
            },
        )
    Queue.objects.exclude(code__in=list(entries)).update(is_active=False)

"""Reactions to events: each calls one service."""

from datetime import datetime
from typing import Any

from citydesk.contact.interactions import services


def on_contact_saved(*, payload: dict[str, Any], event_id: str, happened_at: datetime, now: datetime) -> None:
    """Tell those whom the profile names for the class of caller."""
    services.alert_of_caller(interaction_id=payload["interaction_id"], event_id=event_id, now=now)

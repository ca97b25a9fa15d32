"""Reactions to events: each calls one service."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from citydesk.management.quality import services


def on_request_closed(*, payload: Mapping[str, Any], event_id: str, happened_at: datetime, now: datetime) -> None:
    """Ask who reported it, behind the link they have."""
    services.invite_after_closing(request_id=payload["request_id"], reason=payload["reason"], now=now)

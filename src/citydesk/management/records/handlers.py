"""Reactions to events: what was opened in an emergency ends with who opened it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from citydesk.management.records import services
from citydesk.management.records.choices import EndedBy

Payload = Mapping[str, Any]


def on_signed_out(*, payload: Payload, event_id: str, happened_at: datetime, now: datetime) -> None:
    """Write down that it ended; nothing of it could be read since, it served the session alone."""
    services.end_openings_of(user_id=payload["user_id"], ended_by=EndedBy.SIGN_OUT, until=happened_at, now=now)


def on_disabled(*, payload: Payload, event_id: str, happened_at: datetime, now: datetime) -> None:
    """Write down that it ended with the account."""
    services.end_openings_of(user_id=payload["user_id"], ended_by=EndedBy.DISABLED, until=happened_at, now=now)

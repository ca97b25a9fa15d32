"""Reactions to the room's own events: departments and colleagues are told."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from citydesk.contact.problems import services

Payload = Mapping[str, Any]


def on_action_requested(*, payload: Payload, event_id: str, happened_at: datetime, now: datetime) -> None:
    """Write to the department."""
    services.tell_asked(action_id=payload["action_id"], now=now)


def on_research_asked(*, payload: Payload, event_id: str, happened_at: datetime, now: datetime) -> None:
    """Tell who was asked."""
    services.tell_research(
        research_id=payload["research_id"], to_user_id=payload["assignee_id"], happening=f"asked:{event_id}", now=now
    )


def on_research_answered(*, payload: Payload, event_id: str, happened_at: datetime, now: datetime) -> None:
    """Tell who asked."""
    services.tell_research(
        research_id=payload["research_id"], to_user_id=payload["asked_by_id"], happening="answered", now=now
    )

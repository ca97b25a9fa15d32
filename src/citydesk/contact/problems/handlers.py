"""Reactions: departments and colleagues are told; customers that became one, or two again, are counted anew."""

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


def on_customers_merged(*, payload: Payload, event_id: str, happened_at: datetime, now: datetime) -> None:
    """What recurs with both is counted together."""
    services.recount_people(customer_ids=[payload["merged_id"], payload["kept_id"]], now=now)


def on_customers_unmerged(*, payload: Payload, event_id: str, happened_at: datetime, now: datetime) -> None:
    """What recurs with each is counted by itself."""
    services.recount_people(customer_ids=[payload["customer_id"], payload["was_kept_by_id"]], now=now)

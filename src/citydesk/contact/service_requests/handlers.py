"""Reactions to events: people are told, work orders move their request, a relinked contact takes its requests along."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from citydesk.contact.service_requests import services
from citydesk.contact.service_requests.choices import OBJECT_TYPE, CloseReason, FollowerKind

Payload = Mapping[str, Any]


def on_recorded(*, payload: Payload, event_id: str, happened_at: datetime, now: datetime) -> None:
    """Acknowledge to the reporter and to those who follow from the start."""
    services.tell_people(request_id=payload["request_id"], template="acknowledged", happening="acknowledged", now=now)


def on_assigned(*, payload: Payload, event_id: str, happened_at: datetime, now: datetime) -> None:
    """Tell people that somebody has it: once per team, not for every colleague it passes.

    What was taken back or passed on since is not told.
    """
    if payload["team_id"] == payload["was_team_id"] and payload["owner_id"] is None:
        return
    services.tell_people(
        request_id=payload["request_id"],
        template="assigned",
        happening=f"assigned:{payload['team_id']}",
        only_with=(payload["team_id"], payload["owner_id"]),
        now=now,
    )


def on_closed(*, payload: Payload, event_id: str, happened_at: datetime, now: datetime) -> None:
    """Tell people how it ended. A duplicate is told by the other, a part closed with its main request by that one."""
    if payload["reason"] == CloseReason.DUPLICATE or payload.get("is_told_by_main"):
        return
    services.tell_closed(
        request_id=payload["request_id"],
        parts=tuple(payload.get("parts") or ()),
        happening=f"closed:{event_id}",
        now=now,
    )


def on_reopened(*, payload: Payload, event_id: str, happened_at: datetime, now: datetime) -> None:
    """Tell people that it is worked on again."""
    services.tell_people(
        request_id=payload["request_id"],
        template="reopened",
        happening=f"reopened:{payload['count']}",
        now=now,
    )


def on_asked(*, payload: Payload, event_id: str, happened_at: datetime, now: datetime) -> None:
    """Put the question to the reporter."""
    services.tell_people(
        request_id=payload["request_id"],
        template="asked",
        happening=f"asked:{payload['note_id']}",
        text=services.note_text(note_id=payload["note_id"]),
        only_reporter=True,
        now=now,
    )


def on_public_update(*, payload: Payload, event_id: str, happened_at: datetime, now: datetime) -> None:
    """Send a public note to everybody who is told, of the request and of its open parts."""
    services.tell_family(
        request_id=payload["request_id"],
        template="update",
        happening=f"update:{payload['note_id']}",
        text=services.note_text(note_id=payload["note_id"]),
        now=now,
    )


def on_escalated(*, payload: Payload, event_id: str, happened_at: datetime, now: datetime) -> None:
    """Write to the people of staff whom the step names."""
    services.mail_notices(request_id=payload["request_id"], now=now)


def on_follower_added(*, payload: Payload, event_id: str, happened_at: datetime, now: datetime) -> None:
    """Give the new follower their link."""
    if payload["kind"] == FollowerKind.REPORTER:
        return
    services.tell_people(
        request_id=payload["request_id"],
        template="following",
        happening="following",
        only_follower_id=payload["follower_id"],
        now=now,
    )


def on_work_started(*, payload: Payload, event_id: str, happened_at: datetime, now: datetime) -> None:
    """A crew began on a request's work order."""
    if payload["source_type"] == OBJECT_TYPE:
        services.work_started(
            request_id=payload["source_id"],
            work_order_id=payload["work_order_id"],
            number=payload["number"],
            now=happened_at,
        )


def on_work_completed(*, payload: Payload, event_id: str, happened_at: datetime, now: datetime) -> None:
    """A crew reported a result."""
    if payload["source_type"] == OBJECT_TYPE:
        services.work_ended(
            request_id=payload["source_id"],
            work_order_id=payload["work_order_id"],
            number=payload["number"],
            result_code=payload["result_code"],
            state=payload["state"],
            now=happened_at,
        )


def on_work_reopened(*, payload: Payload, event_id: str, happened_at: datetime, now: datetime) -> None:
    """A work order was opened again."""
    if payload["source_type"] == OBJECT_TYPE:
        services.work_reopened(
            request_id=payload["source_id"],
            work_order_id=payload["work_order_id"],
            number=payload["number"],
            now=happened_at,
        )


def on_work_cancelled(*, payload: Payload, event_id: str, happened_at: datetime, now: datetime) -> None:
    """A work order was cancelled."""
    if payload["source_type"] == OBJECT_TYPE:
        services.work_cancelled(
            request_id=payload["source_id"],
            work_order_id=payload["work_order_id"],
            number=payload["number"],
            now=happened_at,
        )


def on_contact_relinked(*, payload: Payload, event_id: str, happened_at: datetime, now: datetime) -> None:
    """The contact's requests go to the right person."""
    services.relink_contact(
        interaction_id=payload["interaction_id"],
        from_customer_id=payload["from_customer_id"],
        to_customer_id=payload["to_customer_id"],
        now=now,
    )


def on_promise(*, payload: Payload, event_id: str, happened_at: datetime, now: datetime) -> None:
    """A promise was made, tied to its contact, or settled: the marks of the requests it is about follow."""
    if payload.get("interaction_id"):
        services.count_promises(interaction_id=payload["interaction_id"], now=now)

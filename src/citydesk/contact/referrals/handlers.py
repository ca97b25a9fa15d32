"""Reactions to events: what happens to a request on its own page ends its referral."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from citydesk.contact.referrals import services

Payload = Mapping[str, Any]


def on_request_recorded(*, payload: Payload, event_id: str, happened_at: datetime, now: datetime) -> None:
    """Programs are told of new requests."""
    _tell("service_requests.RequestRecorded", payload, event_id, happened_at, now)


def on_request_closed(*, payload: Payload, event_id: str, happened_at: datetime, now: datetime) -> None:
    """A closed request is nobody's work any more."""
    services.end_for_request(request_id=payload["request_id"], happened_at=happened_at, now=now)
    _tell("service_requests.RequestClosed", payload, event_id, happened_at, now)


def on_request_moved(*, payload: Payload, event_id: str, happened_at: datetime, now: datetime) -> None:
    """Taken back on its own page: the other side is told."""
    if payload["state"] != "referred":
        services.end_for_request(request_id=payload["request_id"], happened_at=happened_at, now=now)
    _tell("service_requests.RequestStateChanged", payload, event_id, happened_at, now)


def on_request_reopened(*, payload: Payload, event_id: str, happened_at: datetime, now: datetime) -> None:
    """Programs are told."""
    _tell("service_requests.RequestReopened", payload, event_id, happened_at, now)


def on_answered(*, payload: Payload, event_id: str, happened_at: datetime, now: datetime) -> None:
    """Programs are told."""
    _tell("referrals.ReferralAnswered", payload, event_id, happened_at, now)


def on_acceptance_asked(*, payload: Payload, event_id: str, happened_at: datetime, now: datetime) -> None:
    """A department is asked by mail to accept the version in force of a shared procedure."""
    services.ask_department(
        procedure=payload["code"],
        version=payload["version"],
        department=payload["department"],
        count=payload["count"],
        key=event_id,
        now=now,
    )


def _tell(event: str, payload: Payload, event_id: str, happened_at: datetime, now: datetime) -> None:
    services.queue_event(event=event, event_id=event_id, payload=payload, happened_at=happened_at, now=now)

"""How effects travel up and sideways: events and deferred jobs, written in the transaction of the act that caused them.

Procrastinate defers through Django's own connection, so a job exists if and only if the act was committed. What an act
publishes becomes one job, which runs each subscribed handler; one that fails becomes a job of its own, with its own
attempts, and holds back no other.
"""

import uuid
from contextlib import nullcontext
from dataclasses import asdict, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from django.db import transaction
from procrastinate.contrib.django import app

from citydesk.kernel.registries import registries
from citydesk.kernel.rows import call_for_list
from citydesk.kernel.trace import current_request_id

_PLAIN = frozenset({str, int, float, bool})
HANDLE_EVENT = "kernel.handle_event"
HANDLE_EVENTS = "kernel.handle_events"
# Procrastinate's own function for new jobs, called with the act's rows instead of in a statement of its own.
_DEFER = f"""(SELECT procrastinate_defer_jobs_v1(ARRAY[ROW(
    'events', '{HANDLE_EVENTS}', 0, NULL, NULL, jsonb_build_object('request_id', %s::text, 'handlings', %s::jsonb), NULL
)::procrastinate_job_to_defer_v1]))"""


def publish(event: Any, *, now: datetime) -> str:
    """Record that a fact happened, for each subscribed handler; deferred in the running transaction.

    `event` is a frozen dataclass from a room's `events.py` with a class attribute `name` such as
    "service_requests.RequestClosed". Returns the event's id, which makes handlers idempotent.
    """
    event_id = uuid.uuid4().hex
    handlers = registries.handlers_of(event.name)
    if handlers:
        payload = plain(_facts_of(event))
        handlings = [
            {
                "event": event.name,
                "event_id": event_id,
                "handler": handler,
                "payload": payload,
                "happened_at": now.isoformat(),
            }
            for handler in handlers
        ]
        call_for_list(_DEFER, current_request_id.get(), handlings)
    return event_id


def defer(
    task: str,
    *,
    queue: str = "default",
    at: datetime | None = None,
    lock: str | None = None,
    once: str | None = None,
    **arguments: Any,
) -> None:
    """Defer a room's task by name in the running transaction. `lock` serialises jobs; `once` keeps one waiting copy."""
    from procrastinate.exceptions import AlreadyEnqueued

    configured = app.configure_task(
        task, queue=queue, schedule_at=at, lock=lock, queueing_lock=once, allow_unknown=True
    )
    try:
        # A copy that waits already is refused by the database: behind a savepoint, so that the rest of the act holds.
        with transaction.atomic() if once else nullcontext():
            configured.defer(request_id=current_request_id.get(), **plain(arguments))
    except AlreadyEnqueued:
        return


def _facts_of(event: Any) -> dict[str, Any]:
    """The fields of an event. `asdict` copies them all the way down; events hold ids, codes and times."""
    if not is_dataclass(event) or isinstance(event, type):
        return {}
    facts = {one.name: getattr(event, one.name) for one in fields(event)}
    return asdict(event) if any(map(_is_deep, facts.values())) else facts


def _is_deep(value: Any) -> bool:
    return is_dataclass(value) or (isinstance(value, list | tuple) and any(map(is_dataclass, value)))


def plain(value: Any) -> Any:
    """The value as JSON can hold it: enums by value, decimals and times as text."""
    if value is None or type(value) in _PLAIN:
        return value
    if isinstance(value, dict):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(one) for one in value]
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal | uuid.UUID):
        return str(value)
    return value

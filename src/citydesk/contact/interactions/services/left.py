"""Raw input that a killed process left behind: recorded by the room it belongs to, each once."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import structlog

from citydesk.contact.interactions import queries
from citydesk.contact.interactions.choices import RawSource, RawState
from citydesk.contact.interactions.services.raw import mark_raw
from citydesk.kernel.errors import CitydeskError, Conflict

log = structlog.get_logger("interactions")
LEFT_AFTER = timedelta(minutes=2)  # a web process that still works on its own input is done by then
GIVE_UP_AFTER = timedelta(hours=6)  # what fails that long needs a person


def reject_raw(*, raw_id: int, error: CitydeskError, now: datetime) -> None:
    """Note that raw input was refused, and why."""
    mark_raw(raw_id=raw_id, state=RawState.REJECTED, reason=f"{error.code}: {error.message}", now=now)


def work_left_raw(
    *, source: RawSource, record: Callable[[Any], object], now: datetime, limit: int = 200
) -> dict[str, int]:
    """Give `record` each raw input of a source that nobody finished; returns counts by what became of them."""
    counts = {"processed": 0, "rejected": 0, "quarantined": 0, "pending": 0}
    for one in queries.list_unworked_raw(older_than=now - LEFT_AFTER, limit=limit, source=source):
        counts[_work_one(one["id"], record, now)] += 1
    return counts


def _work_one(raw_id: int, record: Callable[[Any], object], now: datetime) -> str:
    raw = queries.get_raw(raw_id=raw_id)
    try:
        record(raw)
    except Conflict:
        return "processed"  # the web process was slow, not dead, and finished it in the meantime
    except CitydeskError as error:
        reject_raw(raw_id=raw_id, error=error, now=now)
        return "rejected"
    except Exception as error:
        log.exception("interactions.sweep_failed", raw_id=raw_id)
        if raw.received_at > now - GIVE_UP_AFTER:
            return "pending"
        mark_raw(raw_id=raw_id, state=RawState.QUARANTINED, reason=type(error).__name__, now=now)
        return "quarantined"
    return "processed"

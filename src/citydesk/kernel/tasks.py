"""The kernel's own jobs: handling events, once by each handler; picking up what a killed worker left."""

from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import InterfaceError, OperationalError
from procrastinate.contrib.django import app

from citydesk.kernel.clock import utc_now
from citydesk.kernel.handled import handle_once
from citydesk.kernel.jobs import job, observed, periodic
from citydesk.kernel.outbox import HANDLE_EVENT, HANDLE_EVENTS, defer
from citydesk.kernel.stalled import give_back_stalled

log = structlog.get_logger("job")
FIRST_WAIT = timedelta(seconds=4)  # as the first wait of every other job


@job(HANDLE_EVENTS, queue="events")
def handle_events(*, handlings: list[dict[str, Any]]) -> None:
    """Run what an act's events ask for, one after another. A handler that fails is tried again as a job of its own.

    Without a database nothing can be deferred either: then the whole job is tried again, and what was handled stays so.
    """
    for one in handlings:
        try:
            with observed(HANDLE_EVENT):
                _handle(**one)
        except (InterfaceError, OperationalError):
            raise
        except Exception:
            log.exception("handler_failed", handler=one["handler"])
            defer(HANDLE_EVENT, queue="events", at=utc_now() + FIRST_WAIT, **one)


@job(HANDLE_EVENT, queue="events")
def handle_event(*, event: str, event_id: str, handler: str, payload: dict[str, Any], happened_at: str) -> None:
    """Run one handler for one event."""
    _handle(event=event, event_id=event_id, handler=handler, payload=payload, happened_at=happened_at)


def _handle(*, event: str, event_id: str, handler: str, payload: dict[str, Any], happened_at: str) -> None:
    """A repeated delivery does nothing."""
    handle_once(
        event=event,
        event_id=event_id,
        handler=handler,
        payload=payload,
        happened_at=datetime.fromisoformat(happened_at),
        now=utc_now(),
    )


@app.periodic(cron="* * * * *")
@app.task(name="kernel.retry_stalled", queue="sweeps", pass_context=True, queueing_lock="kernel.retry_stalled")
async def retry_stalled(context: Any, timestamp: int) -> None:
    """Give back the jobs of workers that died: Procrastinate leaves them `doing` for ever otherwise."""
    await give_back_stalled(app, seconds=30, at=utc_now() + timedelta(seconds=1))


@job("kernel.scan_file", queue="files")
def scan_file(*, file_id: int) -> str:
    """Have a sent file scanned; a silent scanner makes the job try again."""
    from citydesk.kernel.files.scanning import scan_file as scan

    return scan(file_id=file_id, now=utc_now())


@job("kernel.index_words", queue="files")
def index_words(*, file_id: int) -> bool:
    """Make a document findable by what it says."""
    from citydesk.kernel.files import index_words as index

    return index(file_id=file_id)


@periodic("kernel.sweep_orphan_files", "37 3 * * *")
def sweep_orphan_files() -> int:
    """Remove stored bytes no file points to."""
    from citydesk.kernel.files import sweep_orphans

    return sweep_orphans(now=utc_now())


@periodic("kernel.sweep_throttles", "11 4 * * *")
def sweep_throttles() -> int:
    """Drop allowances that are full again."""
    from citydesk.kernel.throttle import sweep_buckets

    return sweep_buckets(now=utc_now())


@periodic("kernel.seal_audit", "* * * * * */10")
def seal_audit() -> int:
    """Chain the audit entries that were committed since the last seal; every ten seconds."""
    from citydesk.kernel.sealer import seal_entries

    return seal_entries(now=utc_now())

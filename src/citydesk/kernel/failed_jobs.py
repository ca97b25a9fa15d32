"""Jobs that gave up: in words for the administrator, and once more on their order."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from citydesk.kernel import audit
from citydesk.kernel.actors import Actor
from citydesk.kernel.errors import NotFound


@dataclass(frozen=True)
class FailedJob:
    """A job that stopped trying, or one that waits far beyond its time. Its arguments are ids and codes."""

    id: int
    task: str
    what: str
    attempts: int
    since: datetime
    is_failed: bool


_LIST = """
SELECT j.id, j.task_name, j.args, j.attempts, j.status = 'failed',
    coalesce((SELECT max(e.at) FROM procrastinate_events e WHERE e.job_id = j.id), now())
FROM procrastinate_jobs j
WHERE j.status = 'failed' OR (j.status = 'todo' AND j.attempts >= 3)
ORDER BY j.id DESC LIMIT %s
"""


def list_failed_jobs(*, limit: int = 50) -> list[FailedJob]:
    """Newest first. For an event, `what` names the event and who should have heard it."""
    with connection.cursor() as cursor:
        cursor.execute(_LIST, [limit])
        rows = cursor.fetchall()
    return [FailedJob(row[0], row[1], _what(row[1], row[2]), row[3], row[5], row[4]) for row in rows]


@dataclass(frozen=True)
class StoppedWork:
    """Work of one room that gave up, or waits beyond its time: how many jobs, since when."""

    room: str
    is_failed: bool
    count: int
    since: datetime


# Of an event's job the room that should have heard it, else the room whose task it is.
_STOPPED = """
SELECT coalesce(nullif(split_part(j.args->>'handler', '.', 3), ''), split_part(j.task_name, '.', 1)) AS room,
    j.status = 'failed', count(*), min(coalesce(j.scheduled_at, e.at, now()))
FROM procrastinate_jobs j
LEFT JOIN LATERAL (SELECT min(at) AS at FROM procrastinate_events WHERE job_id = j.id) e ON true
WHERE j.status = 'failed' OR (j.status = 'todo' AND coalesce(j.scheduled_at, e.at) < %s)
GROUP BY 1, 2 ORDER BY 1, 2 DESC
"""


def list_stopped_work(*, waits_since: datetime) -> list[StoppedWork]:
    """What gave up, and what has waited since before a moment, by room. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_STOPPED, [waits_since])
        return [StoppedWork(*row) for row in cursor.fetchall()]


def _what(task: str, args: Any) -> str:
    given = args if isinstance(args, dict) else {}
    if "handler" in given:
        room = str(given["handler"]).split(".")[-3]
        return _("%(event)s for %(room)s") % {"event": given.get("event", ""), "room": room}
    return ", ".join(f"{key} {value}" for key, value in given.items() if key.endswith("_id") and key != "request_id")


def count_jobs() -> dict[str, int]:
    """Jobs waiting and being done: `{todo, doing, failed}`."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT status::text, count(*) FROM procrastinate_jobs"
            " WHERE status IN ('todo', 'doing', 'failed') GROUP BY 1"
        )
        return {"todo": 0, "doing": 0, "failed": 0, **dict(cursor.fetchall())}


def retry_failed_job(*, job_id: int, actor: Actor, now: datetime) -> None:
    """Put a job that gave up back in the queue. Raises `NotFound` if it is not among the failed."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = 'todo', scheduled_at = %s, attempts = 0"
            " WHERE id = %s AND status = 'failed' RETURNING task_name",
            [now, job_id],
        )
        row = cursor.fetchone()
        if row is None:
            raise NotFound(_("This job is not among those that gave up."))
        audit.record(audit.Act("jobs.retried", "kernel.job", job_id, row[0]), actor=actor, now=now)

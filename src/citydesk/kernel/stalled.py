"""Giving back the jobs of workers that died: Procrastinate leaves them `doing` for ever otherwise."""

from datetime import datetime
from typing import Any

from procrastinate.exceptions import UniqueViolation
from procrastinate.jobs import Status


async def give_back_stalled(app: Any, *, seconds: float, at: datetime) -> int:
    """Let every job whose worker was not heard for so long be tried again from `at` on; returns how many there were.

    Of a periodic task another copy may wait already: then that one does the work, and the dead one's ends. It must not
    keep the jobs behind it from being given back.
    """
    stalled = list(await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=seconds))
    for job in stalled:
        try:
            await app.job_manager.retry_job(job, retry_at=at)
        except UniqueViolation:
            await app.job_manager.finish_job(job, status=Status.FAILED, delete_job=True)
    return len(stalled)

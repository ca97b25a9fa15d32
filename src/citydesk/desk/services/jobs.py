"""Jobs that gave up, once more on the administrator's order."""

from datetime import datetime

from citydesk.kernel.actors import Access
from citydesk.kernel.failed_jobs import retry_failed_job


def retry_job(*, job_id: int, access: Access, now: datetime) -> None:
    """Put a failed job back in the queue. Raises `NotAllowed`, `NotFound`."""
    access.require("desk.admin")
    retry_failed_job(job_id=job_id, actor=access.actor, now=now)

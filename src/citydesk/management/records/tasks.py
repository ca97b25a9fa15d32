"""Scheduled and deferred work: the nightly look for records whose retention has ended; destruction that was signed."""

from citydesk.kernel.clock import utc_now
from citydesk.kernel.jobs import job, periodic
from citydesk.management.records import services


@periodic("records.find_candidates", "20 5 * * *")
def find_candidates() -> dict[str, int]:
    """Look for records whose retention has ended."""
    return services.find_candidates(now=utc_now())


@job("records.destroy_disposal", queue="sweeps")
def destroy_disposal(*, disposal_id: int) -> int:
    """Destroy the next records of a signed disposal."""
    return services.destroy_listed(disposal_id=disposal_id, now=utc_now())

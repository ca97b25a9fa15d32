"""Scheduled work: leave that the calendar gives and takes, leave that is over."""

from citydesk.kernel.clock import utc_now
from citydesk.kernel.jobs import periodic
from citydesk.management.timekeeping import services


@periodic("timekeeping.nightly", "40 5 * * *")
def nightly() -> dict[str, int]:
    """Write accruals and expiries; note leave that was taken."""
    now = utc_now()
    return {"accrued": services.accrue_leave(now=now), "taken": services.finish_leave(now=now)}

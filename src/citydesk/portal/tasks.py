"""Scheduled work of the site."""

from citydesk.kernel.clock import utc_now
from citydesk.kernel.jobs import periodic
from citydesk.portal import services


@periodic("portal.work_left_reports", "* * * * *")
def work_left_reports() -> None:
    """Record reports that a killed web process left behind."""
    services.work_left_reports(now=utc_now())

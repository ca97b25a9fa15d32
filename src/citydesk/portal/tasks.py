"""Scheduled work of the site."""

from citydesk.kernel.clock import utc_now
from citydesk.kernel.jobs import job, periodic
from citydesk.portal import services
from citydesk.portal.services import tracking


@periodic("portal.work_left_reports", "* * * * *")
def work_left_reports() -> None:
    """Record reports that a killed web process left behind."""
    services.work_left_reports(now=utc_now())


@job("portal.send_link")
def send_link(*, row_id: int, follower_id: int, asked: int) -> None:
    """Send the link of a report again."""
    tracking.send_link(request_id=row_id, follower_id=follower_id, asked=asked, now=utc_now())

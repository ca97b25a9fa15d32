"""Deferred and scheduled work: escalations, ends of holds, counting, new due times."""

from datetime import timedelta

from citydesk.contact.service_requests import services
from citydesk.contact.service_requests.queries import policy
from citydesk.contact.service_requests.services import open311
from citydesk.kernel.clock import utc_now
from citydesk.kernel.jobs import job, periodic


@periodic("service_requests.escalate_due", "* * * * *")
def escalate_due() -> None:
    """Tell whoever must know that a target runs out."""
    services.escalate_due(now=utc_now())


@periodic("service_requests.end_overdue_holds", "*/5 * * * *")
def end_overdue_holds() -> None:
    """Let requests go on whose hold reached its limit."""
    services.end_overdue_holds(now=utc_now())


@periodic("service_requests.refresh_facts", "* * * * *")
def refresh_facts() -> None:
    """Count changed requests anew."""
    services.refresh_request_facts(now=utc_now())


@job("service_requests.work_recompute", queue="heavy")
def work_recompute(*, proposal_id: int) -> None:
    """Count what new due times would move, or move what was approved."""
    services.work_recompute(proposal_id=proposal_id, clock=utc_now)


@periodic("service_requests.draw_entry_sample", "35 * * * *")
def draw_entry_sample() -> None:
    """Draw yesterday's sample of requests to verify; drawn again it is the same, so a missed hour is made up."""
    now = utc_now()
    services.draw_entry_sample(day=policy.today(now) - timedelta(days=1), now=now)


@periodic("service_requests.work_left_posts", "* * * * *")
def work_left_posts() -> None:
    """Record Open311 posts that a killed web process left behind."""
    open311.work_left_posts(now=utc_now())

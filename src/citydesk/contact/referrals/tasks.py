"""Deferred work of the referrals."""

from citydesk.contact.referrals import services
from citydesk.kernel.clock import utc_now
from citydesk.kernel.jobs import periodic


@periodic("referrals.remind", "*/10 * * * *")
def remind() -> int:
    """Ask again where nobody acknowledged in time."""
    return services.remind_due(now=utc_now())

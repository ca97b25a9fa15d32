"""Scheduled work: the nightly look for what recurs, chasing what is late, reminders of research."""

from citydesk.contact.problems import services
from citydesk.kernel.clock import utc_now
from citydesk.kernel.jobs import periodic


@periodic("problems.detect", "20 7 * * *")
def detect() -> None:
    """Look for what recurs, in the small hours of an American city."""
    services.detect(now=utc_now())


@periodic("problems.chase_late", "0 12 * * *")
def chase_late() -> None:
    """Remind departments whose action is late."""
    services.chase_late(now=utc_now())


@periodic("problems.remind_research", "5 12 * * *")
def remind_research() -> None:
    """Remind of research that is due."""
    services.remind_research(now=utc_now())

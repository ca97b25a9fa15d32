"""Scheduled work of contacts."""

from citydesk.contact.interactions import services
from citydesk.kernel.clock import utc_now
from citydesk.kernel.jobs import periodic


@periodic("interactions.refresh_contact_facts", "* * * * *")
def refresh_contact_facts() -> None:
    """Bring the counted contacts up to date."""
    services.refresh_contact_facts(now=utc_now())

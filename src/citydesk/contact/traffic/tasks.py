"""Scheduled work of traffic: deliveries a killed process left, the desk's own contacts, pairs of legs and contacts."""

from datetime import timedelta

from citydesk.contact.traffic import services
from citydesk.kernel.clock import utc_now
from citydesk.kernel.jobs import periodic


@periodic("traffic.work_left_deliveries", "* * * * *")
def work_left_deliveries() -> None:
    """Take the deliveries nobody finished."""
    services.work_left_deliveries(now=utc_now())


@periodic("traffic.tell_desk_contacts", "*/5 * * * *")
def tell_desk_contacts() -> None:
    """Tell what came over the counter, by mail and web as legs of the desk."""
    services.tell_desk_contacts(now=utc_now())


@periodic("traffic.match_legs", "*/10 * * * *")
def match_legs() -> None:
    """Pair what was answered in the last two days: contacts are often recorded after the call."""
    now = utc_now()
    services.match_legs(since=now - timedelta(days=2), until=now, now=now)

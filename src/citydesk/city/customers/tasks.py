"""Scheduled work of the customers room."""

from citydesk.city.customers import services
from citydesk.kernel.clock import utc_now
from citydesk.kernel.jobs import periodic


@periodic("customers.check_duplicates", "*/5 * * * *")
def check_duplicates() -> None:
    """Compare new and changed customers with those they share something with."""
    while services.check_duplicates(now=utc_now(), limit=500) == 500:
        continue

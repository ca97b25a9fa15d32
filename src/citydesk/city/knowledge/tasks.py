"""Scheduled work of the knowledge."""

from citydesk.city.knowledge import services
from citydesk.kernel.clock import utc_now
from citydesk.kernel.jobs import periodic


@periodic("knowledge.remind_departments", "40 12 * * *")
def remind_departments() -> int:
    """Each morning: ask departments again that have not accepted the version in force."""
    return services.remind_departments(now=utc_now())

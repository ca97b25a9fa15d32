"""Scheduled work: values dated ahead come into force on their day."""

from citydesk.city.profile import queries, services
from citydesk.kernel.actors import SYSTEM
from citydesk.kernel.clock import utc_now
from citydesk.kernel.jobs import periodic


@periodic("profile.begin_day", "*/15 * * * *")
def begin_day() -> None:
    """Mirror the day's values as soon as the city's day has begun."""
    now = utc_now()
    services.bring_into_force(on=queries.city_today(now), actor=SYSTEM, now=now)

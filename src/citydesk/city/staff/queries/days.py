"""The city's date: grants and memberships begin and end at the city's midnight, not at UTC's."""

from datetime import date, datetime

from citydesk.city.profile.queries import city_today


def city_date(now: datetime) -> date:
    """The date in the city at `now`."""
    return city_today(now)

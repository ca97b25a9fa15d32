"""The city's date: grants and memberships begin and end at the city's midnight, not at UTC's."""

from datetime import date, datetime

from django.utils import timezone


def city_date(now: datetime) -> date:
    """The date in the city at `now`; the city's zone is active in every request and job."""
    return timezone.localtime(now).date()

"""Trainings and meetings that wait for a place in a week."""

from datetime import date

from citydesk.management.workforce.models import Gathering


def gatherings_of(group_id: int, monday: date) -> list[Gathering]:
    """What a week's schedule is to find a place for, in order. For callers that have authorised."""
    return list(Gathering.objects.filter(group_id=group_id, week_start=monday, dropped_at=None))

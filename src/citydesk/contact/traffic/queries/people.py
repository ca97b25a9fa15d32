"""What the switches told of people: the states they were in."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from citydesk.contact.traffic.models import AgentState


@dataclass(frozen=True)
class PersonState:
    """A person was in a state from `since` until `until`, or still is."""

    user_id: int
    state: str
    since: datetime
    until: datetime | None


def states_of_people(*, user_ids: Collection[int], since: datetime, until: datetime) -> list[PersonState]:
    """States of people that touch a stretch of time, in order, from every switch that knows them. One statement.

    For rooms above, which have authorised. A person known to two switches may have two states at one moment.
    """
    rows = AgentState.objects.filter(
        Q(ended_at=None) | Q(ended_at__gt=since), agent__user_id__in=list(user_ids), started_at__lt=until
    ).order_by("agent__user_id", "started_at", "id")
    columns = ("agent__user_id", "state", "started_at", "ended_at")
    return [PersonState(user or 0, state, start, end) for user, state, start, end in rows.values_list(*columns)]

"""What the switches told of people: the states they were in."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

# Of an agent's states only the last that began before can reach into the stretch.
_STATES = """
WITH who AS MATERIALIZED (
    SELECT a.id, a.user_id, coalesce((SELECT max(p.started_at) FROM traffic_agentstate p
                                       WHERE p.agent_id = a.id AND p.started_at <= %(since)s), %(since)s) AS first
      FROM traffic_sourceagent a WHERE a.user_id = ANY(%(users)s)
)
SELECT a.user_id, s.state, s.started_at, s.ended_at
  FROM who a JOIN traffic_agentstate s
    ON s.agent_id = a.id AND s.started_at >= a.first AND s.started_at < %(until)s
   AND coalesce(s.ended_at, 'infinity') > %(since)s
 ORDER BY a.user_id, s.started_at, s.id
"""


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
    with connection.cursor() as cursor:
        cursor.execute(_STATES, {"users": list(user_ids), "since": since, "until": until})
        return [PersonState(*row) for row in cursor.fetchall()]

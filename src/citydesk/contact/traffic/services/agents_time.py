"""Agents' time counted from states: cut at the borders of intervals, thrown away and counted anew, never edited.

A moment of a person counts once, whoever tells it. Where both a switch and the desk tell of somebody, a contact at the
desk stands above an idle or signed-off telephone, and below anything else the telephone says. A state that still lasts
is counted once it has ended; an interval of which states were destroyed is final.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from citydesk.city.profile import queries as profile
from citydesk.contact.traffic.choices import DESK
from citydesk.contact.traffic.models import SourceAgent
from citydesk.contact.traffic.rules import origin_of

MINUTES = 15
_DELETE = """
DELETE FROM traffic_statefact
 WHERE starts_at >= %(since)s AND starts_at < %(until)s AND NOT is_final
   AND (%(agents)s::bigint[] IS NULL OR agent_id = ANY(%(agents)s))
"""
# What of a stretch of a person with two sources is counted by neither of them twice.
_SHARED = """
tstzmultirange(tstzrange(s.started_at, s.ended_at)) - coalesce((
    SELECT range_agg(tstzrange(o.started_at, o.ended_at))
      FROM traffic_sourceagent b JOIN traffic_agentstate o ON o.agent_id = b.id
       AND o.started_at < s.ended_at AND coalesce(o.ended_at, 'infinity') > s.started_at
       AND o.started_at >= coalesce((SELECT max(p.started_at) FROM traffic_agentstate p
                                      WHERE p.agent_id = b.id AND p.started_at <= s.started_at), s.started_at)
     WHERE b.user_id = s.user_id AND b.id <> s.agent_id
       AND CASE WHEN s.source = %(desk)s THEN b.source <> %(desk)s AND o.state NOT IN ('available', 'offline')
                ELSE b.source = %(desk)s AND s.state IN ('available', 'offline') END), '{}')
"""
# Of an agent's states only the last that began before can reach into the stretch. Most lie within one interval.
_COUNT = f"""
WITH who AS MATERIALIZED (
    SELECT a.id, a.user_id, a.source,
           coalesce((SELECT max(p.started_at) FROM traffic_agentstate p
                      WHERE p.agent_id = a.id AND p.started_at <= %(since)s), %(since)s) AS first
      FROM traffic_sourceagent a WHERE %(agents)s::bigint[] IS NULL OR a.id = ANY(%(agents)s)
), told AS (
    SELECT k.agent_id, k.state, k.started_at, k.ended_at, a.user_id, a.source
      FROM who a JOIN traffic_agentstate k
        ON k.agent_id = a.id AND k.started_at >= a.first AND k.started_at < %(until)s AND k.ended_at > %(since)s
), piece AS (
    SELECT agent_id, state, greatest(began, %(since)s) AS began, least(ended, %(until)s) AS ended,
           date_bin(%(length)s, greatest(began, %(since)s), %(origin)s) AS slot
      FROM (SELECT agent_id, state, started_at AS began, ended_at AS ended FROM told s
             WHERE s.user_id IS NULL OR s.user_id <> ALL(%(shared)s)
            UNION ALL
            SELECT agent_id, state, lower(one), upper(one)
              FROM (SELECT s.agent_id, s.state, unnest({_SHARED}) AS one FROM told s
                     WHERE s.user_id = ANY(%(shared)s)) cut) each
     WHERE ended > %(since)s AND began < %(until)s
)
INSERT INTO traffic_statefact (agent_id, starts_at, minutes, state, seconds)
SELECT agent_id, slot, %(minutes)s, state, round(sum(date_part('epoch', spent))::numeric, 3)
  FROM (SELECT agent_id, state, slot, ended - began AS spent FROM piece WHERE ended <= slot + %(length)s
        UNION ALL
        SELECT agent_id, state, s.slot, least(ended, s.slot + %(length)s) - greatest(began, s.slot)
          FROM piece, generate_series(piece.slot, ended - interval '1 microsecond', %(length)s) AS s(slot)
         WHERE ended > piece.slot + %(length)s) one
 GROUP BY agent_id, slot, state
ON CONFLICT (starts_at, agent_id, state) DO NOTHING
"""  # noqa: S608 - the room's own columns


def rebuild_states(*, since: datetime, until: datetime, agent_ids: Collection[int] | None = None) -> None:
    """Count agents' time anew in the intervals a stretch of time touches, in the caller's transaction.

    Without `agent_ids` that of all agents; with them theirs, and that of other agents who are the same people.
    """
    length = timedelta(minutes=MINUTES)
    origin = origin_of(profile.local_zone())
    given: dict[str, Any] = {
        "since": since - (since - origin) % length,
        "until": until + (origin - until) % length,
        "length": length,
        "minutes": MINUTES,
        "origin": origin,
        "desk": DESK,
        "agents": None if agent_ids is None else sorted(_same_people(agent_ids)),
        "shared": _told_twice(),
    }
    with connection.cursor() as cursor:
        cursor.execute(_DELETE, given)
        cursor.execute(_COUNT, given)


def _same_people(agent_ids: Collection[int]) -> set[int]:
    users = SourceAgent.objects.filter(pk__in=list(agent_ids), user__isnull=False).values("user")
    return {*agent_ids, *SourceAgent.objects.filter(user__in=users).values_list("pk", flat=True)}


def _told_twice() -> list[int]:
    """People of whom both the desk and a switch tell."""
    people = SourceAgent.objects.filter(user__isnull=False)
    at_desk = people.filter(source=DESK).values("user")
    return sorted(set(people.filter(user__in=at_desk).exclude(source=DESK).values_list("user_id", flat=True)))

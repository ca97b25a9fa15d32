"""In which languages contacts of queues were, by hour of the day: the share of a load that needs a skill."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from citydesk.city.profile import queries as profile
from citydesk.contact.traffic.choices import DESK
from citydesk.kernel.statements import run

# The language is known from the contact the desk wrote down; of a call without one it is not known.
_SEEN = """
SELECT queue_id, hour, language, count(*), count(*) FILTER (WHERE is_handled),
       coalesce(sum(handle_s) FILTER (WHERE is_handled), 0)
  FROM (SELECT l.queue_id, extract(hour FROM l.entered_at AT TIME ZONE %(zone)s)::int AS hour,
               coalesce(i.language, d.language) AS language, l.talk_s + l.hold_s + l.acw_s AS handle_s,
               l.outcome = 'answered' AND l.ended_at IS NOT NULL AS is_handled
          FROM traffic_contactleg l
          LEFT JOIN traffic_legmatch m ON m.leg_id = l.id
          LEFT JOIN interactions_interaction i ON i.id = m.interaction_id
          LEFT JOIN interactions_interaction d ON l.source = %(desk)s AND d.number = l.source_id
         WHERE l.queue_id = ANY (%(queues)s) AND l.is_current AND l.direction = 'in'
           AND l.entered_at >= %(since)s AND l.entered_at < %(until)s) one
 WHERE language IS NOT NULL
 GROUP BY 1, 2, 3
"""


class LanguageSeen(NamedTuple):
    """Contacts of a queue that entered in an hour of the city's day and were in a language; `handle_s` of `handled`."""

    queue_id: int
    hour: int
    language: str
    contacts: int
    handled: int
    handle_s: int


def languages_seen(*, queue_ids: Collection[int], since: datetime, until: datetime) -> list[LanguageSeen]:
    """Contacts of which the language is known, by queue, hour and language. One statement."""
    given = {
        "queues": list(queue_ids), "since": since, "until": until, "desk": DESK, "zone": str(profile.local_zone()),
    }  # fmt: skip
    return [
        LanguageSeen(queue, hour, language, count, handled, int(seconds))
        for queue, hour, language, count, handled, seconds in run(_SEEN, given)
    ]

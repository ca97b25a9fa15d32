"""How long contacts of queues are expected to take: interpreted and escalated ones apart."""

from collections.abc import Collection
from datetime import datetime

from citydesk.contact.traffic.choices import DESK, WorkClass
from citydesk.contact.traffic.rules.handle_time import ExpectedHandle
from citydesk.contact.traffic.rules.handle_time import expected_handle as expect
from citydesk.kernel.statements import run

# The class is known from the contact the desk wrote down; a call without one is plain.
_HANDLED = """
SELECT queue_id, work, count(*), sum(handle_s)
  FROM (SELECT l.queue_id, l.talk_s + l.hold_s + l.acw_s AS handle_s,
               CASE WHEN coalesce(i.helped_by_id, i.taken_from_id, d.helped_by_id, d.taken_from_id) IS NOT NULL
                    THEN 'escalated'
                    WHEN coalesce(i.interpreter_vendor, d.interpreter_vendor) <> ''
                      OR coalesce(i.interpreter_minutes, d.interpreter_minutes) > 0 THEN 'interpreted'
                    ELSE 'plain' END AS work
          FROM traffic_contactleg l
          LEFT JOIN traffic_legmatch m ON m.leg_id = l.id
          LEFT JOIN interactions_interaction i ON i.id = m.interaction_id
          LEFT JOIN interactions_interaction d ON l.source = %(desk)s AND d.number = l.source_id
         WHERE l.queue_id = ANY (%(queues)s) AND l.is_current AND l.direction = 'in' AND l.outcome = 'answered'
           AND l.ended_at IS NOT NULL AND l.entered_at >= %(since)s AND l.entered_at < %(until)s) one
 GROUP BY 1, 2
"""


def expected_handle(
    *, queue_ids: Collection[int], since: datetime, until: datetime
) -> dict[tuple[int, WorkClass], ExpectedHandle]:
    """Expected handle time by queue and class of work, from the contacts that entered in a stretch of time."""
    given = {"queues": list(queue_ids), "since": since, "until": until, "desk": DESK}
    return expect(
        {(queue, WorkClass(work)): (count, int(seconds)) for queue, work, count, seconds in run(_HANDLED, given)}
    )

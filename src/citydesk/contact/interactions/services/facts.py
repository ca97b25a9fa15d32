"""The fact table of contacts, brought up to date for the contacts that changed."""

from datetime import datetime

from django.db import connection, transaction

_FILL = """
INSERT INTO interactions_contactfact (interaction_id, received_at, channel, direction, language, caller_class,
    reason_code, outcome, settled, representative_id, district, requests, promises, is_repeat, active_seconds,
    parked_seconds)
SELECT i.id, i.received_at, i.channel, i.direction, i.language, i.caller_class, i.reason_code,
       coalesce((SELECT o.kind FROM interactions_interactionoutcome o WHERE o.interaction_id = i.id
                  ORDER BY array_position(ARRAY['request','uncoded','follow','status_told','transfer','promise',
                                                'answered'], o.kind::text) LIMIT 1), ''),
       i.settled, i.taken_by_id, coalesce(i.districts ->> 'council', ''),
       (SELECT count(*) FROM interactions_interactionoutcome o
         WHERE o.interaction_id = i.id AND o.kind IN ('request', 'uncoded')),
       (SELECT count(*) FROM interactions_promise p WHERE p.interaction_id = i.id),
       EXISTS (SELECT 1 FROM interactions_interactionoutcome o
                WHERE o.interaction_id = i.id AND o.kind = 'status_told'),
       i.active_seconds, i.parked_seconds
  FROM interactions_interaction i
 WHERE i.state = 'saved' {which}
ON CONFLICT (interaction_id) DO UPDATE SET received_at = excluded.received_at, channel = excluded.channel,
    direction = excluded.direction, language = excluded.language, caller_class = excluded.caller_class,
    reason_code = excluded.reason_code, outcome = excluded.outcome, settled = excluded.settled,
    representative_id = excluded.representative_id,
    district = excluded.district, requests = excluded.requests, promises = excluded.promises,
    is_repeat = excluded.is_repeat, active_seconds = excluded.active_seconds, parked_seconds = excluded.parked_seconds
"""
_TAKE_DUE = """
DELETE FROM interactions_contactfactdue WHERE id IN (
    SELECT id FROM interactions_contactfactdue ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED) RETURNING interaction_id
"""


def refresh_contact_facts(*, now: datetime | None = None, everything: bool = False, batch: int = 5000) -> int:
    """Count again what changed since the last run, or every saved contact; returns how many facts were written.

    The keys are taken off the list in the transaction that writes the facts, so a failed run loses none.
    """
    written = 0
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            if everything:
                # Keys first: a contact that changes after this line keeps its own key for the next run.
                cursor.execute("DELETE FROM interactions_contactfactdue")
                cursor.execute(_FILL.format(which=""))
                return written + cursor.rowcount
            cursor.execute(_TAKE_DUE, [batch])
            keys = sorted({row[0] for row in cursor.fetchall()})
            if not keys:
                return written
            cursor.execute(_FILL.format(which="AND i.id = ANY(%s)"), [keys])
            written += cursor.rowcount

"""Sums of all queues of a channel over many days, for rooms above: the database adds them up."""

from datetime import date

from django.db import connection

from citydesk.contact.traffic.queries.metrics import bounds_of
from citydesk.contact.traffic.rules import FACT_COLUMNS

_SUMS = f"""
SELECT array_agg(DISTINCT f.told), {", ".join(f"coalesce(sum(f.{one}), 0)::bigint" for one in FACT_COLUMNS)}
  FROM traffic_intervalfact f JOIN traffic_queue q ON q.id = f.queue_id
 WHERE q.channel = %s AND f.starts_at >= %s AND f.starts_at < %s
"""  # noqa: S608 - the room's own columns


def channel_totals(channel: str, *, since: date, until: date) -> dict[str, int]:
    """Sums by name over days of the city, both in, of those that every source told; empty without traffic.

    Nobody is in them by name. For callers that have authorised.
    """
    with connection.cursor() as cursor:
        cursor.execute(_SUMS, [channel, *bounds_of(since, until)])
        told, *sums = cursor.fetchone()
    if told is None:
        return {}
    known = frozenset(FACT_COLUMNS).intersection(*(one.split(",") for one in told if one))
    return {name: int(one) for name, one in zip(FACT_COLUMNS, sums, strict=True) if name in known}

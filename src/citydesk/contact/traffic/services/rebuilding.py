"""Interval facts counted from what was told: thrown away and counted anew, never edited.

Legs count whole in the interval they entered in. Threshold, short-abandon time and formula are those in force on the
day. Counts of a source that tells no legs stand only where a queue has no leg in the interval. An interval of which
legs were destroyed is final: it is neither thrown away nor counted.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction

from citydesk.city.profile import queries as profile
from citydesk.contact.traffic.choices import LegOutcome
from citydesk.contact.traffic.models import ContactLeg, IntervalCount, Queue
from citydesk.contact.traffic.queries.transfers import REACH, known_directory, words_of
from citydesk.contact.traffic.rules import DEFINITIONS, origin_of
from citydesk.contact.traffic.rules.counting import REMOVALS, SUM_OF
from citydesk.contact.traffic.rules.intervals import day_bounds
from citydesk.contact.traffic.services.agents_time import rebuild_states

_SECTION = "queues"


@dataclass(frozen=True)
class _Due:
    """A stretch of whole days of a queue with one set of values."""

    queue_id: int
    since: datetime
    until: datetime
    minutes: int
    threshold_s: int
    short_s: int
    formula: str


_DUE = """
unnest(%(queues)s::bigint[], %(since)s::timestamptz[], %(until)s::timestamptz[], %(minutes)s::int[],
       %(threshold)s::int[], %(short)s::int[], %(formula)s::text[])
    AS d(queue_id, since, until, minutes, threshold_s, short_s, formula)
"""
_REMOVALS = ", ".join(f"'{one.value}'" for one in sorted(REMOVALS))
_OUTCOMES = {SUM_OF[one]: f"count(*) FILTER (WHERE outcome = '{one.value}')" for one in LegOutcome if one in SUM_OF} | {
    "abandoned": "count(*) FILTER (WHERE outcome = 'abandoned' AND wait_s >= short_s)",
    "short_abandoned": "count(*) FILTER (WHERE outcome = 'abandoned' AND wait_s < short_s)",
}
_HANDLED = "outcome = 'answered' AND ended_at IS NOT NULL"
_SUMS = {
    "offered": "count(*)",
    **_OUTCOMES,
    "answered_within": "count(*) FILTER (WHERE outcome = 'answered' AND wait_s <= threshold_s)",
    "abandoned_within": "count(*) FILTER (WHERE outcome = 'abandoned' AND wait_s <= threshold_s)",
    "removed_within": f"count(*) FILTER (WHERE outcome IN ({_REMOVALS}) AND wait_s <= threshold_s)",
    "handled": f"count(*) FILTER (WHERE {_HANDLED})",
    "transfers": "count(*) FILTER (WHERE outcome = 'answered' AND transfer_kind <> '')",
    "transfers_internal": "count(*) FILTER (WHERE outcome = 'answered' AND reach = 'internal')",
    "transfers_external": "count(*) FILTER (WHERE outcome = 'answered' AND reach = 'external')",
    "with_hold": f"count(*) FILTER (WHERE {_HANDLED} AND hold_s > 0)",
    "refusals": "sum(refusals)",
    "wait_answered_s": "coalesce(sum(wait_s) FILTER (WHERE outcome = 'answered'), 0)",
    "wait_all_s": "coalesce(sum(wait_s), 0)",
    "talk_s": f"coalesce(sum(talk_s) FILTER (WHERE {_HANDLED}), 0)",
    "hold_s": f"coalesce(sum(hold_s) FILTER (WHERE {_HANDLED}), 0)",
    "acw_s": f"coalesce(sum(acw_s) FILTER (WHERE {_HANDLED}), 0)",
    "longest_wait_s": "coalesce(max(wait_s), 0)",
}
_DELETE = f"""
DELETE FROM traffic_intervalfact f USING {_DUE}
 WHERE f.queue_id = d.queue_id AND f.starts_at >= d.since AND f.starts_at < d.until AND NOT f.is_final
"""  # noqa: S608 - the room's own columns
# Summed by the stretch's place, which stands for its queue and values; epochs as `date_part` gives them are doubles,
# which a million rows add up several times quicker than decimals.
_FROM_LEGS = f"""
WITH d AS MATERIALIZED (SELECT row_number() OVER () AS place, d.* FROM {_DUE}), summed AS (
    SELECT place, slot, {", ".join(f"{text} AS {name}" for name, text in _SUMS.items())}
      FROM (SELECT d.place, date_bin(make_interval(mins => d.minutes), l.entered_at, %(origin)s) AS slot,
                   d.threshold_s, d.short_s, l.outcome, l.ended_at, l.transfer_kind, l.refusals, l.talk_s, l.hold_s,
                   l.acw_s, coalesce(floor(date_part('epoch', l.wait_ended_at - l.entered_at)), 0)::int AS wait_s,
                   {REACH} AS reach
              FROM d JOIN traffic_contactleg l
                ON l.queue_id = d.queue_id AND l.entered_at >= d.since AND l.entered_at < d.until
             WHERE l.is_current AND l.direction = 'in') one
     GROUP BY place, slot
)
INSERT INTO traffic_intervalfact (queue_id, starts_at, minutes, definition, formula, threshold_s, short_abandon_s, told,
    {", ".join(_SUMS)})
SELECT d.queue_id, s.slot, d.minutes, %(definition)s, d.formula, d.threshold_s, d.short_s, '',
       {", ".join(f"s.{name}" for name in _SUMS)}
  FROM summed s JOIN d ON d.place = s.place
ON CONFLICT (queue_id, starts_at) DO NOTHING
"""  # noqa: S608 - the room's own columns
_FORGET_AGENTS = f"""
DELETE FROM traffic_queueagent q USING {_DUE}
 WHERE q.queue_id = d.queue_id AND q.day >= (d.since AT TIME ZONE %(zone)s)::date
   AND q.day < (d.until AT TIME ZONE %(zone)s)::date
   AND NOT EXISTS (SELECT FROM traffic_intervalfact f
                    WHERE f.queue_id = q.queue_id AND f.is_final
                      AND f.starts_at >= q.day::timestamp AT TIME ZONE %(zone)s
                      AND f.starts_at < (q.day + 1)::timestamp AT TIME ZONE %(zone)s)
"""  # noqa: S608 - the room's own columns
_NOTE_AGENTS = f"""
INSERT INTO traffic_queueagent (queue_id, day, agent_id)
SELECT DISTINCT l.queue_id, (l.entered_at AT TIME ZONE %(zone)s)::date, l.agent_id
  FROM {_DUE} JOIN traffic_contactleg l
    ON l.queue_id = d.queue_id AND l.entered_at >= d.since AND l.entered_at < d.until
 WHERE l.is_current AND l.outcome = 'answered' AND l.agent_id IS NOT NULL
ON CONFLICT DO NOTHING
"""  # noqa: S608 - the room's own columns
_FROM_COUNTS = f"""
INSERT INTO traffic_intervalfact (queue_id, starts_at, minutes, definition, formula, threshold_s, short_abandon_s, told,
    offered, answered, answered_within, abandoned, wait_answered_s, longest_wait_s,
    {
    ", ".join(
        name
        for name in _SUMS
        if name not in ("offered", "answered", "answered_within", "abandoned", "wait_answered_s", "longest_wait_s")
    )
})
SELECT c.queue_id, date_bin(make_interval(mins => d.minutes), c.starts_at, %(origin)s) AS slot, d.minutes,
       %(definition)s, d.formula, d.threshold_s, d.short_s,
       concat_ws(',', 'offered',
                 CASE WHEN bool_and(c.answered IS NOT NULL) THEN 'answered' END,
                 CASE WHEN bool_and(c.answered_within IS NOT NULL) THEN 'answered_within' END,
                 CASE WHEN bool_and(c.abandoned IS NOT NULL) THEN 'abandoned' END,
                 CASE WHEN bool_and(c.wait_answered_s IS NOT NULL) THEN 'wait_answered_s' END),
       sum(c.offered), coalesce(sum(c.answered), 0), coalesce(sum(c.answered_within), 0),
       coalesce(sum(c.abandoned), 0), coalesce(sum(c.wait_answered_s), 0), 0,
       {
    ", ".join(
        "0"
        for name in _SUMS
        if name not in ("offered", "answered", "answered_within", "abandoned", "wait_answered_s", "longest_wait_s")
    )
}
  FROM {_DUE} JOIN traffic_intervalcount c
    ON c.queue_id = d.queue_id AND c.starts_at >= d.since AND c.starts_at < d.until
 WHERE c.is_current
 GROUP BY c.queue_id, slot, d.minutes, d.formula, d.threshold_s, d.short_s
ON CONFLICT (queue_id, starts_at) DO NOTHING
"""  # noqa: S608 - the room's own columns


def rebuild_facts(*, since: date, until: date, queue_codes: Collection[str] = (), now: datetime) -> int:
    """Count every interval from `since` to `until` (days of the city, both in) anew; returns how many there are.

    Without `queue_codes` all queues, and agents' states too. Raises nothing for days without traffic.
    """
    queues = Queue.objects.filter(code__in=queue_codes) if queue_codes else Queue.objects.all()
    days = {since + timedelta(days=place) for place in range((until - since).days + 1)}
    with transaction.atomic():
        counted = rebuild_days({(key, day) for key in queues.values_list("pk", flat=True) for day in days})
        if not queue_codes:
            zone = profile.local_zone()
            rebuild_states(since=day_bounds(since, zone).since, until=day_bounds(until, zone).until)
    return counted


def rebuild_days(touched: Iterable[tuple[int, date]]) -> int:
    """Count the given days of queues anew, in the caller's transaction; returns how many intervals there are now."""
    due = _stretches(sorted(set(touched)))
    if not due:
        return 0
    given: dict[str, Any] = {
        "queues": [one.queue_id for one in due],
        "since": [one.since for one in due],
        "until": [one.until for one in due],
        "minutes": [one.minutes for one in due],
        "threshold": [one.threshold_s for one in due],
        "short": [one.short_s for one in due],
        "formula": [one.formula for one in due],
        "definition": DEFINITIONS,
        "origin": origin_of(profile.local_zone()),
        "zone": str(profile.local_zone()),
        **words_of(known_directory()),
    }
    queues = {one.queue_id for one in due}
    with connection.cursor() as cursor:
        cursor.execute(_DELETE, given)
        cursor.execute(_FORGET_AGENTS, given)
        counted = 0
        if ContactLeg.objects.filter(queue_id__in=queues, is_current=True).exists():
            cursor.execute(_FROM_LEGS, given)
            counted += cursor.rowcount
            cursor.execute(_NOTE_AGENTS, given)
        if IntervalCount.objects.filter(queue_id__in=queues, is_current=True).exists():
            cursor.execute(_FROM_COUNTS, given)
            counted += cursor.rowcount
    return counted


def _stretches(touched: list[tuple[int, date]]) -> list[_Due]:
    """Days of queues as stretches as long as nothing changes between one day and the next."""
    zone = profile.local_zone()
    codes = dict(Queue.objects.filter(pk__in={key for key, _day in touched}).values_list("pk", "code"))
    found: list[_Due] = []
    for queue_id, day in touched:
        body = _values_on(codes[queue_id], day)
        bounds = day_bounds(day, zone)
        one = _Due(
            queue_id=queue_id,
            since=bounds.since,
            until=bounds.until,
            minutes=body["slot_minutes"],
            threshold_s=body["sl_threshold_s"],
            short_s=body["short_abandon_s"],
            formula=body["formula"],
        )
        last = found[-1] if found else None
        if last is not None and last.until == one.since and _same(last, one):
            found[-1] = _Due(**{**_fields(one), "since": last.since})
        else:
            found.append(one)
    return found


def _same(one: _Due, other: _Due) -> bool:
    return {**_fields(one), "since": 0, "until": 0} == {**_fields(other), "since": 0, "until": 0}


def _fields(one: _Due) -> dict[str, Any]:
    return dict(vars(one))


def _values_on(code: str, day: date) -> dict[str, Any]:
    """A queue's values on a day; for days before the profile knew it, those of today's row."""
    body = profile.entries(_SECTION, day).get(code)
    if body is not None:
        return dict(body)
    row = Queue.objects.get(code=code)
    return {
        "slot_minutes": row.slot_minutes,
        "sl_threshold_s": row.sl_threshold_s,
        "short_abandon_s": row.short_abandon_s,
        "formula": row.sl_formula,
    }

"""Counting: requests whose keys were noted are counted anew, daily sums and histograms are moved by the difference."""

from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from citydesk.city.profile import queries as profile
from citydesk.contact.service_requests.models import ClockPause, RequestClock, RequestFact
from citydesk.contact.service_requests.queries import policy
from citydesk.contact.service_requests.rules import sla
from citydesk.contact.service_requests.rules.counting import BASE
from citydesk.contact.service_requests.services import clocks

_LOCK = 7_311_001
_ROLLUPS = ("requestday", "requestmonth", "requestduration", "requestdurationmonth")
_DIMENSIONS = "service_code, group_code, department_id, team_id, council, channel"
_COUNTED = (
    "opened, still_open, contacts, closed, closed_done, closed_not_ours, closed_duplicate, closed_other, judged, "
    "on_time, returned, reopened, elapsed_seconds, hold_seconds"
)
_TAKE = """
DELETE FROM service_requests_requestfactchange WHERE id IN (
    SELECT id FROM service_requests_requestfactchange ORDER BY id LIMIT %(batch)s FOR UPDATE SKIP LOCKED
) RETURNING request_id
"""
_WRITE = """
INSERT INTO service_requests_requestfact AS fact (
    request_id, received_at, received_date, closed_at, closed_date, is_open, state, close_reason, service_code,
    group_code, department_id, team_id, council, channel, due_at, promised_at, is_on_time, elapsed_seconds,
    service_seconds, hold_seconds, return_count, reopen_count, contact_count, is_confidential, refreshed_at
)
SELECT r.id, r.received_at, (r.received_at AT TIME ZONE %(zone)s)::date, r.closed_at,
    (r.closed_at AT TIME ZONE %(zone)s)::date, r.is_open, r.state, r.close_reason, c.code, c.group_code,
    r.department_id, r.team_id, r.council, r.channel, r.due_at, r.promised_at,
    CASE WHEN r.is_open THEN NULL
         WHEN k.judged IS NOT NULL THEN k.judged
         WHEN r.due_at IS NOT NULL THEN r.closed_at <= r.due_at END,
    CASE WHEN r.is_open THEN NULL ELSE greatest(
        extract(epoch FROM (r.closed_at AT TIME ZONE %(zone)s) - (r.received_at AT TIME ZONE %(zone)s)), 0)::bigint END,
    NULL, coalesce(p.held, 0), r.return_count, r.reopen_count, r.contact_count, r.is_confidential, %(now)s
FROM service_requests_servicerequest r
JOIN service_requests_servicecode c ON c.id = r.service_id
LEFT JOIN LATERAL (
    SELECT bool_and(is_met) FILTER (WHERE stopped_at IS NOT NULL) AS judged
    FROM service_requests_requestclock WHERE request_id = r.id AND round = r.reopen_count
) k ON true
LEFT JOIN LATERAL (
    SELECT sum(extract(epoch FROM coalesce(ended_at, %(now)s) - started_at))::bigint AS held
    FROM service_requests_clockpause WHERE request_id = r.id
) p ON true
WHERE r.id = ANY(%(ids)s::bigint[]) AND NOT r.is_held
ON CONFLICT (request_id) DO UPDATE SET
    received_at = excluded.received_at, received_date = excluded.received_date, closed_at = excluded.closed_at,
    closed_date = excluded.closed_date, is_open = excluded.is_open, state = excluded.state,
    close_reason = excluded.close_reason, service_code = excluded.service_code, group_code = excluded.group_code,
    department_id = excluded.department_id, team_id = excluded.team_id, council = excluded.council,
    channel = excluded.channel, due_at = excluded.due_at, promised_at = excluded.promised_at,
    is_on_time = excluded.is_on_time, elapsed_seconds = excluded.elapsed_seconds,
    service_seconds = excluded.service_seconds, hold_seconds = excluded.hold_seconds,
    return_count = excluded.return_count, reopen_count = excluded.reopen_count,
    contact_count = excluded.contact_count, is_confidential = excluded.is_confidential,
    refreshed_at = excluded.refreshed_at
"""
_NAMES = [name.strip() for name in _COUNTED.split(",")]
_KEYS = f"{_DIMENSIONS.replace('group_code, ', '')}, group_code"
_COUNTS = f"""
INSERT INTO service_requests_{{table}} AS kept (day, {_DIMENSIONS}, {_COUNTED})
SELECT {{day}}, {_DIMENSIONS}, {", ".join(f"%(sign)s * sum({name})" for name in _NAMES)}
FROM (
    SELECT received_date AS day, service_code, group_code, coalesce(department_id, 0) AS department_id,
        coalesce(team_id, 0) AS team_id, council, channel, 1 AS opened, is_open::int AS still_open,
        contact_count AS contacts, 0 AS closed, 0 AS closed_done, 0 AS closed_not_ours, 0 AS closed_duplicate,
        0 AS closed_other, 0 AS judged, 0 AS on_time, return_count AS returned, reopen_count AS reopened,
        0::bigint AS elapsed_seconds, 0::bigint AS hold_seconds
    FROM service_requests_requestfact WHERE request_id = ANY(%(ids)s::bigint[])
    UNION ALL
    SELECT closed_date, service_code, group_code, coalesce(department_id, 0), coalesce(team_id, 0), council, channel,
        0, 0, 0, 1, (close_reason = 'done')::int, (close_reason = 'not_ours')::int,
        (close_reason = 'duplicate')::int, (close_reason NOT IN ('done', 'not_ours', 'duplicate'))::int,
        (is_on_time IS NOT NULL)::int, coalesce(is_on_time, false)::int, 0, 0, elapsed_seconds, hold_seconds
    FROM service_requests_requestfact WHERE request_id = ANY(%(ids)s::bigint[]) AND NOT is_open
) both_days
GROUP BY {{day}}, {_DIMENSIONS}
ON CONFLICT (day, {_KEYS}) DO UPDATE SET
    {", ".join(f"{name} = kept.{name} + excluded.{name}" for name in _NAMES)}
"""  # noqa: S608 - names from above, no input
_DAYS = _COUNTS.format(table="requestday", day="day")
_MONTHS = _COUNTS.format(table="requestmonth", day="date_trunc('month', day)::date")
_BUCKET = f"CASE WHEN elapsed_seconds < 1 THEN -1 ELSE floor(ln(elapsed_seconds) / ln({BASE}::float8) + 1e-9)::int END"
_DURATIONS = f"""
INSERT INTO service_requests_requestduration AS span (day, {_DIMENSIONS}, bucket, closed)
SELECT closed_date, service_code, group_code, coalesce(department_id, 0), coalesce(team_id, 0), council, channel,
    {_BUCKET}, %(sign)s * count(*)
FROM service_requests_requestfact WHERE request_id = ANY(%(ids)s::bigint[]) AND NOT is_open
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
ON CONFLICT (day, {_KEYS}, bucket) DO UPDATE SET closed = span.closed + excluded.closed
"""  # noqa: S608 - names from above, no input
_DURATION_MONTHS = f"""
INSERT INTO service_requests_requestdurationmonth AS span
    (day, service_code, group_code, department_id, team_id, bucket, closed)
SELECT date_trunc('month', closed_date)::date, service_code, group_code, coalesce(department_id, 0),
    coalesce(team_id, 0), {_BUCKET}, %(sign)s * count(*)
FROM service_requests_requestfact WHERE request_id = ANY(%(ids)s::bigint[]) AND NOT is_open
GROUP BY 1, 2, 3, 4, 5, 6
ON CONFLICT (day, service_code, department_id, team_id, group_code, bucket)
DO UPDATE SET closed = span.closed + excluded.closed
"""  # noqa: S608 - names from above, no input
_ARE_COUNTED = "SELECT EXISTS (SELECT 1 FROM service_requests_requestfact WHERE request_id = ANY(%(ids)s::bigint[]))"
# The stopped clocks of the last round of closed requests, the last of a request at the end.
_CLOCKS = """
SELECT clock.* FROM service_requests_requestclock clock
JOIN service_requests_requestfact fact ON fact.request_id = clock.request_id
WHERE clock.request_id = ANY(%s::bigint[]) AND NOT fact.is_open AND clock.round = fact.reopen_count
    AND clock.stopped_at IS NOT NULL AND clock.started_at IS NOT NULL
ORDER BY clock.position
"""
_NOTE_ALL = """
INSERT INTO service_requests_requestfactchange (request_id) SELECT id FROM service_requests_servicerequest
"""


def refresh_request_facts(*, now: datetime, everything: bool = False, batch: int = 5000) -> int:
    """Count every noted request anew; returns how many. `everything` counts all of them from scratch.

    One refresh runs at a time (advisory lock); a second one waits. Each batch is its own transaction.
    """
    if everything:
        _start_over()
    counted = 0
    while True:
        done = _refresh_batch(now, batch)
        counted += done
        if not done:
            return counted


def _start_over() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        for table in (*_ROLLUPS, "requestfact", "requestfactchange"):
            cursor.execute(f"DELETE FROM service_requests_{table}")  # noqa: S608 - names from the line above
        cursor.execute(_NOTE_ALL)


def _refresh_batch(now: datetime, batch: int) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        cursor.execute(_TAKE, {"batch": batch})
        numbers = {row[0] for row in cursor.fetchall()}
        if not numbers:
            return 0
        # As one text: a list of thousands of keys costs more to hand over than to count.
        ids = f"{{{','.join(map(str, sorted(numbers)))}}}"
        cursor.execute(_ARE_COUNTED, {"ids": ids})
        if cursor.fetchone()[0]:
            _move_sums(cursor, ids, -1)
        cursor.execute(_WRITE, {"ids": ids, "now": now, "zone": str(profile.local_zone())})
        _add_service_time(ids)
        _move_sums(cursor, ids, 1)
        return len(numbers)


def _move_sums(cursor: Any, ids: str, sign: int) -> None:
    for statement in (_DAYS, _MONTHS, _DURATIONS, _DURATION_MONTHS):
        cursor.execute(statement, {"ids": ids, "sign": sign})


def _add_service_time(ids: str) -> None:
    """What the closing target's clock counted, for requests that have clocks: needs calendars, so not in SQL."""
    last: dict[int, RequestClock] = {clock.request_id: clock for clock in RequestClock.objects.raw(_CLOCKS, [ids])}
    pauses: dict[int, list[ClockPause]] = {}
    for pause in ClockPause.objects.filter(request_id__in=list(last)) if last else ():
        pauses.setdefault(pause.request_id, []).append(pause)
    facts = [
        RequestFact(
            request_id=request_id, service_seconds=round(_used(clock, pauses.get(request_id, [])).total_seconds())
        )
        for request_id, clock in last.items()
    ]
    RequestFact.objects.bulk_update(facts, ["service_seconds"], batch_size=1000)


def _used(clock: RequestClock, pauses: list[ClockPause]) -> timedelta:
    calendar = policy.calendar(clock.calendar_code, clock.policy_date)
    start, end = clock.started_at, clock.stopped_at
    if start is None or end is None:
        return timedelta(0)
    return sla.elapsed(calendar, start, end, clocks.pauses_of(clock, pauses))

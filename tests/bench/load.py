"""A city's past by the million: requests, contacts and history written by SQL, the same in every run.

Five years in the order of time; 2 percent of the requests are open, all of them recent; some teams, codes and streets
have most of the work. Nothing is drawn at random: every value follows from the row's number.
"""

from collections.abc import Sequence
from functools import partial
from threading import Lock
from typing import Any

import psycopg
from django.db import connection

from citydesk.city.places.rules import cell_of
from citydesk.kernel.numbering import format_number
from tests.bench.bulk import in_parallel, without_indexes
from tests.bench.city import ENDINGS, SYLLABLES, fill_customers

BATCH = 100_000
YEAR = 24  # the numbers' year: none that this run gives out itself can meet one of them
PROBLEMS = (
    "deep hole in the right lane", "street light out for three nights", "water standing in the road after rain",
    "trash was not picked up on Monday", "large branch hanging over the sidewalk", "car without plates for weeks",
    "dog running loose near the school", "graffiti on the retaining wall", "storm drain blocked with leaves",
    "stop sign bent to the ground", "sidewalk lifted by tree roots", "water meter cover missing",
    "mattress and tires dumped at night", "grass higher than the fence", "signal stays red on the side street",
    "sewage smell in the back yard", "brown water from the kitchen tap", "loud music after midnight",
    "playground swing broken at the chain", "recycling cart cracked and leaking", "dead deer beside the guard rail",
    "manhole cover rattles when trucks pass", "faded crosswalk at the library", "snow plow left a bank in the driveway",
)  # fmt: skip
MORE = (
    "caller worried about children", "asked before without an answer", "blocks the wheelchair ramp",
    "worse since the last storm", "neighbor says the same", "please call before coming", "gate code on file",
    "close to the bus stop", "happens every week", "two tires ruined already", "elderly resident lives there",
)  # fmt: skip

# The parts of a row that others depend on. A bigger row number is later; the last tenth holds what is open.
_REQUESTS = """
INSERT INTO service_requests_servicerequest (
    id, number, service_id, policy_date, state, is_open, close_reason, pause_reason, version, channel, received_at,
    recorded_at, updated_at, language, source, external_id, description, answers, urgency, public_text,
    public_text_state, status_text, place_kind, place_label, place_detail, block_label, address_id, lat, lon, cell,
    zip, council, districts, customer_id, is_anonymous, is_confidential, department_id, team_id, owner_id, assigned_at,
    is_disputed, sla_code, due_at, promised_at, escalation, closed_at, contact_count, follower_count, photo_count,
    return_count, reopen_count, promise_count, is_held, held_reason, public_token)
SELECT n, number, service_id, at::date, CASE WHEN NOT is_open THEN 'closed' WHEN n %% 11 = 0 THEN 'in_progress'
        ELSE 'open' END, is_open, CASE WHEN is_open THEN '' ELSE (ARRAY['done','done','done','done','done','no_action',
        'not_ours','cannot_locate'])[1 + n %% 8] END,
    '', 1 + n %% 4, (ARRAY['phone','phone','phone','web','web','app','email','counter'])[1 + n %% 8], at,
    at + interval '3 minutes', coalesce(closed_at, at + interval '3 minutes'), CASE WHEN n %% 6 = 0 THEN 'es' ELSE 'en'
        END, '', '', description, '{}', urgency, '', 'none', '', 'address', line, '', line, address_id, lat, lon, cell,
    zip, (1 + n %% 9)::text, jsonb_build_object('council', (1 + n %% 9)::text),
    CASE WHEN n %% 5 < 3 THEN 1 + (n * 7919) %% %(customers)s END, n %% 5 >= 3, n %% 200 = 0, department_id, team_id,
    NULL, at + interval '5 minutes', false, sla_code, at + span, at + span, 0, closed_at, 1 + (n %% 12 = 0)::int,
    (n %% 9 = 0)::int, (n %% 7 = 0)::int, (n %% 40 = 0)::int, (n %% 50 = 0)::int, 0, false, '',
    md5('bench' || n::text)
FROM (
    SELECT *, CASE WHEN NOT is_open THEN least(at + exp(5 + 9 * ((n * 7919) %% 10000) / 10000.0) * interval '1 second',
        %(now)s) END AS closed_at
    FROM (
        SELECT n, made.number, %(now)s - (%(count)s - n + 1) * interval '5 years' / %(count)s AS at,
            n > %(count)s * %(settled)s AND n %% 5 = 2 AS is_open, (1 + n %% 12) * interval '1 day' AS span,
            words.problems[1 + (n * 31) %% cardinality(words.problems)] || ' near '
                || words.names[1 + (n * 6151) %% cardinality(words.names)]
                || words.ends[1 + (n / 7) %% cardinality(words.ends)] || ' '
                || words.names[1 + (n / 91) %% cardinality(words.names)] || ', '
                || words.more[1 + (n * 17) %% cardinality(words.more)] AS description,
            code.id AS service_id, code.urgency, code.sla_code, team.id AS team_id, team.department_id,
            place.id AS address_id, place.line, place.lat, place.lon, place.cell, place.zip
        FROM bench_number made CROSS JOIN bench_words words
        JOIN bench_code code ON code.at = (power(((made.n * 6151) %% 10007) / 10007.0, 2) * %(codes)s)::int
        JOIN bench_team team ON team.at = (power(((made.n * 104729) %% 10009) / 10009.0, 1.5) * %(teams)s)::int
        JOIN bench_place place ON place.at = (made.n * 7907) %% %(places)s
        WHERE made.n BETWEEN %(first)s AND %(last)s
    ) placed
) timed ORDER BY n
"""
_CLOCKS = """
INSERT INTO service_requests_requestclock (request_id, round, target, names, position, sla_code, policy_date,
    calendar_code, allowed_seconds, allowance, ends, is_promised, started_at, due_at, stopped_at, is_met, next_step)
SELECT id, 0, 'done', '{"en": "Done"}', 0, sla_code, policy_date, 'office',
    extract(epoch FROM due_at - received_at)::int, jsonb_build_object('days', 1 + id %% 12), 'closed', true,
    received_at, due_at, closed_at, CASE WHEN closed_at IS NOT NULL THEN closed_at <= due_at END, 0
FROM service_requests_servicerequest WHERE id BETWEEN %(first)s AND %(last)s
"""
_HISTORY = """
INSERT INTO kernel_auditentry (at, code, actor_kind, actor_id, actor_label, object_type, object_id, object_label,
    before, after, reason, is_public, request_id)
SELECT CASE WHEN step.code = 'recorded' THEN received_at ELSE coalesce(closed_at, assigned_at) END,
    'service_requests.' || CASE WHEN step.code = 'recorded' THEN 'recorded' WHEN is_open THEN 'routed'
        ELSE 'closed' END,
    'staff', 1 + id %% 60, 'Dana Whitlock', 'service_requests.request', id, number, NULL,
    CASE WHEN step.code = 'recorded' THEN jsonb_build_object('channel', channel)
        ELSE jsonb_build_object('state', state, 'reason', close_reason) END, '', true, ''
FROM service_requests_servicerequest CROSS JOIN (VALUES ('recorded'), ('last')) AS step (code)
WHERE id BETWEEN %(first)s AND %(last)s
"""
_CONTACTS = """
INSERT INTO interactions_interaction (id, number, state, channel, direction, received_at, received_reason, started_at,
    recorded_at, taken_by_id, entered_by_id, customer_id, caller_class, is_name_refused, is_confidential, words,
    place_label, place_detail, address_id, lat, lon, districts, reason_code, language, interpreter_vendor,
    interpreter_number, is_relay, callback_number, ending, ending_note, active_seconds, parked_seconds, handle_source,
    abandoned_reason, handed_note, draft, field_versions, version, save_key, touched_at)
SELECT id, 'IN' || substr(number, 3), 'saved', CASE WHEN channel = 'app' THEN 'web' ELSE channel END, 'in', received_at,
    '', received_at, recorded_at, 1 + id %% 60, 1 + id %% 60, customer_id, 'resident', false, is_confidential,
    description, place_label, '', address_id, lat, lon, districts, '', language, '', '', false, '', 'normal', '',
    120 + id %% 300, 0, 'screen', '', '', '{}', '{}', 1, '', recorded_at
FROM service_requests_servicerequest WHERE id BETWEEN %(first)s AND %(last)s
"""
_OUTCOMES = """
INSERT INTO interactions_interactionoutcome (interaction_id, kind, target_type, target_id, target_number, target_label,
    detail, at)
SELECT id, 'request', 'service_requests.request', id, number, '', '{}', recorded_at
FROM service_requests_servicerequest WHERE id BETWEEN %(first)s AND %(last)s
"""
# Each kind of row by the table it goes to.
_STEPS = {
    "service_requests_servicerequest": _REQUESTS,
    "service_requests_requestclock": _CLOCKS,
    "kernel_auditentry": _HISTORY,
    "interactions_interaction": _CONTACTS,
    "interactions_interactionoutcome": _OUTCOMES,
}
LOOKUPS = ("code", "team", "place", "words")
PEOPLE = ("customers_customer", "customers_contactpoint")
TABLES = tuple(_STEPS)
QUEUE_TABLES = ("service_requests_servicerequest", "service_requests_requestclock")


def fill(count: int, now: Any, told: Any = lambda _rows: None, tables: Sequence[str] = TABLES) -> None:
    """Write `count` requests, as many contacts and clocks and twice as many lines of history; then ANALYZE.

    `told(rows)` is called after each batch, with a text when something else begins. With fewer `tables` the others
    stay empty: who measures on it must show that it reads none of them (`pages.read_empty`).
    """
    # A city has so many people who ever called it, however many years the requests are of.
    customers = min(max(count // 5, 1000), 500_000)
    with without_indexes(PEOPLE, told):
        fill_customers(customers)
    # A load for trying the bench out has as many open requests as one of 100,000: a queue needs its 50 rows.
    settled = 0.9 if count >= 100_000 else max(0.0, 1 - 10_000 / count)
    with connection.cursor() as cursor:
        common = {**_lookups(cursor), "now": now, "count": count, "settled": settled, "customers": customers}
    written = Lock()
    so_far = [0]

    def write(own: psycopg.Connection[Any], first: int, last: int) -> None:
        _numbers(own, first, last)
        for table in tables:
            own.execute(_STEPS[table], {**common, "first": first, "last": last})
        with written:
            so_far[0] += last - first + 1
            told(so_far[0])

    batch = min(BATCH, max(count // 4, 1))
    with without_indexes(tables, told):
        starts = range(1, count + 1, batch)
        in_parallel([partial(write, first=one, last=min(one + batch - 1, count)) for one in starts])
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), max(id)) FROM " + table, [table])
        cursor.execute(f"DROP TABLE {', '.join(f'bench_{name}' for name in LOOKUPS)}")


def _numbers(own: psycopg.Connection[Any], first: int, last: int) -> None:
    """The numbers of a batch with their check letters, which only Python can tell."""
    own.execute("DROP TABLE IF EXISTS pg_temp.bench_number")
    own.execute("CREATE TEMP TABLE bench_number (n bigint, number text)")
    with own.cursor() as cursor, cursor.copy("COPY bench_number FROM STDIN") as copy:
        copy.write("".join(f"{one}\t{format_number('SR', YEAR, one)}\n" for one in range(first, last + 1)))
    own.execute("ANALYZE bench_number")


def words() -> dict[str, list[str]]:
    """The words that descriptions are made of, for whoever wants to make the same."""
    return {"problems": list(PROBLEMS), "more": list(MORE), "names": list(SYLLABLES), "ends": list(ENDINGS)}


def count_teams() -> int:
    """How many teams the requests are shared among."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM staff_team")
        return int(cursor.fetchone()[0])


def is_filled(count: int) -> bool:
    """Whether an earlier run left so many requests here."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT 1 FROM service_requests_servicerequest WHERE id = %s)", [count])
        return bool(cursor.fetchone()[0])


def _lookups(cursor: Any) -> dict[str, int]:
    """Small tables to draw from: codes, teams, places, words. Several connections read them, so none is temporary."""
    cursor.execute(f"DROP TABLE IF EXISTS {', '.join(f'bench_{name}' for name in LOOKUPS)}")
    cursor.execute(
        "CREATE TABLE bench_code AS SELECT row_number() OVER (ORDER BY md5(code)) - 1 AS at, id, urgency,"
        " sla_code FROM service_requests_servicecode WHERE NOT is_internal AND NOT is_confidential"
    )
    cursor.execute(
        "CREATE TABLE bench_team AS SELECT row_number() OVER (ORDER BY id) - 1 AS at, id, department_id FROM staff_team"
    )
    cursor.execute("SELECT id, line, lat, lon, zip FROM places_address ORDER BY id")
    rows = cursor.fetchall()
    cursor.execute(
        "CREATE TABLE bench_place (at bigint, id bigint, line text, lat float8, lon float8, cell bigint, zip text)"
    )
    with cursor.copy("COPY bench_place FROM STDIN") as copy:
        for at, (identity, line, lat, lon, code) in enumerate(rows):
            copy.write_row((at, identity, line, lat, lon, cell_of(lat, lon), code))
    cursor.execute(
        "CREATE TABLE bench_words AS SELECT %s::text[] AS problems, %s::text[] AS more, %s::text[] AS names,"
        " %s::text[] AS ends",
        [list(PROBLEMS), list(MORE), list(SYLLABLES), list(ENDINGS)],
    )
    for name in LOOKUPS:
        cursor.execute(f"ANALYZE bench_{name}")
    cursor.execute("SELECT (SELECT count(*) FROM bench_code), (SELECT count(*) FROM bench_team)")
    codes, teams = cursor.fetchone()
    return {"codes": codes - 1, "teams": teams - 1, "places": len(rows)}

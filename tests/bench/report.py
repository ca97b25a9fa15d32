"""The report over many requests: counts, rates and percentiles of twelve months, ten years, free combinations.

`fill(size)` writes facts of ten years, made by SQL from a fixed seed, and sums and histograms that agree with them.
The facts are no real requests, so they have a database of their own.
"""

from collections.abc import Callable
from datetime import date
from functools import partial
from threading import Lock
from typing import Any

import psycopg
from django.db import connection

from citydesk.management.statistics.queries.freshness import find_differences
from citydesk.management.statistics.queries.measure import figures, measure
from citydesk.management.statistics.rules.selection import Selection
from tests.bench.bulk import in_parallel, without_indexes
from tests.bench.city import NOW
from tests.bench.cost import Browser
from tests.bench.figures import Figure, at_most, seconds_of
from tests.bench.work import someone

DAYS = 3652
LAST = date(2026, 11, 22)
_FACTS = "service_requests_requestfact"
_COLUMNS = "service_code, group_code, department_id, team_id, council, channel"

# Codes and channels as cities have them: a few take most of the load.
_FILL = f"""
INSERT INTO {_FACTS} (request_id, received_at, received_date, closed_at, closed_date, is_open, state, close_reason,
    service_code, group_code, department_id, team_id, council, channel, due_at, is_on_time, elapsed_seconds,
    hold_seconds, return_count, reopen_count, contact_count, is_confidential, refreshed_at)
SELECT n, at, (at AT TIME ZONE 'UTC')::date, closed, (closed AT TIME ZONE 'UTC')::date, closed IS NULL,
    CASE WHEN closed IS NULL THEN 'open' ELSE 'closed' END,
    CASE WHEN closed IS NULL THEN '' ELSE (ARRAY['done','done','done','done','done','done','done','no_action',
        'not_ours','duplicate'])[1 + n %% 10] END,
    'code_' || lpad(code::text, 2, '0'), 'group_' || code %% 8, 1 + code %% 9, 1 + code %% 20, (1 + n * 7 %% 9)::text,
    (ARRAY['phone','phone','phone','web','web','app','email','counter'])[1 + n %% 8], at + interval '3 days',
    CASE WHEN closed IS NOT NULL THEN closed <= at + interval '3 days' END,
    CASE WHEN closed IS NOT NULL THEN extract(epoch FROM closed - at)::bigint END,
    CASE WHEN n %% 20 = 0 THEN 36000 ELSE 0 END, (n %% 40 = 0)::int, (n %% 50 = 0)::int, 1 + (n %% 12 = 0)::int,
    n %% 200 = 0, %(now)s
FROM (
    SELECT n, at, code, CASE WHEN at < %(now)s - interval '20 days' OR n %% 10 > 5 THEN
        least(at + exp(6 + 6 * ((n * 7919) %% 10000) / 10000.0) * interval '1 second', %(now)s) END AS closed
    FROM (
        SELECT n, %(now)s - ((n * 104729) %% 3652) * interval '1 day'
            - (((n * 15485863) %% 86400) / 2) * interval '1 second' AS at,
            (power(((n * 6151) %% 10007) / 10007.0, 2.5) * 60)::int AS code
        FROM generate_series(%(first)s::bigint, %(last)s::bigint) n OFFSET 0
    ) made OFFSET 0
) timed
"""
_BUCKET = "CASE WHEN elapsed_seconds < 1 THEN -1 ELSE floor(ln(elapsed_seconds) / ln(1.05::float8) + 1e-9)::int END"
_COUNTED = (
    "opened, still_open, contacts, closed, closed_done, closed_not_ours, closed_duplicate, closed_other, judged, "
    "on_time, returned, reopened, elapsed_seconds, hold_seconds"
)
_SUMS = ", ".join(f"sum({name.strip()})" for name in _COUNTED.split(","))
_DAY_ROWS = f"""
INSERT INTO service_requests_requestday (day, {_COLUMNS}, {_COUNTED})
SELECT day, {_COLUMNS}, {_SUMS} FROM (
    SELECT received_date AS day, {_COLUMNS}, 1 AS opened, is_open::int AS still_open, contact_count AS contacts,
        0 AS closed, 0 AS closed_done, 0 AS closed_not_ours, 0 AS closed_duplicate, 0 AS closed_other, 0 AS judged,
        0 AS on_time, return_count AS returned, reopen_count AS reopened, 0::bigint AS elapsed_seconds,
        0::bigint AS hold_seconds FROM {_FACTS}
    UNION ALL
    SELECT closed_date, {_COLUMNS}, 0, 0, 0, 1, (close_reason = 'done')::int, (close_reason = 'not_ours')::int,
        (close_reason = 'duplicate')::int, (close_reason NOT IN ('done', 'not_ours', 'duplicate'))::int,
        (is_on_time IS NOT NULL)::int, coalesce(is_on_time, false)::int, 0, 0, elapsed_seconds, hold_seconds
    FROM {_FACTS} WHERE NOT is_open
) both_days GROUP BY day, {_COLUMNS}
"""
_MONTH_ROWS = f"""
INSERT INTO service_requests_requestmonth (day, {_COLUMNS}, {_COUNTED})
SELECT date_trunc('month', day)::date, {_COLUMNS}, {_SUMS} FROM service_requests_requestday
GROUP BY 1, {_COLUMNS}
"""
_DURATIONS = f"""
INSERT INTO service_requests_requestduration (day, {_COLUMNS}, bucket, closed)
SELECT closed_date, {_COLUMNS}, {_BUCKET}, count(*) FROM {_FACTS} WHERE NOT is_open GROUP BY 1, {_COLUMNS}, 8
"""
_DURATION_MONTHS = """
INSERT INTO service_requests_requestdurationmonth
    (day, service_code, group_code, department_id, team_id, bucket, closed)
SELECT date_trunc('month', day)::date, service_code, group_code, department_id, team_id, bucket, sum(closed)
FROM service_requests_requestduration GROUP BY 1, 2, 3, 4, 5, 6
"""
TABLES = tuple(
    f"service_requests_{name}"
    for name in ("requestfact", "requestday", "requestmonth", "requestduration", "requestdurationmonth")
)
_BATCH = 250_000
PERCENTILES, EXACT = 2.0, 10.0


def fill(size: int, told: Callable[[int | str], None] = lambda _said: None) -> None:
    """Write `size` facts of ten years and what is summed from them; what was there is dropped."""
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(TABLES)} CASCADE")
    written, so_far = Lock(), [0]

    def write(own: psycopg.Connection[Any], first: int, last: int) -> None:
        own.execute(_FILL, {"first": first, "last": last, "now": NOW})
        with written:
            so_far[0] += last - first + 1
            told(so_far[0])

    with without_indexes(TABLES, told):
        starts = range(1, size + 1, _BATCH)
        in_parallel([partial(write, first=one, last=min(one + _BATCH - 1, size)) for one in starts])
        for together in ((_DAY_ROWS, _DURATIONS), (_MONTH_ROWS, _DURATION_MONTHS)):
            told("the facts are summed")
            in_parallel([lambda own, one=one: own.execute(one, {}) for one in together])


def is_filled(size: int) -> bool:
    """Whether an earlier run left so many facts here."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {_FACTS}")
        return bool(cursor.fetchone()[0] == size)


def measure_report(size: int) -> list[Figure]:
    """Measure over what is there. Targets are those of ten million rows."""
    year = Selection(date(2025, 11, 23), LAST)
    decade = Selection()
    free = Selection(
        date(2017, 2, 11), date(2026, 3, 5), {"code": ("code_03", "code_11"), "channel": ("web",), "weekday": (2, 3)}
    )
    rates = ("requests_opened", "requests_closed", "requests_on_time_share", "requests_reopened_share")
    spans = (("twelve_months", year, 0.3), ("ten_years", decade, 1.0), ("free_combination", free, 2.0))
    found = []
    for name, selection, target in spans:
        scan = seconds_of(lambda one=selection: _from_facts(one), times=1)
        for code in rates:
            spent = seconds_of(lambda one=selection, code=code: measure(code, one, now=NOW))
            found.append(at_most(f"report_{code}_{name}", spent, "s", target, size, floor=round(scan, 3)))
        by_code = seconds_of(lambda one=selection: figures("requests_opened", one, ("code",), now=NOW))
        found.append(at_most(f"report_by_code_{name}", by_code, "s", target, size, floor=round(scan, 3)))
    for name, selection, _target in spans:
        for method, target in (("histogram", PERCENTILES), ("exact", EXACT)):
            spent = seconds_of(
                lambda one=selection, how=method: measure("requests_closed_hours_p90", one, now=NOW, method=how),
                times=1,
            )
            found.append(at_most(f"report_p90_{method}_{name}", spent, "s", target, size))
    found.append(at_most("report_p90_histogram_off", _off(decade) * 100, "percent", 2.6, size))
    return [*found, *_pages(size)]


def _pages(size: int) -> list[Figure]:
    """The whole page as a coordinator opens it: every count, rate and percentile (from histograms) and each table."""
    browser = Browser(someone("r_castellano"))
    spans = {
        "twelve_months": "from=2025-11-23&to=2026-11-22",
        "ten_years": "from=2016-11-22&to=2026-11-22",
        "free_combination": "from=2017-02-11&to=2026-03-04&code=code_03&code=code_11&channel=web&weekday=2&weekday=3",
    }
    said = "the whole report page: all figures, tables and percentiles from histograms"
    found = []
    for name, query in spans.items():
        spent = seconds_of(lambda one=query: browser.get(f"/desk/reports/?{one}"))
        found.append(at_most(f"report_page_{name}", spent, "s", PERCENTILES, size, said=said))
    return found


def _from_facts(selection: Selection) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*), count(*) FILTER (WHERE is_on_time) FROM {_FACTS} "
            "WHERE received_date >= %s AND received_date < %s",
            [selection.from_day, selection.to_day],
        )


def _off(selection: Selection) -> float:
    """How far the histogram's percentile is from the exact one, as a share."""
    exact = measure("requests_closed_hours_p90", selection, now=NOW, method="exact").total.value or 0
    read = measure("requests_closed_hours_p90", selection, now=NOW, method="histogram").total.value or 0
    return abs(read - exact) / exact


def check() -> dict[str, list[date]]:
    """Where sums differ from facts: nowhere, or the measurement means nothing."""
    return find_differences(date(2016, 1, 1), date(2027, 1, 1), "UTC")

"""The SQL of the measures of requests, one text each. A text is a contract: change it and raise its version.

Columns of the answer: `value`, and `numerator` and `denominator` where it is a ratio; every other column stands
beside the figure (what was left out, hold time). `{requests}` are counts by day, opened-like ones on the day of
receipt, closed-like ones on the day of closing; `{closings}`, `{openings}` and `{dues}` are single records, the last on
the day they were due.
"""
# ruff: noqa: S608 - texts put together from words of this file; values are always parameters.

_DAYS = "f.day >= %(from_day)s AND f.day < %(to_day)s {filters}"
# The part that most texts have in common: the counted rows of a selection.
COUNTS = f"FROM {{requests}} f WHERE {_DAYS}"

CLOSED_ROWS = f"FROM {{closings}} f WHERE {_DAYS}"


def _count(column: str, beside: str = "") -> str:
    return f"SELECT coalesce(sum(f.{column}), 0)::bigint AS value{beside} {COUNTS}"


def _share(part: str, whole: str, beside: str = "") -> str:
    return (
        f"SELECT coalesce(sum(f.{part}), 0)::bigint AS numerator, coalesce(sum(f.{whole}), 0)::bigint AS denominator, "
        f"100.0 * sum(f.{part}) / nullif(sum(f.{whole}), 0) AS value{beside} {COUNTS}"
    )


def _hours(share: str) -> str:
    return (
        f"SELECT percentile_cont({share}) WITHIN GROUP (ORDER BY f.elapsed_seconds) / 3600.0 AS value, "
        f"count(*) AS closed {CLOSED_ROWS}"
    )


OPENED = _count("opened", ", coalesce(sum(f.still_open), 0)::bigint AS still_open")
CLOSED = _count("closed")
OPEN = _count("still_open", ", coalesce(sum(f.opened), 0)::bigint AS opened")
OPEN_BY_AGE = f"SELECT count(*) AS value FROM {{openings}} f WHERE {_DAYS}"
# Late as the queue says it: a clock that stands is late only if it was late when it stopped.
OPEN_LATE = (
    "SELECT count(*) AS value FROM {openings} f JOIN service_requests_servicerequest r ON r.id = f.request_id "
    f"WHERE r.due_at < %(now)s AND (r.paused_since IS NULL OR r.due_at < r.paused_since) AND {_DAYS}"
)
MEDIAN_HOURS = _hours("0.5")
P90_HOURS = _hours("0.9")
ON_TIME = _share(
    "on_time",
    "judged",
    ", (sum(f.closed) - sum(f.judged))::bigint AS closed_without_target, "
    "(sum(f.hold_seconds) / 3600.0)::float8 AS hold_hours",
)
# Of those due, whatever became of them: who divides by the closed alone leaves out the latest, which are still open.
DUE_ON_TIME = (
    "SELECT count(*) FILTER (WHERE f.fate = 'met') AS numerator, "
    "count(*) FILTER (WHERE f.fate <> 'waiting') AS denominator, "
    "(100.0 * count(*) FILTER (WHERE f.fate = 'met') / nullif(count(*) FILTER (WHERE f.fate <> 'waiting'), 0))::float8 "
    "AS value, count(*) FILTER (WHERE f.fate = 'late') AS due_closed_late, "
    "count(*) FILTER (WHERE f.fate = 'overdue') AS due_overdue, "
    "count(*) FILTER (WHERE f.fate = 'waiting') AS due_waiting, "
    "coalesce(sum(f.hold_seconds) FILTER (WHERE f.fate <> 'waiting') / 3600.0, 0)::float8 AS hold_hours, "
    "coalesce(sum(f.return_count) FILTER (WHERE f.fate <> 'waiting'), 0)::bigint AS due_returned, "
    "coalesce(sum(f.reopen_count) FILTER (WHERE f.fate <> 'waiting'), 0)::bigint AS due_reopened, "
    "count(*) FILTER (WHERE f.fate <> 'waiting' AND f.close_reason = 'not_ours') AS due_not_ours, "
    "count(*) FILTER (WHERE f.fate <> 'waiting' AND f.close_reason = 'duplicate') AS due_duplicates "
    f"FROM {{dues}} f WHERE {_DAYS}"
)
HOLD_HOURS = (
    "SELECT (sum(f.hold_seconds) / 3600.0)::float8 AS numerator, sum(f.closed)::bigint AS denominator, "
    f"(sum(f.hold_seconds) / 3600.0 / nullif(sum(f.closed), 0))::float8 AS value {COUNTS}"
)
RETURNED = _count("returned")
RETURNED_SHARE = _share("returned", "opened")
REOPENED = _count("reopened")
REOPENED_SHARE = _share("reopened", "opened")
NOT_OURS_SHARE = _share("closed_not_ours", "closed")
DUPLICATES = _count("closed_duplicate")
DUPLICATE_SHARE = _share("closed_duplicate", "closed")
DONE_SHARE = _share("closed_done", "closed")
CONTACTS_PER_REQUEST = (
    "SELECT sum(f.contacts)::bigint AS numerator, sum(f.opened)::bigint AS denominator, "
    f"(1.0 * sum(f.contacts) / nullif(sum(f.opened), 0))::float8 AS value {COUNTS}"
)

_SPOKEN = "FROM interactions_contactfact f WHERE f.received_at >= %(from)s AND f.received_at < %(to)s {filters}"
CONTACTS_ACTIVE_MEAN = (
    "SELECT sum(f.active_seconds) AS numerator, count(f.active_seconds) AS denominator, "
    "avg(f.active_seconds)::float8 AS value, (count(*) - count(f.active_seconds)) AS not_timed "
    f"{_SPOKEN}"
)
CONTACTS_PARKED_MEAN = (
    "SELECT sum(f.parked_seconds) AS numerator, count(f.parked_seconds) AS denominator, "
    f"avg(f.parked_seconds)::float8 AS value {_SPOKEN}"
)

# Percentiles may be read from histograms instead: which share each is.
SHARES = {"requests_closed_hours_median": 0.5, "requests_closed_hours_p90": 0.9}
HISTOGRAM = f"SELECT sum(f.closed)::bigint AS closed FROM {{durations}} f WHERE {_DAYS}"
# What lies below two seconds and, in its order, what lies between them (both included).
NEAR_PERCENTILE = (
    "SELECT count(*) AS closed, count(*) FILTER (WHERE f.elapsed_seconds < %(low)s) AS below, "
    "array_agg(f.elapsed_seconds ORDER BY f.elapsed_seconds) "
    "FILTER (WHERE f.elapsed_seconds BETWEEN %(low)s AND %(high)s) AS near "
    f"FROM {{closings}} f WHERE {_DAYS}"
)

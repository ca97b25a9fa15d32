"""How fresh the facts are, and whether their daily sums agree with them."""

from datetime import date, datetime, timedelta

from django.db import connection
from django.utils.translation import gettext_noop

from citydesk.kernel.health import BAD, OK, WARN, State
from citydesk.management.statistics.models import FactRefresh
from citydesk.management.statistics.rules import sources

_COLUMNS = "opened, still_open, contacts, closed, closed_done, closed_not_ours, closed_duplicate, closed_other, judged"
_MORE = "on_time, returned, reopened, elapsed_seconds, hold_seconds"
_NAMES = [name.strip() for name in f"{_COLUMNS}, {_MORE}".split(",")]
_SUMS = ", ".join(f"sum({name}) AS {name}" for name in _NAMES)
_DIFFERENCES = f"""
SELECT coalesce(facts.day, sums.day) AS day
FROM (SELECT {{start}} AS day, {_SUMS} FROM {sources.SINGLE_FACTS} one GROUP BY 1) facts
FULL JOIN (
    SELECT day, {_SUMS} FROM {{table}} WHERE day >= %(from_day)s AND day < %(to_day)s GROUP BY 1
) sums ON sums.day = facts.day
WHERE {" OR ".join(f"coalesce(facts.{name}, 0) <> coalesce(sums.{name}, 0)" for name in _NAMES)}
ORDER BY 1
"""  # noqa: S608 - names from this file
_HISTOGRAM = f"""
SELECT coalesce(facts.day, sums.day) AS day
FROM (SELECT {{start}} AS day, count(*) AS closed FROM {sources.CLOSINGS} one
      WHERE day >= %(from_day)s AND day < %(to_day)s GROUP BY 1) facts
FULL JOIN (
    SELECT day, sum(closed) AS closed FROM {{table}} WHERE day >= %(from_day)s AND day < %(to_day)s GROUP BY 1
) sums ON sums.day = facts.day
WHERE coalesce(facts.closed, 0) <> coalesce(sums.closed, 0) ORDER BY 1
"""  # noqa: S608 - names from this file
_MONTH = "date_trunc('month', day)::date"
_CHECKS = (
    (_DIFFERENCES, sources.DAYS, "day"),
    (_DIFFERENCES, sources.MONTHS, _MONTH),
    (_HISTOGRAM, sources.DURATIONS, "day"),
    (_HISTOGRAM, sources.DURATION_MONTHS, _MONTH),
)
# A minute's work may be late; ten minutes mean that nobody counts any more.
LATE, STOPPED = timedelta(minutes=3), timedelta(minutes=10)


def as_of(fact: str) -> datetime | None:
    """The moment up to which a fact table is counted; None before its first refresh."""
    return FactRefresh.objects.filter(code=fact).values_list("as_of", flat=True).first()


def find_differences(first: date, to_day: date, zone: str) -> dict[str, list[date]]:
    """Days (first days of months) on which sums differ from single records, by table. Empty when all agree.

    `first` and `to_day` (not included) are firsts of months.
    """
    found = {}
    with connection.cursor() as cursor:
        for text, table, start in _CHECKS:
            statement = text.format(table=table, start=start)
            cursor.execute(statement, {"from_day": first, "to_day": to_day, "zone": zone})
            days = [row[0] for row in cursor.fetchall()]
            if days:
                found[table] = days
    return found


def check_facts(now: datetime) -> State:
    """Health: facts are brought up to date every minute, and their sums agree with them."""
    rows = list(FactRefresh.objects.all())
    differing = [row for row in rows if row.difference]
    if differing:
        return State(BAD, f"sums differ from facts: {differing[0].difference}", {"tables": len(differing)})
    age = max((now - row.as_of for row in rows), default=timedelta(0))
    seconds = {"oldest_seconds": age.total_seconds()}
    if age > LATE:
        return State(BAD if age > STOPPED else WARN, gettext_noop("facts are not brought up to date"), seconds)
    return State(OK, "", seconds)

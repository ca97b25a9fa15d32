"""Facts: brought up to date every minute by the rooms that own them, compared with their sums every night."""

import time
from datetime import date, datetime, timedelta

import structlog
from django.db import connection, transaction

from citydesk.city.profile import queries as profile
from citydesk.kernel.registries import load_dotted, registries
from citydesk.management.statistics.choices import FACTS_REQUESTS
from citydesk.management.statistics.models import FactRefresh
from citydesk.management.statistics.queries.freshness import find_differences
from citydesk.management.statistics.rules.selection import month_start, next_month

# The lock service_requests takes while it moves its sums.
REFRESH_LOCK = 7_311_001

log = structlog.get_logger("statistics")


def refresh_facts(*, now: datetime) -> dict[str, int]:
    """Ask every room to bring its facts up to date; returns how many records each counted anew.

    `now` is the moment up to which they are then counted: taken before the work begins. The rooms have schedules of
    their own; whoever comes second finds nothing to do, so this also says how fresh the figures are.
    """
    counted = {}
    for table in registries.fact_tables.values():
        if not table.refresh:
            continue
        began = time.perf_counter()
        counted[table.code] = load_dotted(table.refresh)(now=now)
        took = round((time.perf_counter() - began) * 1000)
        FactRefresh.objects.update_or_create(
            code=table.code, defaults={"as_of": now, "counted": counted[table.code], "took_ms": took}
        )
    return counted


def compare_facts(*, now: datetime, first: date | None = None) -> dict[str, list[date]]:
    """Compare sums and histograms with single records, month by month from `first` (default: the last 13 months).

    What differs is kept with the fact table and turns its health check bad until a later comparison finds nothing.
    The refresh waits meanwhile (its advisory lock is held), so a half-moved sum is no difference.
    """
    today = profile.city_today(now)
    start = month_start(first or today - timedelta(days=395))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [REFRESH_LOCK])
        found = find_differences(start, next_month(today), str(profile.local_zone()))
        words = "; ".join(f"{table}: {', '.join(map(str, days[:5]))}" for table, days in found.items())[:300]
        FactRefresh.objects.update_or_create(
            code=FACTS_REQUESTS,
            defaults={"compared_at": now, "difference": words},
            create_defaults={"as_of": now, "compared_at": now, "difference": words},
        )
    if found:
        log.error("statistics.facts_differ", tables=sorted(found), days=sum(map(len, found.values())))
    return found

"""The nightly look: which records' retention has ended since the last look."""

from datetime import date, datetime, timedelta

from django.db import transaction

from citydesk.city.profile import queries as profile
from citydesk.kernel.destruction import Due
from citydesk.kernel.registries import load_dotted
from citydesk.management.records.models import RetentionCandidate, SeriesProgress
from citydesk.management.records.queries.due import cutoff
from citydesk.management.records.queries.schedule import Series, series_in_force

_PAGE = 500
# Once a week a look begins at the oldest record: some become free long after their trigger (a customer, when the last
# request that names them has gone).
_ANEW = timedelta(days=7)


def find_candidates(*, now: datetime, at_most: int = 200_000) -> dict[str, int]:
    """Add what has become due under each series, from where the last look ended. Returns how many by kind.

    Each page is a transaction of its own: a killed look goes on where it was. Candidates that are due no more (a
    request was reopened, the schedule became longer) leave the list.
    """
    today = profile.city_today(now)
    found = {}
    for series in series_in_force(today):
        _drop_stale(series, today)
        if series.is_destroyed and series.declared.due:
            with transaction.atomic():
                _begin(series, today, now)
            found[series.kind] = _look(series, today, now, at_most)
    return found


def due_of(series: Series, *, today: date, ids: list[int]) -> dict[int, Due]:
    """Those of some records that are due under a series today."""
    day = series.last_trigger_day(today)
    if day is None or not series.declared.due:
        return {}
    rows = load_dotted(series.declared.due)(before=cutoff(day), after=None, limit=len(ids), ids=ids)
    return {one.id: one for one in rows}


def _look(series: Series, today: date, now: datetime, at_most: int) -> int:
    day = series.last_trigger_day(today)
    count = 0
    while day is not None and count < at_most:
        with transaction.atomic():
            state = SeriesProgress.objects.select_for_update().get(kind=series.kind)
            after = (state.upto_at, state.upto_id) if state.upto_at else None
            rows = load_dotted(series.declared.due)(before=cutoff(day), after=after, limit=_PAGE)
            _add(series, rows, now)
            if rows:
                state.upto_at, state.upto_id = rows[-1].at, rows[-1].id
            state.looked_at = now
            state.save(update_fields=["upto_at", "upto_id", "looked_at"])
        count += len(rows)
        if len(rows) < _PAGE:
            break
    return count


def _add(series: Series, rows: list[Due], now: datetime) -> None:
    zone = profile.local_zone()
    RetentionCandidate.objects.bulk_create(
        [
            RetentionCandidate(
                kind=series.kind,
                object_id=one.id,
                label=one.label[:80],
                happened_at=one.at,
                happened_on=one.at.astimezone(zone).date(),
                eligible_on=series.eligible_on(one.at.astimezone(zone).date()),
                found_at=now,
            )
            for one in rows
        ],
        update_conflicts=True,
        unique_fields=["kind", "object_id"],
        update_fields=["label", "happened_at", "happened_on", "eligible_on"],
    )


def _begin(series: Series, today: date, now: datetime) -> None:
    """Begin at the oldest record when the period changed or a week has passed."""
    state, _is_new = SeriesProgress.objects.get_or_create(kind=series.kind, defaults={"looked_at": now})
    facts = series.facts()
    if state.period != facts or state.anew_on is None or today - state.anew_on >= _ANEW:
        state.period, state.anew_on, state.upto_at, state.upto_id = facts, today, None, 0
        state.save(update_fields=["period", "anew_on", "upto_at", "upto_id"])


def _drop_stale(series: Series, today: date) -> None:
    """Candidates that are due no more leave: reopened, named again, or under a period that became longer."""
    last = 0
    while True:
        page = list(
            RetentionCandidate.objects.filter(kind=series.kind, id__gt=last)
            .order_by("id")
            .values_list("id", "object_id")[:_PAGE]
        )
        if not page:
            return
        last = page[-1][0]
        still = due_of(series, today=today, ids=[one for _pk, one in page]) if series.is_destroyed else {}
        gone = [pk for pk, one in page if one not in still]
        if gone:
            RetentionCandidate.objects.filter(id__in=gone).delete()

"""The rest of a day after some of it was seen: half of the difference is believed, after eight slots."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from hashlib import sha256

from django.db import transaction

from citydesk.city.profile import queries as profile
from citydesk.contact.traffic import queries as traffic
from citydesk.contact.traffic.rules.intervals import day_bounds
from citydesk.kernel.actors import Actor
from citydesk.management.workforce.choices import RunKind
from citydesk.management.workforce.models import ForecastPoint, ForecastRun
from citydesk.management.workforce.rules.forecast.intraday import correction
from citydesk.management.workforce.services.forecasting import RULES_VERSION
from citydesk.management.workforce.services.overrides import apply_overrides, hold_queue
from citydesk.management.workforce.services.requiring import require_for_queue

# What a switch tells of a slot may come a little after its end.
SETTLED = timedelta(minutes=5)


def correct_today(*, queue_code: str, actor: Actor, now: datetime) -> int | None:
    """Correct what is foretold of today's slots to come by what the slots that are over brought; returns the run's id.

    None before enough slots are over, or where nothing new was seen. The night's values are corrected each time, never
    corrected ones; where a source tells nothing of today there is nothing to learn from. Raises `NotFound`.
    """
    queue = traffic.get_queue(queue_code)
    today = profile.city_today(now)
    bounds = day_bounds(today, profile.local_zone())
    with transaction.atomic():
        hold_queue(queue.id)
        night = ForecastRun.objects.filter(queue_id=queue.id, kind=RunKind.NIGHTLY, first__lte=today, last__gte=today)
        base = night.order_by("-cutoff", "-id").first()
        if base is None:
            return None
        foretold = list(ForecastPoint.objects.filter(run=base, day=today, is_closed=False).order_by("starts_at"))
        over = [one for one in foretold if one.starts_at + timedelta(minutes=one.minutes) + SETTLED <= now]
        rest = [one for one in foretold if one.starts_at > now]
        if not over or not rest:
            return None
        cutoff = over[-1].starts_at + timedelta(minutes=over[-1].minutes)
        seen = _seen(queue.id, bounds.since, cutoff)
        if not seen:
            return None
        factor = correction([seen.get(one.starts_at, 0.0) for one in over], [float(one.model) for one in over])
        if factor == 1.0:
            return None
        return _keep(base, rest, round(Decimal(str(factor)), 5), cutoff, len(over), today, actor, now)


def _seen(queue_id: int, since: datetime, until: datetime) -> dict[datetime, float]:
    volumes = traffic.list_volumes(queue_ids=[queue_id], since=since, until=until)[queue_id]
    return {one.starts_at: float(one.offered) for one in volumes}


def _keep(
    base: ForecastRun,
    rest: list[ForecastPoint],
    factor: Decimal,
    cutoff: datetime,
    seen: int,
    today: date,
    actor: Actor,
    now: datetime,
) -> int | None:
    digest = sha256(repr((RULES_VERSION, base.pk, factor)).encode()).hexdigest()
    if ForecastRun.objects.filter(queue_id=base.queue_id, kind=RunKind.INTRADAY, cutoff=cutoff, digest=digest).exists():
        return None
    run = ForecastRun.objects.create(
        queue_id=base.queue_id,
        kind=RunKind.INTRADAY,
        method=base.method,
        cutoff=cutoff,
        first=today,
        last=today,
        history_first=base.history_first,
        history_days=base.history_days,
        rules_version=RULES_VERSION,
        digest=digest,
        base=base,
        correction=factor,
        seen_slots=seen,
        made_at=now,
        made_by_id=actor.staff_id,
    )
    starts = [one.starts_at for one in rest]
    ForecastPoint.objects.filter(queue_id=base.queue_id, starts_at__in=starts, is_current=True).update(is_current=False)
    for one in rest:
        one.pk, one.run, one.is_current, one.override_id = None, run, True, None
        one._state.adding = True
        one.model, one.low, one.high = (round(value * factor, 3) for value in (one.model, one.low, one.high))
        one.value = one.model
    ForecastPoint.objects.bulk_create(rest)
    apply_overrides(base.queue_id, today, today)
    require_for_queue(base.queue_id, [today], now)
    return run.pk

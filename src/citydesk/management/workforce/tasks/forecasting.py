"""Forecasts every night and through the day, and the staff they need."""

from citydesk.city.profile import queries as profile
from citydesk.contact.traffic import queries as traffic
from citydesk.kernel.actors import SYSTEM
from citydesk.kernel.clock import utc_now
from citydesk.kernel.errors import Invalid
from citydesk.kernel.jobs import job, periodic
from citydesk.kernel.outbox import defer
from citydesk.management.workforce import services
from citydesk.management.workforce.choices import Model
from citydesk.management.workforce.engines.holt_winters import holt_winters
from citydesk.management.workforce.queries.groups import all_groups, group_of_queue, taken_queues
from citydesk.management.workforce.rules.forecast.planned import days_ahead

METHODS = {Model.HOLT_WINTERS: holt_winters}


@periodic("workforce.foretell_nightly", "20 7 * * *")
def foretell_nightly() -> dict[str, int]:
    """Foretell each queue anew, one job a queue; thin out what was replaced long ago."""
    codes = taken_queues()
    for code in codes:
        defer("workforce.foretell_queue", queue="sweeps", lock=f"foretell:{code}", queue_code=code)
    return {"queues": len(codes), "thinned": services.thin_points(now=utc_now())}


@job("workforce.foretell_queue", queue="sweeps")
def foretell_queue(*, queue_code: str) -> dict[str, str]:
    """Try the queue's forecast on its past, foretell four weeks by the method that won, reckon the staff they need.

    A queue with too short a past keeps the default; one without any is left alone until something came.
    """
    now = utc_now()
    said = {"queue": queue_code}
    try:
        services.backtest_queue(queue_code=queue_code, actor=SYSTEM, now=now, methods=METHODS)
    except Invalid as short:
        said["backtest"] = str(short.message)
    try:
        services.forecast_queue(queue_code=queue_code, actor=SYSTEM, now=now, methods=METHODS)
    except Invalid as nothing:
        return {**said, "forecast": str(nothing.message)}
    group = group_of_queue(traffic.get_queue(queue_code).id)
    if group is not None:
        days = days_ahead(profile.city_today(now))
        services.compute_requirement(group_code=group.code, first=days[0], last=days[-1], now=now)
    return said


@periodic("workforce.measure_shrinkage", "50 8 * * 1")
def measure_shrinkage() -> dict[str, int]:
    """Measure each group's shrinkage over the last eight weeks and the months they end in, once a week is over."""
    groups = all_groups()
    for one in groups:
        services.measure_shrinkage(group_code=one.code, now=utc_now())
        services.measure_months(group_code=one.code, now=utc_now())
    return {"groups": len(groups)}


@periodic("workforce.correct_today", "6,36 * * * *")
def correct_today() -> dict[str, int]:
    """Correct the rest of today by what has come so far."""
    now = utc_now()
    made = [services.correct_today(queue_code=code, actor=SYSTEM, now=now) for code in taken_queues()]
    return {"corrected": sum(one is not None for one in made)}

"""The forecast of a queue: four weeks from a day on, by the method its last backtest chose."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from hashlib import sha256

from django.db import transaction
from django.utils.translation import gettext as _

from citydesk.city.profile import queries as profile
from citydesk.contact.traffic import queries as traffic
from citydesk.contact.traffic.rules.intervals import day_bounds, day_slots
from citydesk.kernel.actors import Actor
from citydesk.kernel.errors import Invalid
from citydesk.management.workforce.choices import Model, RunKind
from citydesk.management.workforce.models import ForecastPoint, ForecastRun
from citydesk.management.workforce.queries.backtests import method_in_use
from citydesk.management.workforce.queries.past import Past, past_of
from citydesk.management.workforce.rules.forecast.adjusting import Factor
from citydesk.management.workforce.rules.forecast.backtest import Method
from citydesk.management.workforce.rules.forecast.days import usual_slots
from citydesk.management.workforce.rules.forecast.planned import Planned, days_ahead, planned
from citydesk.management.workforce.services.overrides import apply_overrides, hold_queue

# Raised when the rules change what they foretell, so that a run says by which it was made.
RULES_VERSION = 1
BATCH = 1000


def forecast_queue(
    *,
    queue_code: str,
    actor: Actor,
    now: datetime,
    cutoff: date | None = None,
    methods: Mapping[Model, Method] | None = None,
) -> int:
    """Foretell four weeks of a queue from the start of a day (today) on; returns the run's id.

    The same past, calendar and method make no second run. `methods` are what only a worker can reckon with; a method in
    use that is not among them gives way to the default. Raises `NotFound`, `Invalid` where nothing came before.
    """
    queue = traffic.get_queue(queue_code)
    first = cutoff or profile.city_today(now)
    days = days_ahead(first)
    past = past_of(queue, first, days[-1])
    known = past.history.dates
    if not known:
        raise Invalid(_("Nothing came into this queue before that day."), field="cutoff")
    method = _usable(method_in_use(queue.id), methods)
    digest = _digest(past, method, days)
    moment = day_bounds(first, profile.local_zone()).since
    with transaction.atomic():
        hold_queue(queue.id)
        same = ForecastRun.objects.filter(queue_id=queue.id, kind=RunKind.NIGHTLY, cutoff=moment, digest=digest)
        run = same.first()
        if run is None:
            run = ForecastRun.objects.create(
                queue_id=queue.id,
                kind=RunKind.NIGHTLY,
                method=method,
                cutoff=moment,
                first=days[0],
                last=days[-1],
                history_first=known[0],
                history_days=len(known),
                rules_version=RULES_VERSION,
                digest=digest,
                made_at=now,
                made_by_id=actor.staff_id,
            )
            said = planned(past.history, past.handled, past.calendar, first, method, methods)
            _speak(run, first, _rows(run, past, said, days))
        elif _is_latest(run) and not ForecastPoint.objects.filter(run=run, is_current=True).exists():
            _put_aside(queue.id, first, None)
            ForecastPoint.objects.filter(run=run).update(is_current=True)
        apply_overrides(queue.id, days[0], days[-1])
    return run.pk


def _speak(run: ForecastRun, first: date, rows: Sequence[ForecastPoint]) -> None:
    """The rows of a run are in force, but for days of which one that knew more has spoken."""
    until = _known_later(run.queue_id, run.cutoff)
    _put_aside(run.queue_id, first, until)
    for row in rows:
        row.is_current = until is None or row.day < until
    ForecastPoint.objects.bulk_create(rows, batch_size=BATCH)


def _usable(method: Model, methods: Mapping[Model, Method] | None) -> Model:
    return method if method in (Model.DEFAULT, Model.LAST_WEEK) or method in (methods or {}) else Model.DEFAULT


def _known_later(queue_id: int, cutoff: datetime) -> date | None:
    """The first day of which a run that knew more has spoken: its points stay in force."""
    later = ForecastPoint.objects.filter(queue_id=queue_id, is_current=True, run__cutoff__gt=cutoff)
    return later.order_by("day").values_list("day", flat=True).first()


def _is_latest(run: ForecastRun) -> bool:
    return _known_later(run.queue_id, run.cutoff) is None


def _put_aside(queue_id: int, first: date, until: date | None) -> None:
    """What earlier runs said of the days from `first` to before `until` is kept, and in force no more."""
    points = ForecastPoint.objects.filter(queue_id=queue_id, day__gte=first, is_current=True)
    (points if until is None else points.filter(day__lt=until)).update(is_current=False)


def _digest(past: Past, method: Model, days: Sequence[date]) -> str:
    """Tells inputs apart: method, past, calendar, rules."""
    flags = {day: flags for day, flags in past.calendar.flags.items() if day <= days[-1]}
    hours = [sorted(past.calendar.dated.get(day, ())) for day in days]
    parts = (RULES_VERSION, method.value, past.history.days, past.handled, sorted(flags.items()), hours)
    return sha256(repr(parts).encode()).hexdigest()


def _rows(run: ForecastRun, past: Past, said: Sequence[Planned], days: Iterable[date]) -> list[ForecastPoint]:
    """A row for each slot that is open, or would be on a usual day of that weekday; closed means zero."""
    minutes, zone = past.queue.slot_minutes, profile.local_zone()
    by_slot = {(one.point.day, one.point.slot): one for one in said}
    found = []
    for day in days:
        open_now = past.calendar.dated[day]
        shown = open_now | usual_slots(past.business, day, minutes)
        for slot in day_slots(day, minutes, zone):
            here = slot.since.astimezone(zone)
            place = (here.hour * 60 + here.minute) // minutes
            if place in shown:
                row = _row(by_slot.get((day, place)), place in open_now)
                row.run, row.queue_id, row.day, row.slot = run, run.queue_id, day, place
                row.starts_at, row.minutes = slot.since, minutes
                found.append(row)
    return found


def _row(one: Planned | None, is_open: bool) -> ForecastPoint:
    """Without a past for the slot the value is nothing, and marked as no more than a guess."""
    row = ForecastPoint(model=0, value=0, low=0, high=0, is_sure=not is_open, is_closed=not is_open)
    if one is None or not is_open:
        return row
    point = one.point
    row.model = row.value = round(point.model, 3)
    row.low, row.high = round(point.low, 3), round(point.high, 3)
    row.basis_days, row.basis_values = [day for day, _seen in point.basis], [seen for _day, seen in point.basis]
    row.factors, row.level, row.is_sure = (
        [_factor(each) for each in point.factors],
        round(point.level, 5),
        point.is_sure,
    )
    if one.handle is not None:
        row.handle_s, row.handled = round(one.handle.seconds, 2), round(one.handle.contacts)
        row.is_handle_sure = one.handle.is_sure
    return row


def _factor(one: Factor) -> dict[str, object]:
    return {"kind": one.kind.value, "value": round(one.value, 4), "cases": one.cases, "author": one.author}


def thin_points(*, now: datetime, days: int = 60) -> int:
    """Delete points that were replaced and lie so many days back; returns how many. Runs themselves stay."""
    before = profile.city_today(now) - timedelta(days=days)
    gone, _kinds = ForecastPoint.objects.filter(is_current=False, day__lt=before).delete()
    return gone

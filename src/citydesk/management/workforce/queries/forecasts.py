"""A queue's forecast: a week of slots, one slot with what it rests on, overrides in force and ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from citydesk.city.profile import queries as profile
from citydesk.city.staff import queries as staff
from citydesk.contact.traffic import queries as traffic
from citydesk.contact.traffic.queries import QueueLine
from citydesk.contact.traffic.rules.intervals import day_bounds
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import NotFound
from citydesk.management.workforce.choices import VIEW
from citydesk.management.workforce.models import ForecastOverride, ForecastPoint, ForecastRun
from citydesk.management.workforce.queries.groups import taken_queues
from citydesk.management.workforce.rules.forecast.overriding import scaled

DAYS = 7


@dataclass(frozen=True, slots=True)
class PointRow:
    """A slot: the value in force, the model's, the range around the value in force, and what came once it is over."""

    id: int
    day: date
    slot: int
    starts_at: datetime
    minutes: int
    value: Decimal
    model: Decimal
    low: float
    high: float
    factors: Sequence[dict[str, Any]]
    is_sure: bool
    is_closed: bool
    is_overridden: bool
    came: int | None


@dataclass(frozen=True, slots=True)
class Word:
    """An override with who made it, and what became of it."""

    id: int
    starts_at: datetime
    ends_at: datetime
    kind: str
    amount: Decimal
    reason: str
    who: str
    made_at: datetime
    is_current: bool
    ended_at: datetime | None
    is_replaced: bool


@dataclass(frozen=True)
class ForecastWeek:
    """A week of a queue. `run` made its latest points; None: nothing was foretold of it."""

    queue: QueueLine
    monday: date
    points: tuple[PointRow, ...]
    words: tuple[Word, ...]
    run: ForecastRun | None
    today: date

    def day(self, on: date) -> list[PointRow]:
        """The slots of one of its days."""
        return [one for one in self.points if one.day == on]


@dataclass(frozen=True)
class PointPage:
    """One slot with everything it rests on."""

    queue: QueueLine
    point: ForecastPoint
    run: ForecastRun
    base: ForecastRun | None
    basis: tuple[tuple[date, datetime, float], ...]
    low: float
    high: float
    word: Word | None


def foretold_queues(access: Access) -> list[QueueLine]:
    """The queues that groups take. Raises `NotAllowed`."""
    access.require(VIEW)
    known = {one.code: one for one in traffic.list_queues()}
    return [known[code] for code in taken_queues() if code in known]


def forecast_week(access: Access, queue: QueueLine, monday: date, now: datetime) -> ForecastWeek:
    """A week of a queue from its Monday. A constant number of statements. Raises `NotAllowed`."""
    access.require(VIEW)
    last = monday + timedelta(days=DAYS - 1)
    zone = profile.local_zone()
    since, until = day_bounds(monday, zone).since, day_bounds(last, zone).until
    rows = list(
        ForecastPoint.objects.filter(queue_id=queue.id, is_current=True, day__gte=monday, day__lte=last)
        .order_by("starts_at")
        .defer("basis_days", "basis_values")
    )
    volumes = traffic.list_volumes(queue_ids=[queue.id], since=since, until=min(until, now))[queue.id]
    came = {one.starts_at: one.offered for one in volumes}
    points = tuple(_point(one, came, now) for one in rows)
    run = ForecastRun.objects.select_related("base").filter(pk=max((one.run_id for one in rows), default=0)).first()
    return ForecastWeek(queue, monday, points, _words(queue.id, since, until), run, profile.city_today(now))


def _point(one: ForecastPoint, came: dict[datetime, int], now: datetime) -> PointRow:
    low, high = scaled(float(one.model), float(one.value), float(one.low), float(one.high))
    is_over = one.starts_at + timedelta(minutes=one.minutes) <= now
    return PointRow(
        id=one.pk,
        day=one.day,
        slot=one.slot,
        starts_at=one.starts_at,
        minutes=one.minutes,
        value=one.value,
        model=one.model,
        low=low,
        high=high,
        factors=one.factors,
        is_sure=one.is_sure,
        is_closed=one.is_closed,
        is_overridden=one.override_id is not None,
        came=came.get(one.starts_at, 0 if came else None) if is_over else None,
    )


def _words(queue_id: int, since: datetime, until: datetime) -> tuple[Word, ...]:
    rows = list(
        ForecastOverride.objects.filter(queue_id=queue_id, starts_at__lt=until, ends_at__gt=since).order_by("-id")
    )
    names = staff.names_of(one.made_by_id for one in rows) if rows else {}
    return tuple(_word(one, names) for one in rows)


def _word(one: ForecastOverride, names: dict[int, str]) -> Word:
    return Word(
        id=one.pk,
        starts_at=one.starts_at,
        ends_at=one.ends_at,
        kind=one.kind,
        amount=one.amount,
        reason=one.reason,
        who=names.get(one.made_by_id, ""),
        made_at=one.made_at,
        is_current=one.is_current,
        ended_at=one.ended_at,
        is_replaced=one.replaced_by_id is not None,
    )


def get_point(access: Access, point_id: int) -> PointPage:
    """One slot with the past slots it rests on. Raises `NotAllowed`, `NotFound`."""
    access.require(VIEW)
    point = ForecastPoint.objects.select_related("run__base", "override").filter(pk=point_id).first()
    if point is None:
        raise NotFound(_("There is no such forecast."))
    queue = next(one for one in traffic.list_queues(only_active=False) if one.id == point.queue_id)
    zone = profile.local_zone()
    minutes = point.slot * point.minutes
    basis = tuple(
        (day, datetime(day.year, day.month, day.day, minutes // 60, minutes % 60, tzinfo=zone), seen)
        for day, seen in zip(point.basis_days, point.basis_values, strict=True)
    )
    low, high = scaled(float(point.model), float(point.value), float(point.low), float(point.high))
    word = point.override
    names = staff.names_of([word.made_by_id]) if word else {}
    shown = _word(word, names) if word else None
    return PointPage(queue, point, point.run, point.run.base, basis, low, high, shown)

"""What a group's staffing is reckoned from: its settings, its queues' promises, and the points in force."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from citydesk.city.profile import queries as profile
from citydesk.contact.traffic import queries as traffic
from citydesk.contact.traffic.choices import Formula
from citydesk.contact.traffic.queries import QueueLine
from citydesk.contact.traffic.rules.intervals import day_bounds
from citydesk.management.workforce.choices import Work
from citydesk.management.workforce.models import ForecastPoint
from citydesk.management.workforce.queries.groups import queues_of, settings_on
from citydesk.management.workforce.queries.past import PATIENCE_DAYS
from citydesk.management.workforce.rules.groups import QueueWork, Settings
from citydesk.management.workforce.rules.patience import Patience, patience_of
from citydesk.management.workforce.rules.requirement import Goal
from citydesk.management.workforce.rules.staffing import Demand, Promise, SlotDemand

# A promise of all or nobody has no finite answer.
_ALMOST = 0.001
_COLUMNS = (
    "starts_at", "day", "slot", "minutes", "queue_id", "value", "model", "high", "handle_s", "override_id", "is_sure",
)  # fmt: skip


@dataclass(frozen=True)
class Plan:
    """A group's settings and promises; `queue_ids` by code."""

    settings: Settings
    promises: tuple[Promise, ...]
    queue_ids: Mapping[str, int]


@dataclass(frozen=True)
class PlannedSlot:
    """A slot of a day with what is foretold of all the group's queues."""

    day: date
    starts_at: datetime
    minutes: int
    demand: SlotDemand
    is_overridden: bool
    is_sure: bool


def plan_of(group_id: int, code: str, on: date, today: date) -> Plan:
    """What a group plans with on a day, its callers' patience as known when `today` began."""
    settings = settings_on(code, on)
    lines = {one.code: one for one in traffic.list_queues(only_active=False)}
    taken = {one.code: one.queue_id for one in queues_of(group_id)}
    works = [one for one in settings.queues if one.queue in taken]
    known = _patience([lines[one.queue].id for one in works if one.work is not Work.CAN_WAIT], today)
    promises = tuple(_promise(one, lines[one.queue], known, settings.most_busy) for one in works)
    return Plan(settings, promises, taken)


def _patience(queue_ids: Sequence[int], today: date) -> dict[int, Patience]:
    zone = profile.local_zone()
    since = day_bounds(today - timedelta(days=PATIENCE_DAYS), zone).since
    until = day_bounds(today, zone).since
    volumes = traffic.list_volumes(queue_ids=queue_ids, since=since, until=until)
    return {
        key: patience_of(float(sum(one.wait_s for one in rows)), sum(one.abandoned for one in rows))
        for key, rows in volumes.items()
    }


def _promise(work: QueueWork, line: QueueLine, known: Mapping[int, Patience], most_busy: float | None) -> Promise:
    target = min(max(float(line.target), _ALMOST), 1.0 - _ALMOST)
    goal = Goal(target, float(line.threshold_s), Formula(line.formula), float(line.short_abandon_s), most_busy)
    seen = known.get(line.id)
    if seen is not None and not seen.is_usual:
        return Promise(work, goal, seen.seconds, is_usual_patience=False)
    return Promise(work, goal, work.patience_s, is_usual_patience=True)


def planned_slots(plan: Plan, first: date, last: date) -> list[PlannedSlot]:
    """The slots of these days (both in) that have a forecast, in order. One statement."""
    codes = {key: code for code, key in plan.queue_ids.items()}
    rows = ForecastPoint.objects.filter(queue_id__in=list(codes), is_current=True, day__gte=first, day__lte=last)
    found: dict[datetime, PlannedSlot] = {}
    for starts_at, day, slot, minutes, queue_id, value, model, high, handle, word, is_sure in rows.order_by(
        "starts_at", "queue_id"
    ).values_list(*_COLUMNS):
        demand = Demand(float(value), _high(value, model, high), float(handle) if handle else None)
        known = found.get(starts_at)
        if known is None:
            away = plan.settings.shrinkage_at(day.weekday(), slot * minutes).whole
            known = PlannedSlot(day, starts_at, minutes, SlotDemand({}, away), is_overridden=False, is_sure=True)
        known.demand.demands[codes[queue_id]] = demand
        found[starts_at] = PlannedSlot(
            day, starts_at, minutes, known.demand, known.is_overridden or word is not None, known.is_sure and is_sure
        )
    return list(found.values())


def _high(value: Decimal, model: Decimal, high: Decimal) -> float:
    """The high end around the value in force: it moves with a person's word."""
    return float(high) * float(value) / float(model) if model else float(value)

"""What a group's staffing is reckoned from: its settings, its queues' promises, and the points in force."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from citydesk.city.profile import queries as profile
from citydesk.contact.traffic import queries as traffic
from citydesk.contact.traffic.choices import Formula
from citydesk.contact.traffic.queries import QueueLine
from citydesk.contact.traffic.rules.intervals import day_bounds, day_slots
from citydesk.management.workforce.choices import SECTION, Work
from citydesk.management.workforce.models import ForecastPoint
from citydesk.management.workforce.queries.groups import queues_of, settings_on
from citydesk.management.workforce.queries.past import PATIENCE_DAYS
from citydesk.management.workforce.rules.forecast.days import open_slots
from citydesk.management.workforce.rules.groups import QueueWork, Settings
from citydesk.management.workforce.rules.opening import opening_at
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
    """A group's settings and promises; `queue_ids` by code. `calendars`: the group's under an empty name, and those of
    the queues that it opens for with so many people."""

    settings: Settings
    promises: tuple[Promise, ...]
    queue_ids: Mapping[str, int]
    calendars: Mapping[str, str]


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
    """What a group plans with on a day, its callers' patience as known when `today` began. Raises `UnknownEntry`."""
    settings = settings_on(code, on)
    lines = {one.code: one for one in traffic.list_queues(only_active=False)}
    taken = {one.code: one.queue_id for one in queues_of(group_id)}
    works = [one for one in settings.queues if one.queue in taken]
    known = _patience([lines[one.queue].id for one in works if one.work is not Work.CAN_WAIT], today)
    promises = tuple(_promise(one, lines[one.queue], known, settings.most_busy) for one in works)
    calendars = {"": profile.entry(SECTION, code, on)["calendar"]}
    for opening in settings.openings:
        if opening.queue:
            calendars[opening.queue] = profile.entry("queues", opening.queue, on)["calendar"]
    return Plan(settings, promises, taken, calendars)


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
    """The slots of these days (both in) that have a forecast, in order, and with them the slots of those days in which
    the desk is open with somebody though nothing is foretold of them. One statement."""
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
    return _opened(plan, found) if plan.settings.openings else list(found.values())


def _opened(plan: Plan, found: Mapping[datetime, PlannedSlot]) -> list[PlannedSlot]:
    """The slots with the least people each opens with."""
    slots, zone, calendars = dict(found), profile.local_zone(), plan.calendars
    for day, minutes in {one.day: one.minutes for one in found.values()}.items():
        is_open = {
            one: open_slots(profile.calendar(code, day).local_windows_on(day), minutes)
            for one, code in calendars.items()
        }
        for starts_at in (one.since for one in day_slots(day, minutes, zone)):
            here = starts_at.astimezone(zone)
            minute = here.hour * 60 + here.minute
            holding = [one for one in plan.settings.openings if minute // minutes in is_open[one.queue]]
            opening = opening_at(holding, day.weekday(), minute, minutes)
            if opening is None:
                continue
            away = plan.settings.shrinkage_at(day.weekday(), minute).whole
            known = slots.get(starts_at) or PlannedSlot(
                day, starts_at, minutes, SlotDemand({}, away), is_overridden=False, is_sure=True
            )
            slots[starts_at] = replace(known, demand=replace(known.demand, least=opening.people))
    return [slots[at] for at in sorted(slots)]


def _high(value: Decimal, model: Decimal, high: Decimal) -> float:
    """The high end around the value in force: it moves with a person's word."""
    return float(high) * float(value) / float(model) if model else float(value)

"""Staff required of a group, reckoned week by week from the points in force and made anew with them."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from citydesk.city.profile import queries as profile
from citydesk.kernel.errors import NotFound
from citydesk.management.workforce.choices import Work
from citydesk.management.workforce.models import GroupQueue, Requirement, StaffingGroup
from citydesk.management.workforce.queries.planning import Plan, PlannedSlot, plan_of, planned_slots
from citydesk.management.workforce.rules.staffing import Pool, Promise, SlotStaff, staff_slots

WEEK = timedelta(days=7)
MINUTE = 60.0
BATCH = 1000


def compute_requirement(*, group_code: str, first: date, last: date, now: datetime) -> int:
    """Reckon the weeks (Monday to Sunday) that these days lie in; returns how many slots there are now.

    Each week is reckoned with the week before it, so that work which may wait over Sunday is not lost; the same points
    give the same rows. Raises `NotFound`.
    """
    with transaction.atomic():
        group = StaffingGroup.objects.select_for_update().filter(code=group_code).first()
        if group is None:
            raise NotFound(_("There is no such group."))
        today = profile.city_today(now)
        made = 0
        for monday in mondays(first, last):
            plan = plan_of(group.pk, group.code, monday, today)
            slots = planned_slots(plan, monday - WEEK, monday + WEEK - timedelta(days=1))
            rows = _rows(group.pk, plan, slots, monday, now)
            Requirement.objects.filter(group=group, day__gte=monday, day__lt=monday + WEEK).delete()
            Requirement.objects.bulk_create(rows, batch_size=BATCH)
            made += len(rows)
    return made


def require_for_queue(queue_id: int, days: Iterable[date], now: datetime) -> None:
    """Reckon the weeks of these days anew for the group that takes the queue."""
    taken = GroupQueue.objects.select_related("group").get(queue_id=queue_id)
    for monday in sorted({one - timedelta(days=one.weekday()) for one in days}):
        compute_requirement(group_code=taken.group.code, first=monday, last=monday, now=now)


def mondays(first: date, last: date) -> list[date]:
    """The Mondays of the weeks from one day to another."""
    begin = first - timedelta(days=first.weekday())
    return [begin + WEEK * one for one in range((last - begin).days // 7 + 1)]


def _rows(group_id: int, plan: Plan, slots: Sequence[PlannedSlot], monday: date, now: datetime) -> list[Requirement]:
    if not slots:
        return []
    staff = staff_slots(plan.promises, [one.demand for one in slots], slots[0].minutes * MINUTE)
    by_code = {one.work.queue: one for one in plan.promises}
    return [
        _row(group_id, plan, by_code, slot, one, now)
        for slot, one in zip(slots, staff, strict=True)
        if slot.day >= monday
    ]


def _row(
    group_id: int, plan: Plan, by_code: dict[str, Promise], slot: PlannedSlot, staff: SlotStaff, now: datetime
) -> Requirement:
    calls = staff.calls
    row = Requirement(
        group_id=group_id,
        day=slot.day,
        starts_at=slot.starts_at,
        minutes=slot.minutes,
        contacts=round(calls.contacts, 3),
        high=round(max(staff.high, calls.contacts), 3),
        handle_s=round(calls.handle, 2) if calls.contacts else 0,
        chats=round(staff.chats.contacts, 3),
        waiting_hours=round(staff.waiting_hours, 3),
        required=staff.required,
        required_high=staff.required_high,
        scheduled=staff.scheduled,
        least=staff.least,
        shrinkage=round(slot.demand.shrinkage, 4),
        parts=[*_parts(by_code, slot, staff)],
        is_unstable=staff.is_unstable,
        is_lagged=staff.is_lagged,
        is_overridden=slot.is_overridden,
        is_sure=slot.is_sure,
        made_at=now,
    )
    if calls.needed is not None:
        promise = by_code[calls.decides]
        row.queue_id = plan.queue_ids[calls.decides]
        row.formula, row.target = promise.goal.formula.value, round(promise.goal.target, 3)
        row.threshold_s, row.short_abandon_s = int(promise.goal.threshold), int(promise.goal.short)
        row.patience_s = None if calls.needed.load.patience is None else round(calls.needed.load.patience, 2)
        row.service_level, row.occupancy = calls.needed.service_level, calls.needed.figures.occupancy
    return row


def _parts(by_code: dict[str, Promise], slot: PlannedSlot, staff: SlotStaff) -> Iterable[dict[str, Any]]:
    """How the number came about, kind of work by kind of work."""
    for pool in (staff.calls, staff.chats):
        if pool.needed is not None:
            yield _pool_part(by_code, slot, pool)
    if staff.waiting_hours or staff.added:
        waits = [_queue_part(one, slot) for one in by_code.values() if one.work.work is Work.CAN_WAIT]
        yield {
            "work": Work.CAN_WAIT.value, "hours": round(staff.waiting_hours, 3), "agents": staff.added,
            "queues": [one for one in waits if one],
        }  # fmt: skip


def _pool_part(by_code: dict[str, Promise], slot: PlannedSlot, pool: Pool) -> dict[str, Any]:
    assert pool.needed is not None
    promise, load = by_code[pool.decides], pool.needed.load
    mine = [_queue_part(one, slot) for one in by_code.values() if one.work.work is pool.work]
    return {
        "work": pool.work.value,
        "contacts": round(pool.contacts, 3),
        "felt": round(pool.felt, 3),
        "handle_s": round(pool.handle, 2),
        "patience_s": None if load.patience is None else round(load.patience, 2),
        "is_usual_patience": promise.is_usual_patience,
        "erlangs": round(load.erlangs, 3),
        "agents": pool.agents,
        "queue": pool.decides,
        "formula": promise.goal.formula.value,
        "target": promise.goal.target,
        "threshold_s": promise.goal.threshold,
        "short_s": promise.goal.short,
        "most_busy": promise.goal.most_busy,
        "level": round(pool.needed.service_level, 4),
        "queues": [one for one in mine if one],
    }


def _queue_part(promise: Promise, slot: PlannedSlot) -> dict[str, Any] | None:
    demand = slot.demand.demands.get(promise.work.queue)
    if demand is None or demand.contacts <= 0.0:
        return None
    return {
        "code": promise.work.queue,
        "contacts": round(demand.contacts, 3),
        "handle_s": round(promise.work.handle_of_person(demand.handle), 2),
        "is_usual_handle": demand.handle is None,
    }

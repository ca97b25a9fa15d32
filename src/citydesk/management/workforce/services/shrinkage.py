"""Shrinkage measured every night, and a supervisor's word to plan with it from a Monday on."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from citydesk.city.profile import queries as profile
from citydesk.kernel import audit
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import Conflict, NotAllowed, NotFound
from citydesk.management.workforce.choices import MeasureKind
from citydesk.management.workforce.models import ShrinkageMeasure, ShrinkageSetting, StaffingGroup
from citydesk.management.workforce.queries.groups import GroupRow, get_group
from citydesk.management.workforce.queries.measured import measure, measured_months, measured_of, measured_weeks
from citydesk.management.workforce.queries.seen import may_plan
from citydesk.management.workforce.rules.measured_slots import written_down
from citydesk.management.workforce.services.requiring import compute_requirement

OBJECT = "workforce.group"
WEEKS_AHEAD = 4


def measure_shrinkage(*, group_code: str, now: datetime) -> int:
    """Measure the last eight whole weeks of a group. Returns the measure's id. Raises `NotFound`."""
    group = get_group(group_code)
    first, last = measured_weeks(profile.city_today(now))
    return _measured(group, MeasureKind.WEEKS, first, last, now)


def measure_months(*, group_code: str, now: datetime) -> list[int]:
    """Measure the weeks that end in this month, as far as they are over, and in the one before: what came late counts.
    Returns the measures' ids. Raises `NotFound`."""
    group = get_group(group_code)
    made = []
    for first, last in measured_months(profile.city_today(now)):
        made.append(_measured(group, MeasureKind.MONTH, first, last, now))
    return made


def _measured(group: GroupRow, kind: MeasureKind, first: date, last: date, now: datetime) -> int:
    found, week = measure(group, first, last, now)
    row = ShrinkageMeasure.objects.create(
        group_id=group.id,
        kind=kind,
        first=first,
        last=last,
        rostered_s=found.rostered,
        parts={key.value: seconds for key, seconds in found.parts.items()},
        by_slot=written_down(week) if kind is MeasureKind.WEEKS else None,
        days=found.days,
        left_out=found.left_out,
        made_at=now,
    )
    return row.pk


def take_over_shrinkage(*, group_code: str, measure_id: int, access: Access, now: datetime) -> int:
    """Plan with a measure from the coming Monday on, and compute the staff required anew. Returns the setting's id.

    Raises `NotFound`, `NotAllowed` for a group one does not plan, `Conflict` where too little was seen or a newer
    measure has come.
    """
    with transaction.atomic():
        group = _hold(group_code, access)
        newest = ShrinkageMeasure.objects.filter(group_id=group.id, kind=MeasureKind.WEEKS).order_by("-id").first()
        if newest is None or newest.pk != measure_id:
            raise Conflict(_("It was measured anew since. Look again."))
        found = measured_of(newest)
        if not found.is_enough:
            raise Conflict(_("Too little was seen to plan with it."))
        shares = found.shrinkage
        return _set(group, access, now, newest, (round(shares.planned, 4), round(shares.unplanned, 4)))


def drop_shrinkage(*, group_code: str, access: Access, now: datetime) -> int:
    """Plan with the profile's shrinkage again from the coming Monday on. Returns the setting's id. Raises `NotFound`,
    `NotAllowed`, `Conflict` where it is the profile's already."""
    with transaction.atomic():
        group = _hold(group_code, access)
        newest = ShrinkageSetting.objects.filter(group_id=group.id).order_by("-version").first()
        if newest is None or newest.planned is None:
            raise Conflict(_("The profile's shrinkage is planned with already."))
        return _set(group, access, now, None, None)


def _hold(code: str, access: Access) -> GroupRow:
    """The group, held until it is set; only its planners may."""
    group = get_group(code)
    if not may_plan(access, group):
        raise NotAllowed(_("Only who plans a group says what it plans with."))
    if StaffingGroup.objects.select_for_update().filter(pk=group.id).first() is None:
        raise NotFound(_("There is no such group."))
    return group


def _set(
    group: GroupRow,
    access: Access,
    now: datetime,
    measured: ShrinkageMeasure | None,
    shares: tuple[float, float] | None,
) -> int:
    before = ShrinkageSetting.objects.filter(group_id=group.id).order_by("-version").first()
    monday = coming_monday(profile.city_today(now))
    row = ShrinkageSetting.objects.create(
        group_id=group.id,
        version=before.version + 1 if before else 1,
        first=monday,
        planned=shares[0] if shares else None,
        unplanned=shares[1] if shares else None,
        measure=measured,
        made_at=now,
        made_by_id=access.actor.staff_id,
    )
    audit.record(
        audit.Act(
            "workforce.shrinkage_taken" if shares else "workforce.shrinkage_dropped",
            OBJECT,
            group.id,
            group.name,
            before=_words(before),
            after=_words(row),
        ),
        actor=access.actor,
        now=now,
    )
    last = monday + timedelta(days=7 * WEEKS_AHEAD - 1)
    compute_requirement(group_code=group.code, first=monday, last=last, now=now)
    return row.pk


def coming_monday(today: date) -> date:
    """The Monday after a day: what this week was rostered for stays as it was."""
    return today + timedelta(days=7 - today.weekday())


def _words(row: ShrinkageSetting | None) -> dict[str, str]:
    if row is None or row.planned is None or row.unplanned is None:
        return {"shares": "profile"}
    return {"shares": f"{100 * float(row.planned):.1f} % + {100 * float(row.unplanned):.1f} %", "from": str(row.first)}

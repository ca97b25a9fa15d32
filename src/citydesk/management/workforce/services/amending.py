"""A published week is frozen. What changes it after all is a further version with the reason why: an amendment."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from citydesk.city.profile import queries as profile
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import Conflict
from citydesk.management.timekeeping.rules.spans import at_local
from citydesk.management.workforce.choices import AmendmentKind, ScheduleState
from citydesk.management.workforce.models import (
    Activity,
    Pin,
    Schedule,
    ScheduleAmendment,
    Shift,
    ShiftTemplate,
    StaffingGroup,
)
from citydesk.management.workforce.queries.published import PublishedPlan, published_plan, week_of
from citydesk.management.workforce.rules.planning import tiles, with_breaks
from citydesk.management.workforce.rules.roster.difference import Difference, difference
from citydesk.management.workforce.rules.roster.shifts import Assignment, Pattern

# While its shifts are written a version is neither open for editing nor frozen; nobody but this transaction sees it.
_WRITING = "amending"
Standing = set[tuple[str, int, Pattern]]


def hold_week(group_id: int, day: date, now: datetime) -> PublishedPlan:
    """The published plan of a day's week, with the group held until the transaction ends, so that two amendments of one
    week come one after the other. Raises `Conflict` where nothing is published."""
    StaffingGroup.objects.select_for_update(no_key=True).get(pk=group_id)
    plan = published_plan(group_id, week_of(day), now=now)
    if plan is None:
        raise Conflict(_("No schedule is published for that week."))
    return plan


def amend(
    *,
    plan: PublishedPlan,
    after: Iterable[Assignment],
    kind: AmendmentKind,
    reason: str,
    access: Access,
    now: datetime,
) -> ScheduleAmendment:
    """Write the roster `after` as the next published version of the week; the one before stays, superseded.

    The caller holds the week (`hold_week`), has authorised, and is in a transaction.
    """
    standing = {(one.person, one.day, one.pattern) for one in plan.roster}
    after = tuple(_with_breaks(plan, one, standing) for one in after)
    found = difference(plan.problem, plan.roster, after)
    before = Schedule.objects.select_for_update(no_key=True).get(pk=plan.schedule_id)
    row = _next_version(before, reason, access, now)
    _write_shifts(plan, row, after, standing)
    before.state, before.superseded_at = ScheduleState.SUPERSEDED, now
    before.row_version += 1
    before.save(update_fields=["state", "superseded_at", "row_version"])
    row.state = ScheduleState.PUBLISHED
    row.save(update_fields=["state"])
    return ScheduleAmendment.objects.create(
        schedule=row,
        before=before,
        kind=kind,
        reason=reason,
        author_id=access.actor.staff_id,
        made_at=now,
        people=found.people,
        minutes_added=found.minutes_added,
        minutes_taken=found.minutes_taken,
        changes=told_changes(plan, found),
        missing=[
            {"day": plan.date_of(need.day).isoformat(), "start": need.start, "skill": need.skill, "more": more}
            for need, more in found.missing
        ],
    )


def _with_breaks(plan: PublishedPlan, one: Assignment, standing: Standing) -> Assignment:
    """A shift that was given by hand gets its paid breaks; what was published keeps its own."""
    template = plan.problem.template_of.get(one.pattern.template)
    if one.activities or template is None or (one.person, one.day, one.pattern) in standing:
        return one
    return with_breaks(one, template.breaks)


def _next_version(before: Schedule, reason: str, access: Access, now: datetime) -> Schedule:
    newest = Schedule.objects.filter(group_id=before.group_id, week_start=before.week_start).order_by("-version")
    return Schedule.objects.create(
        group_id=before.group_id,
        week_start=before.week_start,
        version=newest.values_list("version", flat=True)[0] + 1,
        state=_WRITING,
        based_on=before,
        cost=before.cost,
        bound=before.bound,
        seed=before.seed,
        unplaced=before.unplaced,
        asked=before.asked,
        made_at=now,
        made_by_id=access.actor.staff_id,
        reason=reason,
        published_at=now,
        published_by_id=access.actor.staff_id or before.published_by_id,
    )


def _write_shifts(plan: PublishedPlan, row: Schedule, after: tuple[Assignment, ...], standing: Standing) -> None:
    """Every shift of the version; a shift that stays keeps its row's words and its pin."""
    templates = dict(ShiftTemplate.objects.values_list("code", "pk"))
    pins = {one.shift_id: one for one in Pin.objects.filter(shift__schedule_id=plan.schedule_id)}
    shifts = [_shift(plan, row, templates, one) for one in after]
    Shift.objects.bulk_create(shifts)
    zone = profile.local_zone()
    Activity.objects.bulk_create(
        Activity(
            shift=shift,
            kind=it.kind,
            starts_at=at_local(shift.day, it.start, zone),
            ends_at=at_local(shift.day, it.end, zone),
            label=it.label,
            part=it.part,
        )
        for shift, one in zip(shifts, after, strict=True)
        for it in tiles(one)
    )
    kept = [
        (shift, pins[old])
        for shift, one in zip(shifts, after, strict=True)
        if (old := plan.shift_of.get((one.person, one.day))) in pins and (one.person, one.day, one.pattern) in standing
    ]
    Pin.objects.bulk_create(
        Pin(
            shift=shift,
            reason=pin.reason,
            breaches=pin.breaches,
            pinned_at=pin.pinned_at,
            pinned_by_id=pin.pinned_by_id,
        )
        for shift, pin in kept
    )


def _shift(plan: PublishedPlan, row: Schedule, templates: dict[str, int], one: Assignment) -> Shift:
    zone, day = profile.local_zone(), plan.date_of(one.day)
    return Shift(
        schedule=row,
        user_id=plan.user_of(one.person),
        day=day,
        template_id=templates[one.pattern.template],
        starts_at=at_local(day, one.pattern.start, zone),
        ends_at=at_local(day, one.pattern.end, zone),
        paid_minutes=one.pattern.paid,
        origin=one.origin,
    )


def told_changes(plan: PublishedPlan, found: Difference) -> list[dict[str, Any]]:
    """The changes of a difference as they are kept and shown: person, day, what was and what is."""
    return [
        {
            "user": plan.user_of(one.person),
            "day": plan.date_of(one.day).isoformat(),
            "was": told_pattern(one.was),
            "now": told_pattern(one.now),
        }
        for one in found.changes
    ]


def told_pattern(pattern: Pattern | None) -> dict[str, Any] | None:
    """A pattern as it is kept in JSON."""
    if pattern is None:
        return None
    return {
        "template": pattern.template,
        "start": pattern.start,
        "length": pattern.length,
        "meal_start": pattern.meal_start,
        "meal_length": pattern.meal_length,
    }


def read_pattern(told: dict[str, Any]) -> Pattern:
    """A pattern from what is kept of it."""
    return Pattern(told["template"], told["start"], told["length"], told["meal_start"], told["meal_length"])


def exchanged_day(roster: Iterable[Assignment], person: str, day: int, now: Assignment | None) -> list[Assignment]:
    """The roster with somebody's day replaced, or free."""
    left = [one for one in roster if (one.person, one.day) != (person, day)]
    return left if now is None else [*left, replace(now, person=person, day=day)]

"""Versions of a week's schedule: made, held for a change, written. Everything that changes one starts here."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from citydesk.city.profile import queries as profile
from citydesk.kernel import audit
from citydesk.kernel.actors import Access, Actor
from citydesk.kernel.detectors import mask_numbers
from citydesk.kernel.errors import Conflict, Invalid, NotAllowed, StaleVersion
from citydesk.management.timekeeping.rules.spans import at_local
from citydesk.management.workforce.choices import OPEN_SCHEDULES, SCHEDULE, Origin, ScheduleState
from citydesk.management.workforce.models import Activity, Pin, Schedule, Shift, ShiftTemplate
from citydesk.management.workforce.queries.groups import GroupRow, notice_days_on
from citydesk.management.workforce.queries.seen import may_plan, monday_of, seen_group, seen_schedule
from citydesk.management.workforce.queries.weeks import PlannedWeek, planned_week, roster_of
from citydesk.management.workforce.rules.planning import tiles
from citydesk.management.workforce.rules.roster.cost import cost_of
from citydesk.management.workforce.rules.roster.shifts import Assignment

LONGEST = 400


def plan_week(*, group_id: int, day: date, is_copy: bool = False, access: Access, now: datetime) -> int:
    """Open the next version of the week a day lies in, empty or as a copy of what is published; returns its id.

    Of a published week that has begun, the shifts of days that are past, or so near that people are no longer told of
    changes in time, are in it and pinned: no solver moves them. Raises `NotFound`, `NotAllowed`, `Conflict` where a
    version is open already, nothing is published to copy, or the published week is over.
    """
    group = seen_group(access, group_id)
    require_planner(access, group)
    monday = monday_of(day)
    with transaction.atomic():
        before = Schedule.objects.filter(group_id=group.id, week_start=monday).order_by("-version")
        newest = before.values_list("version", flat=True).first() or 0
        published = before.filter(state=ScheduleState.PUBLISHED).first()
        if is_copy and published is None:
            raise Conflict(_("Nothing is published for this week that could be copied."))
        if published is not None:
            refuse_over(monday, now)
        try:
            with transaction.atomic():
                row = Schedule.objects.create(
                    group_id=group.id, week_start=monday, version=newest + 1, based_on=published, made_at=now,
                    made_by_id=access.actor.staff_id,
                )  # fmt: skip
        except IntegrityError as error:
            raise Conflict(_("A version of this week is open already. Go on with that one.")) from error
        if published is not None:
            _take_over(published, row, group, access, now, is_copy=is_copy)
        note(row, "schedule_begun", access.actor, now)
        return row.pk


def refuse_over(monday: date, now: datetime) -> None:
    """Raise `Conflict` for a week that is over: who worked when is compared with what was published then."""
    if monday + timedelta(days=6) < profile.city_today(now):
        raise Conflict(_("This week is over. What was published stays as it is."))


def _take_over(
    published: Schedule, row: Schedule, group: GroupRow, access: Access, now: datetime, *, is_copy: bool
) -> None:
    """What the new version begins with: all of the published one, or what cannot change any more."""
    given, _ids, _pins = roster_of(published, row.week_start)
    today = profile.city_today(now)
    stays = (today - row.week_start).days + notice_days_on(group.code, today)
    write_shifts(row, given if is_copy else (one for one in given if one.day < stays))
    first = row.week_start + timedelta(days=max(0, stays))
    kept = Shift.objects.filter(schedule=row, day__lt=first)
    Pin.objects.bulk_create(
        Pin(
            shift=one, reason=_("Published, and past or too near to be changed."), pinned_at=now,
            pinned_by_id=access.actor.staff_id,
        )
        for one in kept
    )  # fmt: skip
    if is_copy:
        _copy_figures(published, row)


def _copy_figures(published: Schedule, row: Schedule) -> None:
    row.cost, row.bound, row.seed, row.asked = published.cost, published.bound, published.seed, published.asked
    row.state = ScheduleState.SOLVED if published.cost is not None else ScheduleState.DRAFT
    row.save(update_fields=["cost", "bound", "seed", "asked", "state"])


def require_planner(access: Access, group: GroupRow) -> None:
    """Raise `NotAllowed` unless somebody plans for this group."""
    if not may_plan(access, group):
        raise NotAllowed(_("Who supervises this team plans its weeks."))


def take_schedule(
    schedule_id: int, access: Access, version: int | None, *, may_solve: bool = False
) -> tuple[Schedule, GroupRow]:
    """A version, held for a change, and its group. Raises `NotFound`, `NotAllowed`, `StaleVersion`, and `Conflict` for
    a version that is published, or being solved unless `may_solve`."""
    _row, group = seen_schedule(access, schedule_id)
    require_planner(access, group)
    row = Schedule.objects.select_for_update(of=("self",)).get(pk=schedule_id)
    if version is not None and version != row.row_version:
        raise StaleVersion(_("Somebody else changed this first."), version=row.row_version, theirs=row.row_version)
    if row.state not in OPEN_SCHEDULES:
        raise Conflict(_("This version is published and never changes. Begin the next one."))
    if row.state == ScheduleState.SOLVING and not may_solve:
        raise Conflict(_("The solver is at work. Stop it first, or wait."))
    return row, group


def keep(row: Schedule, fields: Iterable[str]) -> None:
    """Save changed fields under a new number."""
    row.row_version += 1
    row.save(update_fields=sorted({*fields, "row_version"}))


def note(row: Schedule, code: str, actor: Actor, now: datetime, *, after: object = None, reason: str = "") -> None:
    """Write a version's history."""
    label = f"{row.week_start.isoformat()} / {row.version}"
    act = audit.Act(f"workforce.{code}", SCHEDULE, row.pk, label, after=after, reason=reason)
    audit.record(act, actor=actor, now=now)


def tidy(words: str) -> str:
    """Words of a person, without card and social security numbers. Raises `Invalid` for more than is kept."""
    found = mask_numbers(words.replace("\x00", "").strip()).text
    if len(found) > LONGEST:
        raise Invalid(_("At most %(n)s characters.") % {"n": LONGEST}, field="reason")
    return found


def week_of_row(row: Schedule, group: GroupRow, now: datetime) -> PlannedWeek:
    """The problem and the roster of a version as they stand now."""
    return planned_week(group, row.week_start, schedule=row, now=now)


def write_shifts(row: Schedule, given: Iterable[Assignment]) -> None:
    """Write shifts of a version with everything inside them, in the caller's transaction. Those of a person and day
    that are there already must have been taken away."""
    given = tuple(given)
    zone, templates = profile.local_zone(), dict(ShiftTemplate.objects.values_list("code", "pk"))
    shifts = Shift.objects.bulk_create(
        Shift(
            schedule=row,
            user_id=int(one.person),
            day=date.fromordinal(row.week_start.toordinal() + one.day),
            template_id=templates[one.pattern.template],
            starts_at=at_local(date.fromordinal(row.week_start.toordinal() + one.day), one.pattern.start, zone),
            ends_at=at_local(date.fromordinal(row.week_start.toordinal() + one.day), one.pattern.end, zone),
            paid_minutes=one.pattern.paid,
            origin=Origin(one.origin),
        )
        for one in given
    )
    Activity.objects.bulk_create(
        Activity(
            shift=shift,
            kind=it.kind.value,
            starts_at=at_local(shift.day, it.start, zone),
            ends_at=at_local(shift.day, it.end, zone),
            label=it.label,
            part=it.part,
        )
        for shift, one in zip(shifts, given, strict=True)
        for it in tiles(one)
    )


def take_away(shift_ids: Iterable[int]) -> None:
    """Take shifts out of a version, with what lies inside them and their pins, in the caller's transaction."""
    ids = list(shift_ids)
    Pin.objects.filter(shift_id__in=ids).delete()
    Activity.objects.filter(shift_id__in=ids).delete()
    Shift.objects.filter(pk__in=ids).delete()


def refresh_cost(row: Schedule, group: GroupRow, now: datetime) -> None:
    """Count a version's cost anew after a hand changed it. A version that was never solved has none."""
    if row.bound is not None:
        week = week_of_row(row, group, now)
        row.cost = cost_of(week.problem, week.roster)

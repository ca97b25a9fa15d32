"""Publishing a version: it freezes, the one before is superseded, and people are told what changed for them."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from citydesk.kernel.actors import Access
from citydesk.kernel.errors import Conflict, Invalid
from citydesk.management.workforce import labels
from citydesk.management.workforce.choices import ScheduleState
from citydesk.management.workforce.models import Schedule, StaffingGroup
from citydesk.management.workforce.queries.weeks import PlannedWeek, roster_of
from citydesk.management.workforce.rules.roster.difference import difference
from citydesk.management.workforce.rules.roster.shifts import Assignment
from citydesk.management.workforce.rules.roster.verifier import verify
from citydesk.management.workforce.services.notices import tell
from citydesk.management.workforce.services.schedules import keep, note, refuse_over, take_schedule, tidy, week_of_row


def publish_schedule(
    *,
    schedule_id: int,
    is_anyway: bool = False,
    reason: str = "",
    access: Access,
    now: datetime,
    version: int | None = None,
) -> None:
    """Publish an open version. It never changes again; the one before is superseded; whoever's days are new is told.

    Raises `Conflict`, with the rules, where it breaks any (published with `is_anyway` and a reason), for a week without
    shifts, and for another version of a week that is over; `Invalid`, `NotFound`, `NotAllowed`, `StaleVersion`.
    """
    with transaction.atomic():
        _hold_groups()
        row, group = take_schedule(schedule_id, access, version)
        if row.based_on_id is not None:
            refuse_over(row.week_start, now)
        week = week_of_row(row, group, now)
        _check_base(row, is_anyway)
        _check(week, is_anyway, reason)
        before = _supersede(row, now)
        row.state, row.published_at, row.published_by_id = ScheduleState.PUBLISHED, now, access.actor.staff_id
        row.reason = tidy(reason)
        keep(row, ["state", "published_at", "published_by", "reason"])
        note(row, "schedule_published", access.actor, now, reason=row.reason)
        facts = {"day": row.week_start.isoformat(), "schedule": row.pk}
        code = "week_changed" if before else "week_published"
        tell(_touched(week, before), code, facts, now)


def _hold_groups() -> None:
    """Hold every group until the transaction ends: people may work for two, and neither may publish over the other.
    Whoever amends one week holds its group by the same rows."""
    list(StaffingGroup.objects.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))


def _check_base(row: Schedule, is_anyway: bool) -> None:
    """A swap or a missing person may have changed the published week since this version was begun: publishing it
    would undo that."""
    published = Schedule.objects.filter(
        group_id=row.group_id, week_start=row.week_start, state=ScheduleState.PUBLISHED
    ).values_list("pk", flat=True)
    if not is_anyway and any(one != row.based_on_id for one in published):
        raise Conflict(
            _("The published week was changed since this version was begun."),
            field="anyway",
            hint=_("Look at the changes, or tick “publish anyway” and say why."),
        )


def _check(week: PlannedWeek, is_anyway: bool, reason: str) -> None:
    if not week.roster:
        raise Conflict(_("Nobody has a shift in this week."))
    found = verify(week.problem, week.roster)
    if found and not is_anyway:
        words = sorted({str(labels.RULES[one.rule]) for one in found})
        raise Conflict(
            _("This schedule breaks rules: %(rules)s.") % {"rules": "; ".join(words)},
            field="anyway",
            hint=_("Mend it, or tick “publish anyway” and say why."),
        )
    if found and not reason.strip():
        raise Invalid(_("Say why it is published although it breaks rules."), field="reason")


def _supersede(row: Schedule, now: datetime) -> tuple[Assignment, ...]:
    """Take the published version of the week out of force; what it gave to whom."""
    before = (
        Schedule.objects.select_for_update(of=("self",))
        .filter(group_id=row.group_id, week_start=row.week_start, state=ScheduleState.PUBLISHED)
        .first()
    )
    if before is None:
        return ()
    given, _ids, _pins = roster_of(before, row.week_start)
    before.state, before.superseded_at = ScheduleState.SUPERSEDED, now
    keep(before, ["state", "superseded_at"])
    return given


def _touched(week: PlannedWeek, before: tuple[Assignment, ...]) -> list[int]:
    """Whoever's days are not as they were."""
    changes = difference(week.problem, before, week.roster).changes
    return sorted({int(one.person) for one in changes})

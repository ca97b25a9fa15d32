"""Attendance exceptions: found by whoever knows schedule and clock, confirmed or excused by who approves."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from citydesk.city.profile import queries as profile
from citydesk.kernel import audit
from citydesk.kernel.actors import Access, Actor
from citydesk.kernel.errors import Conflict, Invalid, NotFound, StaleVersion
from citydesk.management.timekeeping.choices import OCCURRENCE, OccurrenceState
from citydesk.management.timekeeping.models import AttendanceOccurrence, TimeEntry
from citydesk.management.timekeeping.queries.hours import leave_between
from citydesk.management.timekeeping.queries.policy import policy_on
from citydesk.management.timekeeping.queries.sight import seen_occurrences
from citydesk.management.timekeeping.rules.attendance import compare, points_for
from citydesk.management.timekeeping.rules.spans import Span, local_day
from citydesk.management.timekeeping.services.locked import needed, require_approver


def record_attendance(
    *,
    user_id: int,
    scheduled_from: datetime,
    scheduled_to: datetime,
    source_key: str,
    actual: Sequence[tuple[datetime, datetime]] | None = None,
    actor: Actor,
    now: datetime,
) -> list[int]:
    """Compare a shift that is over with what was, and keep what differs; returns the ids of new exceptions.

    `actual` is when the person was there; None asks their time entries. A person on leave that day has no exception,
    and the same shift (`source_key`) is recorded once. For the room that knows schedules. Raises `Invalid`.
    """
    scheduled = Span(scheduled_from, scheduled_to)
    if scheduled_to <= scheduled_from or scheduled_to > now or not source_key:
        raise Invalid(_("A shift is looked at when it is over."), field="scheduled_to")
    day = local_day(scheduled_from, profile.local_zone())
    if leave_between([user_id], day, day).get(user_id):
        return []
    policy = policy_on(day)
    there = [Span(*one) for one in actual] if actual is not None else _entries(user_id, scheduled)
    made = []
    with transaction.atomic():
        for finding in compare(scheduled, there, policy):
            values = {
                "on": day,
                "seconds": finding.seconds,
                "scheduled_from": scheduled_from,
                "scheduled_to": scheduled_to,
                "points": points_for(finding, policy.points),
                "found_at": now,
            }
            row, is_new = AttendanceOccurrence.objects.get_or_create(
                user_id=user_id, source_key=source_key, kind=finding.kind, defaults=values
            )
            if is_new:
                made.append(row.pk)
                _note(row, "attendance_found", actor, now)
    return made


def confirm_occurrence(*, occurrence_id: int, access: Access, now: datetime, version: int | None = None) -> None:
    """Let an exception count its points. Raises `NotFound`, `NotAllowed`, `Conflict`."""
    _decide(occurrence_id, OccurrenceState.CONFIRMED, "", access, now, version)


def excuse_occurrence(
    *, occurrence_id: int, reason: str, access: Access, now: datetime, version: int | None = None
) -> None:
    """Let an exception count nothing, with the reason. Raises `NotFound`, `NotAllowed`, `Conflict`, `Invalid`."""
    why = needed(reason, _("Say why it is excused."))
    _decide(occurrence_id, OccurrenceState.EXCUSED, why, access, now, version)


def _decide(
    occurrence_id: int, state: OccurrenceState, reason: str, access: Access, now: datetime, version: int | None
) -> None:
    with transaction.atomic():
        if not seen_occurrences(access, now).filter(pk=occurrence_id).exists():
            raise NotFound(_("There is no such exception."))
        row = AttendanceOccurrence.objects.select_for_update().get(pk=occurrence_id)
        require_approver(access, row.user_id, now)
        if version is not None and version != row.version:
            raise StaleVersion(_("Somebody else changed this first."), version=row.version, theirs=row.version)
        # A decision may be changed; the same one is not made twice.
        if row.state == state:
            raise Conflict(_("This was decided so already."))
        row.state, row.reason, row.decided_at, row.decided_by_id = state, reason, now, access.actor.staff_id
        row.version += 1
        row.save(update_fields=["state", "reason", "decided_at", "decided_by", "version"])
        _note(row, f"attendance_{state}", access.actor, now, reason)


def _entries(user_id: int, scheduled: Span) -> list[Span]:
    rows = TimeEntry.objects.filter(
        user_id=user_id, is_effective=True, ends_at__gt=scheduled.start, starts_at__lt=scheduled.end
    )
    return [Span(*one) for one in rows.values_list("starts_at", "ends_at")]


def _note(row: AttendanceOccurrence, code: str, actor: Actor, now: datetime, reason: str = "") -> None:
    act = audit.Act(f"timekeeping.{code}", OCCURRENCE, row.pk, row.on.isoformat(), reason=reason)
    audit.record(act, actor=actor, now=now)

"""A time sheet from its person to who approves it. Locking is the payroll file's (`payroll`)."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from citydesk.city.profile import queries as profile
from citydesk.kernel import live
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import Invalid, NotFound
from citydesk.management.timekeeping.choices import ClockState, OvertimeAs, SheetState
from citydesk.management.timekeeping.models import Clock, Timesheet
from citydesk.management.timekeeping.queries.hours import week_facts, week_of
from citydesk.management.timekeeping.rules import sheets
from citydesk.management.timekeeping.services.locked import (
    keep,
    me,
    needed,
    note_sheet,
    require_approver,
    require_state,
    sheet_of,
    take_sheet,
)


def submit_sheet(
    *,
    week_start: date,
    is_attested: bool,
    overtime_as: str = OvertimeAs.PAY,
    access: Access,
    now: datetime,
    version: int | None = None,
) -> int:
    """Submit one's own week with one's word that it is complete and true; returns the sheet's id.

    Raises `Invalid` without the word, while the clock still runs in the week, for a week to come, or for overtime as
    compensatory time without an agreement made before the week.
    """
    person = me(access)
    if not is_attested:
        raise Invalid(_("Say that the sheet is complete and true."), field="is_attested")
    if week_start != week_of(week_start).first_day or week_start > profile.city_today(now):
        raise Invalid(_("There is no such week to submit."), field="week_start")
    with transaction.atomic():
        row = sheet_of(person, week_start)
        require_state(sheets.may_move("submit", row.state) and version in (None, row.version))
        facts = week_facts(person, week_start)
        running = Clock.objects.filter(user_id=person).exclude(state=ClockState.OUT).first()
        if running is not None and running.since is not None and running.since < facts.week.span.end:
            raise Invalid(_("Your clock still runs. Clock out first."), field="form")
        if overtime_as == OvertimeAs.COMP and not facts.may_bank():
            raise Invalid(_("There is no agreement on compensatory time from before this week."), field="overtime_as")
        row.state, row.submitted_at, row.sent_back_reason = sheets.after("submit"), now, ""
        row.overtime_as = OvertimeAs(overtime_as) if facts.hours.overtime else OvertimeAs.PAY
        keep(row, ["state", "submitted_at", "overtime_as", "sent_back_reason"])
        note_sheet(row, "submitted", access, now)
        return row.pk


def recall_sheet(*, sheet_id: int, access: Access, now: datetime, version: int | None = None) -> None:
    """Take one's own submitted sheet back, to change it. Raises `NotFound` for another's, `Conflict`."""
    person = me(access)
    with transaction.atomic():
        row = take_sheet(sheet_id, access, now, version)
        if row.user_id != person:
            raise NotFound(_("There is no such time sheet."))
        require_state(sheets.may_move("recall", row.state))
        row.state, row.submitted_at = sheets.after("recall"), None
        keep(row, ["state", "submitted_at"])
        note_sheet(row, "recalled", access, now)


def approve_sheet(*, sheet_id: int, access: Access, now: datetime, version: int | None = None) -> None:
    """Approve a submitted sheet of somebody one approves for. Nobody approves their own.

    Raises `NotFound`, `NotAllowed`, `Conflict`, `StaleVersion`.
    """
    with transaction.atomic():
        row = take_sheet(sheet_id, access, now, version)
        require_approver(access, row.user_id, now)
        require_state(sheets.may_move("approve", row.state))
        row.state, row.approved_at, row.approved_by_id = sheets.after("approve"), now, access.actor.staff_id
        keep(row, ["state", "approved_at", "approved_by"])
        note_sheet(row, "approved", access, now)
        _tell(row)


def reject_sheet(*, sheet_id: int, reason: str, access: Access, now: datetime, version: int | None = None) -> None:
    """Send a submitted or approved sheet back to its person, with the reason. Raises as `approve_sheet`."""
    why = needed(reason, _("Say what is to be corrected."))
    with transaction.atomic():
        row = take_sheet(sheet_id, access, now, version)
        require_approver(access, row.user_id, now)
        require_state(sheets.may_move("reject", row.state))
        row.state = SheetState.OPEN
        row.submitted_at = row.approved_at = row.approved_by_id = None
        row.sent_back_reason = why
        keep(row, ["state", "submitted_at", "approved_at", "approved_by", "sent_back_reason"])
        note_sheet(row, "sent_back", access, now, reason=why)
        _tell(row)


def _tell(row: Timesheet) -> None:
    live.notify(f"user.{row.user_id}", {"sheet": row.pk, "version": row.version})

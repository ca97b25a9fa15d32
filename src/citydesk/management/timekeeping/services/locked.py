"""Taking a person's sheets, requests and clock for a change. All services of this room start here."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from citydesk.kernel import audit
from citydesk.kernel.actors import Access
from citydesk.kernel.detectors import mask_numbers
from citydesk.kernel.errors import Conflict, Invalid, NotAllowed, NotFound, StaleVersion
from citydesk.management.timekeeping import labels
from citydesk.management.timekeeping.choices import APPROVE, OWN, REQUEST, SHEET, SheetState
from citydesk.management.timekeeping.models import LeaveRequest, Timesheet
from citydesk.management.timekeeping.queries.sight import reach_of, seen_requests, seen_sheets

LONGEST = 400


def me(access: Access) -> int:
    """The person who acts. Raises `NotAllowed` for anybody without time of their own."""
    access.require(OWN)
    return somebody(access)


def somebody(access: Access) -> int:
    """The member of staff who acts. Raises `NotAllowed` for programs and residents."""
    if access.actor.staff_id is None:
        raise NotAllowed(_("Only people of the city do this."))
    return access.actor.staff_id


def needed(words: str, sentence: str, field: str = "reason") -> str:
    """The words, tidied, card and social security numbers masked. Raises `Invalid` where there are none."""
    tidy = mask_numbers(words.replace("\x00", "").strip()).text
    if not tidy:
        raise Invalid(sentence, field=field)
    if len(tidy) > LONGEST:
        raise Invalid(_("At most %(n)s characters.") % {"n": LONGEST}, field=field)
    return tidy


def sheet_of(user_id: int, week_start: date) -> Timesheet:
    """A person's locked row of a week, made when it is needed first."""
    Timesheet.objects.get_or_create(user_id=user_id, week_start=week_start)
    return Timesheet.objects.select_for_update().get(user_id=user_id, week_start=week_start)


def take_sheet(sheet_id: int, access: Access, now: datetime, version: int | None) -> Timesheet:
    """The locked row of a sheet the reader sees. Raises `NotFound`, `StaleVersion`."""
    if not seen_sheets(access, now).filter(pk=sheet_id).exists():
        raise NotFound(_("There is no such time sheet."))
    row = Timesheet.objects.select_for_update().get(pk=sheet_id)
    _check_version(row, version)
    return row


def take_request(request_id: int, access: Access, now: datetime, version: int | None) -> LeaveRequest:
    """The locked row of a request the reader sees. Raises `NotFound`, `StaleVersion`."""
    if not seen_requests(access, now).filter(pk=request_id).exists():
        raise NotFound(_("There is no such request."))
    row = LeaveRequest.objects.select_for_update(of=("self",)).select_related("leave_type", "user").get(pk=request_id)
    _check_version(row, version)
    return row


def _check_version(row: Any, version: int | None) -> None:
    if version is not None and version != row.version:
        raise StaleVersion(_("Somebody else changed this first."), version=row.version, theirs=row.version)


def require_approver(access: Access, owner_id: int, now: datetime) -> None:
    """Raise `NotAllowed`, with the reason in words, unless the reader approves for this person now."""
    access.require(APPROVE)
    refusal = reach_of(access, now).why_not(owner_id)
    if refusal is not None:
        raise NotAllowed(str(labels.WHY_NOT[refusal]))


def require_state(may: bool) -> None:
    """Raise `Conflict` where the table of states does not have the move."""
    if not may:
        raise Conflict(_("This has changed: it is not possible now."))


def require_open(row: Timesheet) -> None:
    """Raise `Conflict` unless a week's rows may be written: it is open, or locked and will be adjusted."""
    if row.state in (SheetState.SUBMITTED, SheetState.APPROVED):
        raise Conflict(_("This week is submitted. Take it back, or ask for it to be sent back, before you change it."))


def keep(row: Any, fields: Iterable[str]) -> None:
    """Save changed fields under a new version."""
    row.version += 1
    row.save(update_fields=sorted({*fields, "version"}))


def note_sheet(
    row: Timesheet, code: str, access: Access, now: datetime, *, reason: str = "", after: Any = None
) -> None:
    """Write a sheet's history: acts, never hours."""
    act = audit.Act(f"timekeeping.{code}", SHEET, row.pk, row.week_start.isoformat(), after=after, reason=reason)
    audit.record(act, actor=access.actor, now=now)


def note_request(
    row: LeaveRequest, code: str, access: Access, now: datetime, *, reason: str = "", after: Any = None
) -> None:
    """Write a request's history: neither its kind nor why leave is wanted."""
    act = audit.Act(f"timekeeping.{code}", REQUEST, row.pk, row.first.isoformat(), after=after, reason=reason)
    audit.record(act, actor=access.actor, now=now)

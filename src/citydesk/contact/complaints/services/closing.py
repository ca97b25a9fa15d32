"""The end of a complaint: closed after its letter, or withdrawn."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from citydesk.contact.complaints.choices import LetterState, Outcome
from citydesk.contact.complaints.events import ComplaintClosed
from citydesk.contact.complaints.models import Complaint
from citydesk.contact.complaints.queries.letters import offers_granted
from citydesk.contact.complaints.services.locked import keep, move_on, needed, take
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import Conflict, Invalid


def close(*, complaint_id: int, reason: str = "", access: Access, now: datetime, version: int | None = None) -> None:
    """Close a complaint whose letter was mailed. What was granted and is not yet kept needs a reason.

    Raises `Conflict` before the letter was mailed, `Invalid` without the reason.
    """
    with transaction.atomic():
        row = take(complaint_id, "close", access, version=version)
        if row.letter_state != LetterState.MAILED:
            raise Conflict(_("Close it after the letter was mailed."))
        if not reason.strip() and any(one.kept_at is None for one in _granted(row)):
            raise Invalid(_("Something granted is not done yet. Say why it is closed all the same."), field="reason")
        _end(row, "close", "closed", reason, access=access, now=now)


def withdraw(*, complaint_id: int, reason: str, access: Access, now: datetime, version: int | None = None) -> None:
    """The complainant takes it back, in their words. Raises `Invalid` without them."""
    with transaction.atomic():
        row = take(complaint_id, "withdraw", access, version=version)
        why = needed(reason, "reason", _("Say how they withdrew it."))[:400]
        row.outcome = Outcome.WITHDRAWN
        _end(row, "withdraw", "withdrawn", why, access=access, now=now)


def _granted(row: Complaint) -> list[Any]:
    return offers_granted(row) if row.outcome != Outcome.NOT_UPHELD else []


def _end(row: Complaint, move: str, code: str, reason: str, *, access: Access, now: datetime) -> None:
    move_on(row, move)
    row.is_open, row.closed_at = False, now
    event = ComplaintClosed(row.pk, row.number, row.request_id)
    keep(row, ["is_open", "closed_at", "outcome"], code, access=access, now=now, reason=reason.strip(), event=event)

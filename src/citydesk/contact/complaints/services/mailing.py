"""Printing and mailing an approved letter: in a sealed batch of its own, on no page but the complaint's."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from citydesk.city.correspondence import services as correspondence
from citydesk.city.profile import queries as profile
from citydesk.contact.complaints.choices import LetterKind, LetterState
from citydesk.contact.complaints.models import Complaint, Letter
from citydesk.contact.complaints.queries.policy import class_on
from citydesk.contact.complaints.rules import classes
from citydesk.contact.complaints.services.locked import keep, take
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import Conflict


def print_letter(*, complaint_id: int, access: Access, now: datetime) -> int:
    """Put the approved letter into its batch, once; returns the letter's id, printed or not before."""
    with transaction.atomic():
        row = take(complaint_id, "print_letter", access)
        letter = _approved(row)
        if letter.printed_at is None:
            correspondence.print_sealed(message_id=letter.message_id, actor=access.actor, now=now)
            letter.printed_at = now
            letter.save(update_fields=["printed_at"])
            keep(row, [], "letter_printed", access=access, now=now)
        return letter.pk


def mail_letter(*, complaint_id: int, access: Access, now: datetime, version: int | None = None) -> None:
    """The letter is in the mail: the window for an appeal begins. Raises `Conflict` before it was printed."""
    with transaction.atomic():
        row = take(complaint_id, "print_letter", access, version=version)
        letter = _approved(row)
        if letter.printed_at is None:
            raise Conflict(_("Print the letter first."))
        correspondence.mail_sealed(message_id=letter.message_id, actor=access.actor, now=now)
        letter.state, letter.mailed_at = LetterState.MAILED, now
        letter.save(update_fields=["state", "mailed_at"])
        row.letter_state = LetterState.MAILED
        if letter.kind == LetterKind.DECISION:
            klass = class_on(row.class_code, row.policy_date)
            calendar = profile.calendar(klass.calendar, row.policy_date)
            row.appeal_until = classes.appeal_until(klass, calendar, now)
        keep(row, ["letter_state", "appeal_until"], "letter_mailed", access=access, now=now)


def _approved(row: Complaint) -> Letter:
    letter = row.letters.filter(state=LetterState.APPROVED).order_by("-id").first()
    if letter is None:
        raise Conflict(_("No letter waits to be mailed."))
    return letter

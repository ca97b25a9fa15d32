"""The decision: outcome, words, letter. It is told when somebody else has approved the letter."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from citydesk.contact.complaints.choices import DECISIONS, ComplaintState, EntryKind, LetterKind, LetterState, Outcome
from citydesk.contact.complaints.models import Complaint
from citydesk.contact.complaints.services.letters import addressed, write_letter
from citydesk.contact.complaints.services.locked import keep, me, move_on, needed, take
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import Conflict, Invalid


@dataclass(frozen=True)
class Decision:
    """What was decided, the letter's words, and to whom it goes: name and address in lines."""

    outcome: str
    words: str
    letter_to: str
    language: str = ""


def decide(*, complaint_id: int, decision: Decision, access: Access, now: datetime, version: int | None = None) -> None:
    """Decide the complaint and write its letter, which is held. From now on the approvers see it. Raises `Invalid`."""
    with transaction.atomic():
        row = take(complaint_id, "decide", access, version=version)
        _check(row, decision)
        row.outcome = decision.outcome
        row.decision = needed(decision.words, "words", _("Write what was decided and why."))
        row.letter_to = addressed(decision.letter_to)
        row.language = decision.language or row.language
        row.decided_at, row.decided_by_id = now, me(access)
        row.is_with_approvers = True
        write_letter(row, LetterKind.DECISION, row.decision, access=access, now=now)
        move_on(row, "decide")
        fields = ["outcome", "decision", "letter_to", "language", "decided_at", "decided_by"]
        keep(row, [*fields, "is_with_approvers", "letter_state"], "decided", access=access, now=now)


def _check(row: Complaint, decision: Decision) -> None:
    if decision.outcome not in DECISIONS:
        raise Invalid(_("Choose how it was decided."), field="outcome")
    is_settled = row.log.filter(kind=EntryKind.ACCEPTED).exists()
    if decision.outcome == Outcome.SETTLED and not is_settled:
        raise Invalid(_("It is settled only when the complainant accepted an offer."), field="outcome")


def rewrite(
    *, complaint_id: int, words: str, letter_to: str, access: Access, now: datetime, version: int | None = None
) -> None:
    """Write the letter anew after it was sent back: the decision's, or the appeal's by whoever decided that."""
    with transaction.atomic():
        is_appeal = _is_appeal(complaint_id)
        row = take(complaint_id, "rewrite_appeal" if is_appeal else "rewrite", access, version=version)
        if row.letter_state != LetterState.SENT_BACK:
            raise Conflict(_("Only a letter that was sent back is written anew."))
        if is_appeal and row.appeal_decided_by_id != me(access):
            raise Conflict(_("Whoever decided the appeal writes its letter."))
        tidy = needed(words, "words", _("Write what was decided and why."))
        row.letter_to = addressed(letter_to)
        name = "appeal_decision" if is_appeal else "decision"
        setattr(row, name, tidy)
        write_letter(row, LetterKind.APPEAL if is_appeal else LetterKind.DECISION, tidy, access=access, now=now)
        keep(row, [name, "letter_to", "letter_state"], "letter_rewritten", access=access, now=now)


def _is_appeal(complaint_id: int) -> bool:
    return Complaint.objects.filter(pk=complaint_id, state=ComplaintState.APPEAL_DECIDED).exists()

"""Writing the letters of a complaint: in the resident's language, sealed, held until somebody else approves."""

from datetime import datetime

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from citydesk.city.correspondence import services as correspondence
from citydesk.city.profile import queries as profile
from citydesk.contact.complaints import labels
from citydesk.contact.complaints.choices import OBJECT, TEMPLATES, AppealOutcome, LetterKind, LetterState, Outcome
from citydesk.contact.complaints.models import Complaint, Letter
from citydesk.contact.complaints.queries.policy import class_on
from citydesk.contact.complaints.services.locked import me, needed
from citydesk.kernel.actors import Access, Actor
from citydesk.kernel.errors import Invalid
from citydesk.kernel.texts import date_words

LONGEST_ADDRESS = 400


def addressed(letter_to: str) -> str:
    """Name and address in lines, as they stand in the window. Raises `Invalid` without both."""
    lines = [" ".join(one.split()) for one in letter_to.splitlines() if one.strip()]
    text = "\n".join(lines)
    if len(lines) < 2 or len(text) > LONGEST_ADDRESS:
        raise Invalid(_("Write the name in the first line, the address below."), field="letter_to")
    return text


def write_letter(row: Complaint, kind: LetterKind, words: str, *, access: Access, now: datetime) -> Letter:
    """Write one letter of a locked complaint and hold it. The caller keeps the row with its `letter_state`."""
    text = needed(words, "words", _("Write what was decided and why."))
    count = row.letters.filter(kind=kind).count() + 1
    with translation.override(row.language):
        fields = {
            "number": row.number,
            "opened": date_words(timezone.localtime(row.received_at, profile.local_zone()), "j F Y"),
            "service": class_on(row.class_code, row.policy_date).name_in(row.language),
            "reason": _outcome(row, kind),
            "text": text,
            "due": _appeal(row, kind),
        }
    message_id = correspondence.send(
        template=TEMPLATES[kind],
        language=row.language,
        channel="letter",
        to=row.letter_to,
        fields=fields,
        about=correspondence.About(OBJECT, row.pk, row.number),
        key=f"complaint:{row.pk}:{kind}:{count}",
        hold=True,
        is_sealed=True,
        actor=access.actor,
        now=now,
    )
    row.letter_state = LetterState.HELD
    return Letter.objects.create(
        complaint=row, kind=kind, message_id=message_id, written_by_id=me(access), written_at=now
    )


def _outcome(row: Complaint, kind: LetterKind) -> str:
    if kind == LetterKind.APPEAL:
        return str(labels.APPEAL_OUTCOMES[AppealOutcome(row.appeal_outcome)])
    return str(labels.OUTCOMES[Outcome(row.outcome)])


def _appeal(row: Complaint, kind: LetterKind) -> str:
    """What the resident may do now, in a paragraph."""
    days = class_on(row.class_code, row.policy_date).appeal_days
    if kind == LetterKind.APPEAL or not days:
        return _("This decision is final with the city.")
    return _(
        "You may appeal. Call or write to us within %(days)s working days after the day this letter was mailed and "
        "give the number above. Somebody who had no part in this decision decides the appeal."
    ) % {"days": days}


def stop_letter(letter: Letter, state: LetterState, *, actor: Actor, now: datetime) -> None:
    """Stop a held letter: its words stay, it is never printed."""
    letter.state = state
    letter.save(update_fields=["state"])
    correspondence.stop_unsent(
        about_type=OBJECT, about_id=letter.complaint_id, reason="sent back", actor=actor, now=now
    )

"""The appeal: its own clock, and somebody who had no part in the first decision."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from citydesk.city.profile import queries as profile
from citydesk.contact.complaints.choices import AppealOutcome, LetterKind, LetterState
from citydesk.contact.complaints.events import ComplaintAppealed
from citydesk.contact.complaints.models import Complaint
from citydesk.contact.complaints.queries.one import took_part
from citydesk.contact.complaints.queries.policy import class_on
from citydesk.contact.complaints.rules import authority, classes
from citydesk.contact.complaints.services.letters import addressed, write_letter
from citydesk.contact.complaints.services.locked import keep, me, move_on, needed, take
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import Conflict, Invalid, NotAllowed


def receive_appeal(
    *, complaint_id: int, words: str, came_at: datetime, access: Access, now: datetime, version: int | None = None
) -> None:
    """Take an appeal in. It must have come within the window; its clock runs from the day it came.

    Raises `Conflict` after the window, before the letter was mailed, for a second appeal.
    """
    with transaction.atomic():
        row = take(complaint_id, "appeal", access, version=version)
        if row.appealed_at is not None:
            raise Conflict(_("This complaint was appealed before. The decision on the appeal is final."))
        if came_at > now:
            raise Invalid(_("This lies in the future."), field="came_at")
        if row.letter_state != LetterState.MAILED or not classes.is_in_time(row.appeal_until, came_at):
            raise Conflict(_("The time for an appeal is over, or there is none."))
        others = Complaint.objects.filter(request_id=row.request_id, is_open=True).exclude(pk=row.pk)
        if others.exists():
            raise Conflict(_("A complaint about this request is open already."))
        klass = class_on(row.class_code, row.policy_date)
        calendar = profile.calendar(klass.calendar, row.policy_date)
        row.appeal_words = needed(words, "words", _("Write down what they say against the decision."))
        row.appealed_at, row.appeal_due_at = came_at, classes.appeal_due(klass, calendar, came_at)
        row.is_open, row.closed_at = True, None
        move_on(row, "appeal")
        fields = ["appeal_words", "appealed_at", "appeal_due_at", "is_open", "closed_at"]
        event = ComplaintAppealed(row.pk, row.number, row.request_id)
        keep(row, fields, "appealed", access=access, now=now, event=event)


def decide_appeal(
    *,
    complaint_id: int,
    outcome: str,
    words: str,
    letter_to: str,
    access: Access,
    now: datetime,
    version: int | None = None,
) -> None:
    """Decide the appeal and write the second letter, held like the first.

    Raises `NotAllowed` for whoever handled, proposed, approved, wrote or decided before, `Invalid`.
    """
    with transaction.atomic():
        row = take(complaint_id, "decide_appeal", access, version=version)
        if row.appeal_team_id not in access.team_ids:
            raise NotAllowed(_("Those who decide appeals of this class decide it."))
        if not authority.may_decide_appeal(person_id=access.actor.staff_id, took_part=took_part(row)):
            raise NotAllowed(_("You had a part in the first decision; somebody else decides the appeal."))
        if outcome not in set(AppealOutcome):
            raise Invalid(_("Choose how it was decided."), field="outcome")
        row.appeal_outcome = outcome
        row.appeal_decision = needed(words, "words", _("Write what was decided and why."))
        row.letter_to = addressed(letter_to)
        row.appeal_decided_at, row.appeal_decided_by_id = now, me(access)
        write_letter(row, LetterKind.APPEAL, row.appeal_decision, access=access, now=now)
        move_on(row, "decide_appeal")
        fields = ["appeal_outcome", "appeal_decision", "appeal_decided_at", "appeal_decided_by"]
        keep(row, [*fields, "letter_to", "letter_state"], "appeal_decided", access=access, now=now)

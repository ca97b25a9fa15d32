"""What people say about a figure of their own week."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from citydesk.contact.traffic.choices import NOTED, NUMBERS
from citydesk.contact.traffic.models import NumbersNote
from citydesk.contact.traffic.queries.monitors import is_monitored
from citydesk.contact.traffic.queries.numbers import require_own_week
from citydesk.kernel import audit
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import Invalid, NotAllowed, NotFound


def note_number(*, week: date, figure: str, text: str, access: Access, now: datetime) -> None:
    """Say something about a figure of one's own week, or take it back with no words; what was said before stays.

    Raises `NotAllowed`, `NotFound` for a figure that is not measured or a week to come, `Invalid` for too many words.
    """
    access.require(NUMBERS)
    if access.actor.staff_id is None:
        raise NotAllowed(_("Only a person has numbers."))
    code = next((one for one in NOTED if one == figure), None)
    if code is None or not is_monitored(code, now):
        raise NotFound(_("There is no such figure."))
    begin = require_own_week(week, now)
    if len(text.strip()) > 500:
        raise Invalid(_("At most 500 characters."), field="text")
    with transaction.atomic():
        row = NumbersNote.objects.create(
            user_id=access.actor.staff_id, week=begin, figure=code, text=text.strip(), written_at=now
        )
        act = audit.Act("traffic.numbers_noted", "traffic.numbers_note", row.pk, f"{begin.isoformat()} {code}")
        audit.record(act, actor=access.actor, now=now)

"""Complaints of a handler who is away, given to a colleague of the same handling team and taken back.

Whoever may enter absences may move them without seeing them: a number of cases is all that is told.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from citydesk.city.staff import queries as staff
from citydesk.city.staff.choices import ABSENCES
from citydesk.contact.complaints.models import Complaint
from citydesk.contact.complaints.queries.one import stood_for
from citydesk.contact.complaints.services.locked import keep
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import Conflict
from citydesk.kernel.moving import MovedThings


def move_handled(*, from_user_id: int, to_user_id: int, reason: str, access: Access, now: datetime) -> MovedThings:
    """Give open complaints to a colleague of their handling team; what the colleague may not handle stays, uncounted
    by name: a complaint of another team, or one they approved something of."""
    access.require(ABSENCES)
    moved, stays = list[list[int]](), 0
    with transaction.atomic():
        for row in _held_by(from_user_id):
            if not staff.is_member(to_user_id, row.team_id, now) or to_user_id in stood_for(row):
                stays += 1
                continue
            _give(row, to_user_id, reason, access, now)
            moved.append([row.pk, row.version])
    if not stays:
        return MovedThings(moved)
    words = ngettext(
        "%(n)s complaint stays: it needs somebody of its own team.",
        "%(n)s complaints stay: they need somebody of their own team.",
        stays,
    )
    return MovedThings(moved, (words % {"n": stays},))


def take_handled_back(
    *, rows: Sequence[Sequence[int]], from_user_id: int, to_user_id: int, reason: str, access: Access, now: datetime
) -> int:
    """Give complaints back to whom they were moved from. Raises `Conflict` when one was gone on with since."""
    access.require(ABSENCES)
    wanted = {pk: version for pk, version in rows}
    with transaction.atomic():
        for row in Complaint.objects.filter(pk__in=wanted).select_for_update(of=("self",)).order_by("pk"):
            if row.version != wanted[row.pk] or row.handler_id != to_user_id:
                raise Conflict(_("Nothing was taken back: a complaint was gone on with since."))
            _give(row, from_user_id, reason, access, now)
    return len(rows)


def _held_by(user_id: int) -> list[Complaint]:
    rows = Complaint.objects.filter(handler_id=user_id, is_open=True)
    return list(rows.select_for_update(of=("self",)).order_by("pk"))


def _give(row: Complaint, user_id: int, reason: str, access: Access, now: datetime) -> None:
    row.handler_id = user_id
    after = {"name": staff.names_of([user_id]).get(user_id, "")}
    keep(row, ["handler"], "handed_over", access=access, now=now, reason=reason, after=after)

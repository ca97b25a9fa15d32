"""Taking a complaint for a change, and what every act ends with. All services of this room start and end here."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from citydesk.contact.complaints.choices import HANDLE, OBJECT
from citydesk.contact.complaints.models import Complaint
from citydesk.contact.complaints.queries.sight import is_theirs, seen
from citydesk.contact.complaints.rules import workflow
from citydesk.kernel import audit, live, outbox
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import Conflict, Invalid, NotAllowed, NotFound, StaleVersion

LONGEST = 10_000


def take(complaint_id: int, move: str, access: Access, *, version: int | None = None) -> Complaint:
    """The locked complaint, if the reader sees it, holds the right, and its state has the move."""
    row = seen(access).select_for_update(of=("self",)).filter(pk=complaint_id).first()
    if row is None:
        raise NotFound(_("There is no such complaint."))
    permission = workflow.move(move).permission
    access.require(permission)
    if permission == HANDLE and not is_theirs(row, access):
        raise NotAllowed(_("The team that handles this complaint works on it."))
    if version is not None and version != row.version:
        raise StaleVersion(_("Somebody else changed this complaint first."), version=row.version, theirs=row.version)
    if not workflow.may_move(move, row.state):
        raise Conflict(_("The complaint has changed: this is not possible now."), move=move, state=row.state)
    return row


def move_on(row: Complaint, move: str) -> None:
    """The state the table says; the caller keeps the row."""
    to = workflow.move(move).to
    if to is not None:
        row.state = to


def keep(
    row: Complaint,
    fields: Iterable[str],
    code: str,
    *,
    access: Access,
    now: datetime,
    reason: str = "",
    after: Any = None,
    event: Any = None,
) -> None:
    """Write the changed fields under a new version, the history, the event, and news for the people of the case.

    The history names the act, its reason and codes: never what was complained of, said or offered.
    """
    row.version += 1
    row.save(update_fields=sorted({*fields, "state", "version"}))
    act = audit.Act(f"complaints.{code}", OBJECT, row.pk, row.number, after=after, reason=reason)
    audit.record(act, actor=access.actor, now=now)
    if event is not None:
        outbox.publish(event, now=now)
    for team in sorted({row.team_id, *([row.approvers_id] if row.is_with_approvers else [])}):
        live.notify(f"team.{team}", {"complaint": row.pk, "version": row.version})


def needed(words: str, field: str, sentence: str) -> str:
    """The words, tidied. Raises `Invalid` beside the field when there are none, or far too many."""
    tidy = words.replace("\x00", "").strip()
    if not tidy:
        raise Invalid(sentence, field=field)
    if len(tidy) > LONGEST:
        raise Invalid(_("At most %(n)s characters.") % {"n": LONGEST}, field=field)
    return tidy


def me(access: Access) -> int:
    """The person who acts. Raises `Invalid` for anybody but staff: each act of a complaint is somebody's."""
    if access.actor.staff_id is None:
        raise Invalid(_("Only people of the city act on complaints."))
    return access.actor.staff_id

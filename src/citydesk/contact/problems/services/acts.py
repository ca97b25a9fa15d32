"""What every act of the room begins and ends with: the locked row, its history, its event."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from citydesk.contact.problems.choices import OBJECT_TYPE
from citydesk.contact.problems.models import Problem
from citydesk.contact.problems.rules import states
from citydesk.kernel import audit, outbox
from citydesk.kernel.actors import Access, Actor
from citydesk.kernel.detectors import mask_numbers
from citydesk.kernel.errors import Conflict, Invalid, NotFound, StaleVersion

LONGEST = 8000


def take(
    problem_id: int, access: Access, *, permission: str = "", move: str = "", version: int | None = None
) -> Problem:
    """Lock a problem in sight. Raises `NotFound`, `NotAllowed`, `StaleVersion`, `Conflict` without the move."""
    row = Problem.objects.visible_to(access).select_for_update(of=("self",)).filter(pk=problem_id).first()
    if row is None:
        raise NotFound(_("There is no such problem."))
    if permission:
        access.require(permission)
    if move and not states.may_move(row.state, move):
        raise Conflict(_("The problem has changed: this is not possible now."))
    if version is not None and version != row.version:
        raise StaleVersion(_("Somebody else changed this problem first."), version=row.version, theirs=row.version)
    return row


def keep(
    row: Problem,
    fields: Iterable[str],
    code: str,
    *,
    actor: Actor,
    now: datetime,
    before: Any = None,
    after: Any = None,
    reason: str = "",
    event: Any = None,
) -> None:
    """Write the changed fields under a new version, with their history and event."""
    row.version += 1
    row.updated_at = now
    row.save(update_fields=sorted({*fields, "version", "updated_at"}))
    act = audit.Act(f"problems.{code}", OBJECT_TYPE, row.pk, row.number, before, after, reason)
    audit.record(act, actor=actor, now=now)
    if event is not None:
        outbox.publish(event, now=now)


def words(text: str, field: str, *, must: bool = True) -> str:
    """Typed words without card and social-security numbers. Raises `Invalid` when they must be there and are not."""
    found = text.replace("\x00", "").strip()
    if must and not found:
        raise Invalid(_("Write something first."), field=field)
    if len(found) > LONGEST:
        raise Invalid(_("This is too long."), field=field)
    return mask_numbers(found).text if found else ""

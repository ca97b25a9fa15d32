"""Papers that did not come out: noted at the desk, printed again later, each copy counted."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from citydesk.city.correspondence.choices import REPRINT, REPRINT_TYPE
from citydesk.city.correspondence.models import Reprint
from citydesk.city.correspondence.queries.papers import find_paper, visible_reprints
from citydesk.kernel import audit
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import Conflict, NotFound


def note_not_printed(*, paper: str, number: str, why: str, desk: str, access: Access, now: datetime) -> int:
    """Put a paper on the desk's list to print again; returns the line's id. The same paper waits once.

    Raises `NotAllowed`, `Invalid` when the reader has no such paper, `Conflict` when it waits already.
    """
    access.require(REPRINT)
    found = find_paper(access, paper, number)
    try:
        with transaction.atomic():
            row = Reprint.objects.create(
                paper=paper,
                object_id=found.object_id,
                number=found.number[:24],
                desk=" ".join(desk.split())[:80],
                why=" ".join(why.split())[:200],
                noted_at=now,
                noted_by_id=access.actor.staff_id or 0,
            )
            act = audit.Act("papers.not_printed", REPRINT_TYPE, row.pk, row.number, reason=row.why)
            audit.record(act, actor=access.actor, now=now)
    except IntegrityError as error:
        raise Conflict(_("%(number)s waits to be printed again already.") % {"number": found.number}) from error
    return row.pk


def print_again(*, reprint_id: int, access: Access, now: datetime) -> str:
    """Count one more copy, take the paper off the list, and return the address of its PDF, which says "Copy N".

    Raises `NotAllowed`, `NotFound`, `Conflict` when a colleague was quicker, `Invalid` when the paper is gone.
    """
    with transaction.atomic():
        row = _waiting(reprint_id, access)
        found = find_paper(access, row.paper, row.number)
        before = Reprint.objects.filter(paper=row.paper, object_id=row.object_id).aggregate(most=Max("copy"))["most"]
        row.copy, row.settled_at, row.settled_by_id = (before or 1) + 1, now, access.actor.staff_id
        row.save(update_fields=["copy", "settled_at", "settled_by"])
        act = audit.Act("papers.printed_again", REPRINT_TYPE, row.pk, row.number, after={"copy": row.copy})
        audit.record(act, actor=access.actor, now=now)
    return f"{found.url}?copy={row.pk}"


def came_out(*, reprint_id: int, access: Access, now: datetime) -> None:
    """The paper had come out after all: it is taken off the list, no copy is counted. Raises as `print_again`."""
    with transaction.atomic():
        row = _waiting(reprint_id, access)
        row.settled_at, row.settled_by_id = now, access.actor.staff_id
        row.save(update_fields=["settled_at", "settled_by"])
        audit.record(audit.Act("papers.came_out", REPRINT_TYPE, row.pk, row.number), actor=access.actor, now=now)


def _waiting(reprint_id: int, access: Access) -> Reprint:
    access.require(REPRINT)
    row = Reprint.objects.select_for_update().filter(pk=reprint_id).first()
    if row is None or not visible_reprints(access).filter(pk=row.pk).exists():
        raise NotFound(_("There is no such paper on the list."))
    if row.settled_at is not None:
        raise Conflict(_("A colleague has dealt with this paper already."))
    return row

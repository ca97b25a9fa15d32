"""What an absent person left: promises and drafts given to a colleague in one act, and taken back as one."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from citydesk.contact.interactions.choices import OPEN_STATES, SUPERVISE
from citydesk.contact.interactions.models import Interaction, WorkMove
from citydesk.contact.interactions.queries.sealed import is_in_confidence
from citydesk.contact.interactions.services.promises import reassign_promises
from citydesk.contact.interactions.services.supervising import give
from citydesk.kernel import live
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import Conflict, Invalid, NotFound

UNDO_WINDOW = timedelta(minutes=10)


@dataclass(frozen=True)
class Moved:
    """How many promises and drafts went over, how many drafts stay because they are in confidence; `move_id` undoes."""

    promises: int
    drafts: int
    sealed: int
    move_id: int | None


def move_work(*, from_user_id: int, to_user_id: int, reason: str, access: Access, now: datetime) -> Moved:
    """Give a person's open promises and unfinished contacts to a colleague. Due times stay: residents were told them.

    A draft in confidence stays with who holds it. Raises `NotAllowed`, `Invalid` when both are one person.
    """
    access.require(SUPERVISE)
    if from_user_id == to_user_id:
        raise Invalid(_("Choose another person."), field="to")
    with transaction.atomic():
        promised = reassign_promises(
            from_user_id=from_user_id, to_user_id=to_user_id, reason=reason, access=access, now=now
        )
        held = list(
            Interaction.objects.select_for_update(no_key=True)
            .filter(holder_id=from_user_id, state__in=OPEN_STATES)
            .order_by("pk")
        )
        open_ones = [row for row in held if not is_in_confidence(row.draft, now)]
        for row in open_ones:
            give(row, to_user_id, reason, access, now, code="interactions.handed_over")
        move_id = None
        if promised or open_ones:
            move_id = WorkMove.objects.create(
                from_user_id=from_user_id,
                to_user_id=to_user_id,
                done_by_id=access.actor.staff_id or 0,
                done_at=now,
                promises=promised,
                drafts=[[row.pk, row.number, row.version + 1] for row in open_ones],
            ).pk
            live.notify(f"user.{to_user_id}", {"kind": "handed"})
        return Moved(len(promised), len(open_ones), len(held) - len(open_ones), move_id)


def take_work_back(*, move_id: int, access: Access, now: datetime) -> tuple[int, int]:
    """Undo `move_work`, whole or not at all, within ten minutes, by whoever did it; returns (promises, drafts).

    Raises `NotFound` for an act of somebody else, `Conflict` when it was taken back, is too old, or when a promise was
    settled or a draft gone on with since.
    """
    access.require(SUPERVISE)
    with transaction.atomic():
        move = WorkMove.objects.select_for_update().filter(pk=move_id, done_by_id=access.actor.staff_id).first()
        if move is None:
            raise NotFound(_("There is no such act."))
        if move.undone_at is not None:
            raise Conflict(_("This was taken back already."))
        if now > move.done_at + UNDO_WINDOW:
            raise Conflict(_("The ten minutes to take it back are over."))
        drafts = _unchanged(move)
        reason = _("taken back")
        back = reassign_promises(
            from_user_id=move.to_user_id,
            to_user_id=move.from_user_id,
            reason=reason,
            access=access,
            now=now,
            only=move.promises,
        )
        if len(back) != len(move.promises):
            raise Conflict(_("Nothing was taken back: a promise was settled since."))
        for row in drafts:
            give(row, move.from_user_id, reason, access, now, code="interactions.handed_over")
        move.undone_at = now
        move.save(update_fields=["undone_at"])
        return len(back), len(drafts)


def _unchanged(move: WorkMove) -> list[Interaction]:
    wanted = {pk: (number, version) for pk, number, version in move.drafts}
    rows = list(Interaction.objects.select_for_update(no_key=True).filter(pk__in=wanted).order_by("pk"))
    changed = [row.number for row in rows if row.version != wanted[row.pk][1] or row.holder_id != move.to_user_id]
    if changed:
        raise Conflict(_("Nothing was taken back. Changed since: %(numbers)s.") % {"numbers": ", ".join(changed[:5])})
    return rows

"""A supervisor beside an open contact: looks in while it is typed, writes a note on it, takes it over, hands it back.

What is said in confidence stays with whoever holds the draft: all of these are `NotFound` to a supervisor then, also
on a draft that lies old and forgotten.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from citydesk.contact.interactions.choices import SUPERVISE, SegmentKind, State
from citydesk.contact.interactions.models import Advice, Interaction
from citydesk.contact.interactions.services.drafts import (
    close_segment,
    lock_desk,
    lock_held_or_supervised,
    lock_open,
    open_segment,
    park_front,
    tell_watcher,
)
from citydesk.contact.interactions.services.masking import mask_text
from citydesk.kernel import audit, live
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import Conflict, Invalid, NotFound

OBJECT_TYPE = "interactions.Interaction"
# A page that looks in says so again well before this is over; a closed one is forgotten after it.
WATCH_LASTS = timedelta(seconds=60)


def look_in(*, interaction_id: int, access: Access, now: datetime) -> None:
    """Begin, or go on, to see a clerk's open contact as it is typed; the clerk's page says who looks in.

    The first look of a sitting is in the log of reads. Raises `NotAllowed`, `NotFound`, `Conflict` when it is finished.
    """
    access.require(SUPERVISE)
    with transaction.atomic():
        row = lock_held_or_supervised(interaction_id, access, now)
        if row.holder_id == access.actor.staff_id:
            return
        is_going_on = row.watched_by_id == access.actor.staff_id and (row.watched_until or now) > now
        Interaction.objects.filter(pk=row.pk).update(
            watched_by_id=access.actor.staff_id, watched_until=now + WATCH_LASTS
        )
        if not is_going_on:
            audit.record_read(object_type=OBJECT_TYPE, object_id=row.pk, purpose="look_in", actor=access.actor, now=now)
            _tell_holder(row.holder_id, row.pk, "looks_in")


def look_away(*, interaction_id: int, access: Access, now: datetime) -> None:
    """The supervisor's page is left. Nothing happens when somebody else looks in meanwhile."""
    rows = Interaction.objects.filter(pk=interaction_id, watched_by_id=access.actor.staff_id, watched_until__gt=now)
    with transaction.atomic():
        holder = rows.values_list("holder_id", flat=True).first()
        if holder and rows.update(watched_until=now):
            _tell_holder(holder, interaction_id, "looks_away")


def advise(*, interaction_id: int, text: str, access: Access, now: datetime) -> int:
    """Write a note on a clerk's open contact; it stands before the clerk until read. Returns its id.

    Raises `NotAllowed`, `Invalid` without words, `NotFound`, `Conflict`.
    """
    access.require(SUPERVISE)
    if not text.strip():
        raise Invalid(_("Write what the clerk should know."), field="text")
    with transaction.atomic():
        row = lock_held_or_supervised(interaction_id, access, now)
        return _advise(row.pk, row.number, row.holder_id, text, access, now)


def _advise(interaction_id: int, number: str, holder_id: int | None, text: str, access: Access, now: datetime) -> int:
    note = Advice.objects.create(
        interaction_id=interaction_id,
        author_id=access.actor.staff_id or 0,
        author_label=access.actor.label[:120],
        text=mask_text(text.strip())[:500],
        written_at=now,
    )
    audit.record(
        audit.Act("interactions.advised", OBJECT_TYPE, interaction_id, number, reason=note.text),
        actor=access.actor,
        now=now,
    )
    _tell_holder(holder_id, interaction_id, "advice")
    return note.pk


def read_advice(*, advice_id: int, access: Access, now: datetime) -> None:
    """Note that who holds the contact has read the note; twice is once. Raises `NotFound`."""
    with transaction.atomic():
        note = Advice.objects.select_related("interaction").select_for_update(of=("self",)).filter(pk=advice_id).first()
        if note is None or note.interaction.holder_id != access.actor.staff_id:
            raise NotFound(_("There is no such note."))
        if note.seen_at is None:
            Advice.objects.filter(pk=advice_id).update(seen_at=now, seen_by_id=access.actor.staff_id)
            tell_watcher(note.interaction, now)


def take_over(*, interaction_id: int, access: Access, now: datetime) -> None:
    """A supervisor takes a clerk's open contact in front of them; what stood there is parked.

    From whom is kept, so that it can be handed back; what the clerk types in this moment still comes in. Raises
    `NotAllowed`, `NotFound`, `Conflict`, `Invalid` when it is with them already.
    """
    access.require(SUPERVISE)
    staff_id = access.actor.staff_id
    if staff_id is None:
        raise NotFound(_("There is no such open contact."))
    with transaction.atomic():
        lock_desk(access.actor)
        row = lock_held_or_supervised(interaction_id, access, now)
        if row.holder_id == staff_id:
            raise Invalid(_("This contact is with you already."), field="to_user")
        park_front(access.actor, now)
        close_segment(row, now)
        Interaction.objects.filter(pk=row.pk).update(
            holder_id=staff_id,
            state=State.DRAFT,
            taken_from_id=row.holder_id,
            taken_at=now,
            helped_by_id=staff_id,
            handed_by_id=None,
            handed_note="",
            watched_by_id=None,
            watched_until=None,
            touched_at=now,
            version=row.version + 1,
        )
        open_segment(row.pk, SegmentKind.ACTIVE, access.actor, now)
        act = audit.Act("interactions.taken_over", OBJECT_TYPE, row.pk, row.number, row.holder_id, staff_id)
        audit.record(act, actor=access.actor, now=now)
        _tell_holder(row.holder_id, row.pk, "taken")


def hand_back(*, interaction_id: int, note: str, access: Access, now: datetime) -> None:
    """Give a contact back to the clerk it was taken over from; it lies parked with them, the note before them.

    Raises `NotFound`, `Conflict` when it was not taken over.
    """
    with transaction.atomic():
        row = lock_open(interaction_id, access.actor)
        if row.taken_from_id is None:
            raise Conflict(_("This contact was not taken over from anybody."))
        give(row, row.taken_from_id, note, access, now, code="interactions.handed_back")
        words = note.strip() or _("Handed back to you.")
        _advise(row.pk, row.number, row.taken_from_id, words, access, now)


def hand_over(*, interaction_id: int, to_user_id: int, note: str, access: Access, now: datetime) -> None:
    """Give an open contact to a named colleague; it lies parked with them. Holders and supervisors may.

    Raises `NotFound`, `Invalid` when the colleague is the holder.
    """
    with transaction.atomic():
        row = lock_held_or_supervised(interaction_id, access, now)
        if row.holder_id == to_user_id:
            raise Invalid(_("This contact is with that colleague already."), field="to_user")
        give(row, to_user_id, note, access, now, code="interactions.handed_over")
        _tell_holder(to_user_id, row.pk, "handed")


def give(row: Interaction, to_user_id: int, note: str, access: Access, now: datetime, *, code: str) -> None:
    """Lay a locked open contact parked with somebody; its version goes up by one."""
    close_segment(row, now)
    Interaction.objects.filter(pk=row.pk).update(
        holder_id=to_user_id,
        state=State.PARKED,
        handed_by_id=access.actor.staff_id,
        handed_note=note[:300],
        taken_from_id=None,
        taken_at=None,
        version=row.version + 1,
    )
    open_segment(row.pk, SegmentKind.PARKED, access.actor, now)
    act = audit.Act(code, OBJECT_TYPE, row.pk, row.number, row.holder_id, to_user_id, note)
    audit.record(act, actor=access.actor, now=now)
    if row.holder_id != access.actor.staff_id:
        _tell_holder(row.holder_id, row.pk, "taken")


def _tell_holder(user_id: int | None, interaction_id: int, kind: str) -> None:
    if user_id is not None:
        live.notify(f"user.{user_id}", {"contact": interaction_id, "kind": kind})

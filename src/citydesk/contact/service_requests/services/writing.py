"""Words and pictures: internal and public notes, the public text and its review, files and theirs."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from citydesk.contact.service_requests import choices
from citydesk.contact.service_requests.choices import FileKind, NoteKind, PublicText, ReviewState
from citydesk.contact.service_requests.events import PublicUpdateWritten
from citydesk.contact.service_requests.models import Note, RequestFile, ServiceRequest
from citydesk.contact.service_requests.queries import policy
from citydesk.contact.service_requests.services.acts import act_on, keep, take
from citydesk.kernel.actors import SYSTEM_ACCESS, Access, Actor
from citydesk.kernel.detectors import mask_numbers
from citydesk.kernel.errors import Invalid, NotFound

LONGEST_NOTE = 8000


def add_note(*, request_id: int, text: str, kind: str = NoteKind.INTERNAL, access: Access, now: datetime) -> int:
    """Write a note; a public one goes to everyone who is told. Returns its id.

    Internal notes need the right to notes, public ones the right to edit.
    """
    with transaction.atomic():
        row = take(request_id, access, permission=choices.NOTES if kind == NoteKind.INTERNAL else choices.EDIT)
        note = write_note(row, NoteKind(kind), text, access.actor, now)
        event = PublicUpdateWritten(row.pk, row.number, note.pk) if note.kind == NoteKind.PUBLIC else None
        code = "public_note" if event else "note"
        fields = []
        if event:
            row.status_text, fields = note.text, ["status_text"]
        keep(row, fields, [act_on(row, code, after={"note": note.pk})], actor=access.actor, now=now, event=event)
        return note.pk


def write_note(row: ServiceRequest, kind: NoteKind, text: str, actor: Actor, now: datetime) -> Note:
    """Store the note itself, with card and social-security numbers masked."""
    words = text.replace("\x00", "").strip()
    if not words:
        raise Invalid(_("Write something first."), field="text")
    if len(words) > LONGEST_NOTE:
        raise Invalid(_("This is too long for a note."), field="text")
    return Note.objects.create(
        request=row,
        kind=kind,
        text=mask_numbers(words).text,
        written_at=now,
        author_id=actor.staff_id,
        author_label=actor.label[:120],
    )


def set_public_text(
    *,
    request_id: int,
    text: str,
    is_published: bool = False,
    access: Access,
    now: datetime,
    version: int | None = None,
) -> str:
    """Write what the public may read; returns the review state. Publishing needs the right to review public texts.

    Raises `Invalid` where the code publishes no text, `StaleVersion` when somebody else wrote first.
    """
    with transaction.atomic():
        row = take(request_id, access, permission=choices.EDIT, version=version)
        rule = policy.service(row.service.code, row.policy_date).public
        if rule.text in (PublicText.NOTHING, PublicText.SERVICE_NAME):
            raise Invalid(_("The code of this request publishes no text."), field="public_text")
        if is_published:
            access.require(choices.REVIEW_PUBLIC)
        before = {"text": row.public_text, "state": row.public_text_state}
        row.public_text = mask_numbers(text.strip()).text
        row.public_text_state = ReviewState.REVIEWED if is_published else ReviewState.PENDING
        row.public_text_at = now if is_published else None
        keep(
            row,
            ["public_text", "public_text_state", "public_text_at"],
            [
                act_on(
                    row, "public_text", before=before, after={"text": row.public_text, "state": row.public_text_state}
                )
            ],
            actor=access.actor,
            now=now,
        )
        return row.public_text_state


def add_file(
    *,
    request_id: int,
    file_id: int,
    caption: str = "",
    is_photo: bool = True,
    is_from_resident: bool = False,
    access: Access,
    now: datetime,
) -> int:
    """Attach a stored file; returns the id of the link. Residents' files come with the system's access."""
    with transaction.atomic():
        row = take(request_id, access, permission="" if access is SYSTEM_ACCESS else choices.EDIT)
        return attach(row, file_id, caption, is_photo, is_from_resident, access.actor, now)


def attach(
    row: ServiceRequest,
    file_id: int,
    caption: str,
    is_photo: bool,
    is_from_resident: bool,
    actor: Actor,
    now: datetime,
) -> int:
    """Attach a file to a locked request."""
    link = RequestFile.objects.create(
        request=row,
        file_id=file_id,
        kind=FileKind.PHOTO if is_photo else FileKind.DOCUMENT,
        caption=caption.strip()[:200],
        added_at=now,
        added_by=actor.label[:120],
        is_from_resident=is_from_resident,
    )
    row.photo_count += 1 if is_photo else 0
    acts = [act_on(row, "file_added", after={"file": link.pk, "caption": link.caption, "kind": link.kind})]
    keep(row, ["photo_count"], acts, actor=actor, now=now)
    return link.pk


def review_file(*, link_id: int, is_public: bool, access: Access, now: datetime) -> None:
    """Decide whether the public may see a photo. Needs the right to review; the service code may still say none."""
    with transaction.atomic():
        link = RequestFile.objects.select_for_update().filter(pk=link_id).first()
        if link is None:
            raise NotFound(_("There is no such file."))
        row = take(link.request_id, access, permission=choices.REVIEW_PUBLIC)
        link.is_public, link.review_state = is_public, ReviewState.REVIEWED
        link.save(update_fields=["is_public", "review_state"])
        acts = [act_on(row, "file_reviewed", after={"file": link.pk, "is_public": is_public})]
        keep(row, (), acts, actor=access.actor, now=now)

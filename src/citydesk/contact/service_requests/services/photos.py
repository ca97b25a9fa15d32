"""Reviewing a photo: areas that show somebody are blurred in a copy, and the copy is what the public sees."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from citydesk.contact.service_requests import choices
from citydesk.contact.service_requests.choices import FILE_PURPOSE, FileKind, ReviewState
from citydesk.contact.service_requests.models import RequestFile
from citydesk.contact.service_requests.services.acts import act_on, keep, take
from citydesk.kernel import files
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import Invalid, NotFound
from citydesk.kernel.files.blurring import blurred

Box = tuple[float, float, float, float]


def publish_photo(*, link_id: int, boxes: Sequence[Box], access: Access, now: datetime) -> None:
    """Publish a photo with these areas blurred (shares of the picture); without any, as it is.

    The public copy is a picture of its own: the pixels of the areas are gone. The original stays for colleagues.
    Raises `NotFound`, `NotAllowed`, `Invalid` for an area beside the picture or a file that is no photo.
    """
    if any(not (0 <= left < right <= 1 and 0 <= top < bottom <= 1) for left, top, right, bottom in boxes):
        raise Invalid(_("The area does not lie on the picture."), field="areas")
    with transaction.atomic():
        link = RequestFile.objects.select_for_update().filter(pk=link_id).first()
        if link is None:
            raise NotFound(_("There is no such file."))
        row = take(link.request_id, access, permission=choices.REVIEW_PUBLIC)
        if link.kind != FileKind.PHOTO:
            raise Invalid(_("Only photos are published."), field="areas")
        link.public_file_id = None
        if boxes:
            made = files.store_upload(
                blurred(files.content_of(link.file_id), boxes),
                purpose=FILE_PURPOSE,
                actor=access.actor,
                now=now,
                name="photo",
                allowed=("image",),
            )
            link.public_file_id = made.pk
        link.is_public, link.review_state = True, ReviewState.REVIEWED
        link.save(update_fields=["public_file", "is_public", "review_state"])
        after = {"file": link.pk, "is_public": True, "blurred": len(boxes)}
        keep(row, (), [act_on(row, "file_reviewed", after=after)], actor=access.actor, now=now)

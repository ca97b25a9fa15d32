"""Photos that crews take: stored, attached, linked."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from citydesk.contact.work_orders import services
from citydesk.contact.work_orders.choices import PhotoKind
from citydesk.kernel import files
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import Invalid

PURPOSE = "work_orders.photo"


def keep_photos(request: HttpRequest, order_id: int, access: Access, now: datetime) -> None:
    """Store every photo of the form and attach it. Raises `Invalid` for none, too many or what is no photo."""
    given = request.FILES.getlist("photo")
    if not given:
        raise Invalid(_("Choose a photo."), field="photo")
    kind = request.POST.get("photo_kind", PhotoKind.DURING)
    if kind not in set(PhotoKind):
        raise Invalid(_("Say when the photo was taken."), field="photo_kind")
    for photo in given[:5]:
        stored = files.store_upload(photo, purpose=PURPOSE, actor=access.actor, now=now, allowed=("image",))
        services.add_photo(
            work_order_id=order_id,
            file_id=stored.pk,
            kind=kind,
            caption=request.POST.get("caption", ""),
            access=access,
            now=now,
        )


def links_of(photos: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The photos with their addresses: `{kind, caption, taken_at, taken_by, link}`."""
    by_id = {link.id: link for link in files.links_to([photo["file_id"] for photo in photos])}
    return [{**photo, "link": by_id[photo["file_id"]]} for photo in photos if photo["file_id"] in by_id]

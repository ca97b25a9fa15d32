"""One photo of a request, for who reviews what the public sees."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from citydesk.contact.service_requests.choices import REVIEW_PUBLIC, FileKind
from citydesk.contact.service_requests.models import RequestFile, ServiceRequest
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import NotFound
from citydesk.kernel.files import FileLink, links_to


@dataclass(frozen=True)
class PhotoUnderReview:
    """A photo, its request, and the public copy where there is one."""

    id: int
    number: str
    caption: str
    is_public: bool
    original: FileLink
    public_copy: FileLink | None


def photo_to_review(access: Access, link_id: int) -> PhotoUnderReview:
    """A photo for its reviewer. Raises `NotFound` for all others and for what is no photo."""
    access.require_sight(REVIEW_PUBLIC)
    row = RequestFile.objects.filter(pk=link_id, kind=FileKind.PHOTO).select_related("request").first()
    if row is None or not ServiceRequest.objects.visible_to(access).filter(pk=row.request_id).exists():
        raise NotFound(_("There is no such file."))
    found = {one.id: one for one in links_to([one for one in (row.file_id, row.public_file_id) if one])}
    public_copy = found.get(row.public_file_id) if row.public_file_id else None
    return PhotoUnderReview(row.pk, row.request.number, row.caption, row.is_public, found[row.file_id], public_copy)

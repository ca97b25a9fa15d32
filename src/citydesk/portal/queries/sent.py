"""What became of something a resident sent."""

from django.utils.translation import gettext as _

from citydesk.contact.interactions import queries as contacts
from citydesk.contact.service_requests.queries.public import PublicRequest, get_public
from citydesk.kernel.errors import Conflict, NotFound


def number_of(raw_id: int) -> str:
    """The number a kept report was recorded under; empty while it is not."""
    if not raw_id:
        return ""
    try:
        return contacts.get_raw(raw_id=raw_id).result_number
    except NotFound:
        return ""


def open_public(number: str, *, language: str) -> PublicRequest:
    """A public request that is still open. Raises `NotFound`, `Conflict` when it was closed meanwhile."""
    found = get_public(number[:40], language=language)
    if not found.is_open:
        raise Conflict(_("This report was closed in the meantime. Please report what you see now."))
    return found

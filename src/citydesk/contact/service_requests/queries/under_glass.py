"""Confidential requests for whoever opens one in an emergency: what is kept from a reader, and one read whole.

The rule of sight stays as it is. The reading of the one record that was opened goes by rights that hold for this
reading alone; who may open and until when is the records room's to say, and it has asked before it comes here.
"""

from citydesk.contact.service_requests import choices
from citydesk.contact.service_requests.models import ServiceRequest
from citydesk.contact.service_requests.queries.records import read_record
from citydesk.kernel.actors import Access, Actor
from citydesk.kernel.exports import Record, UnderGlass
from citydesk.kernel.numbering import parse_number

_FOR_ONE_READING = frozenset({choices.VIEW, choices.VIEW_ALL, choices.CONFIDENTIAL, choices.NOTES})


def find_under_glass(access: Access, number: str) -> UnderGlass | None:
    """The confidential request of a number that this reader does not see; None for every other number alike."""
    rows = ServiceRequest.objects.filter(number=parse_number(number) or "", is_confidential=True)
    hidden = rows.exclude(pk__in=ServiceRequest.objects.visible_to(access).values("pk"))
    row = hidden.values_list("pk", "number", "owner_id", "team_id", "identity_handle").first()
    return UnderGlass(*row[:4], has_reporter=row[4] is not None) if row else None


def read_under_glass(actor: Actor, object_id: int) -> Record:
    """A request in plain fields for somebody who opened it. The caller has authorized. Raises `NotFound`."""
    return read_record(Access(actor, _FOR_ONE_READING), object_id)

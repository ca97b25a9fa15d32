"""Complaints told in confidence for whoever opens one in an emergency: what is kept from a reader, and one read whole.

Who sees a complaint stays as `queries.sight` says. The reading of the one that was opened goes by rights that hold for
this reading alone; the records room has asked who may open and until when.
"""

from citydesk.contact.complaints.choices import VIEW
from citydesk.contact.complaints.models import Complaint
from citydesk.contact.complaints.queries.records import read_record
from citydesk.contact.complaints.queries.sight import seen
from citydesk.contact.service_requests import choices as requests
from citydesk.kernel.actors import Access, Actor
from citydesk.kernel.exports import Record, UnderGlass
from citydesk.kernel.numbering import parse_number

_FOR_ONE_READING = frozenset({VIEW, requests.VIEW, requests.VIEW_ALL, requests.CONFIDENTIAL})


def find_under_glass(access: Access, number: str) -> UnderGlass | None:
    """The complaint of a number, about a confidential request, that this reader does not see; None for all others."""
    rows = Complaint.objects.filter(number=parse_number(number) or "", request__is_confidential=True)
    row = rows.exclude(pk__in=seen(access).values("pk")).values_list("pk", "number", "handler_id", "team_id").first()
    return UnderGlass(*row) if row else None


def read_under_glass(actor: Actor, object_id: int) -> Record:
    """A complaint in plain fields for somebody who opened it. The caller has authorized. Raises `NotFound`."""
    return read_record(Access(actor, _FOR_ONE_READING), object_id)

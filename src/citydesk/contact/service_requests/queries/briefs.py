"""A few facts of a request for rooms above, and which requests a reader sees."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from citydesk.contact.service_requests.models import RequestFile, ServiceRequest
from citydesk.contact.service_requests.queries import policy
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import NotFound


@dataclass(frozen=True)
class Brief:
    """One request in a line: what, where, how it stands, and its files."""

    id: int
    number: str
    version: int
    service_code: str
    service_names: dict[str, str]
    state: str
    is_open: bool
    is_confidential: bool
    description: str
    place_label: str
    received_at: datetime
    due_at: datetime | None
    lat: float | None = None
    lon: float | None = None
    file_ids: tuple[int, ...] = ()


def get_brief(access: Access, number: str) -> Brief:
    """A request's line for pages of rooms above; files are photos and papers. Raises `NotFound`. Two statements."""
    row = (
        ServiceRequest.objects.visible_to(access)
        .defer("search")
        .select_related("service")
        .filter(number=number.strip().upper())
        .first()
    )
    if row is None:
        raise NotFound(_("There is no such request."))
    return Brief(
        id=row.pk,
        number=row.number,
        version=row.version,
        service_code=row.service.code,
        service_names=dict(policy.service(row.service.code, row.policy_date).names),
        state=row.state,
        is_open=row.is_open,
        is_confidential=row.is_confidential,
        description=row.description,
        place_label=row.place_label,
        received_at=row.received_at,
        due_at=row.due_at,
        lat=row.lat,
        lon=row.lon,
        file_ids=tuple(RequestFile.objects.filter(request=row).values_list("file_id", flat=True)),
    )


def ids_in_sight(access: Access) -> QuerySet[ServiceRequest, int]:
    """Ids of the requests a reader sees, as a sub-select for rows of rooms above that belong to requests."""
    return ServiceRequest.objects.visible_to(access).values_list("pk", flat=True)


def requests_in_sight(access: Access) -> QuerySet[ServiceRequest]:
    """The requests a reader sees, for lists of programs to narrow and cut."""
    return ServiceRequest.objects.visible_to(access)

"""The catalog as the public may report by it."""

from datetime import date, datetime

from django.db.models import Max
from django.utils.translation import gettext as _

from citydesk.contact.service_requests.models import ServiceCode
from citydesk.contact.service_requests.queries import policy
from citydesk.contact.service_requests.rules import catalog
from citydesk.kernel.errors import NotFound


def list_reportable(on: date) -> list[catalog.Service]:
    """Codes the public may report, in the order of their groups. The whole list or an error, never a part of it:
    a client deletes what is missing.
    """
    groups = {code: place for place, code in enumerate(policy.groups(on))}
    known = policy.services(on)
    rows = [row for row in policy.code_rows().values() if _is_reportable(row)]
    rows.sort(key=lambda row: (groups.get(row.group_code, len(groups)), row.position, row.code))
    return [known.get(row.code) or policy.service(row.code, on) for row in rows]


def get_reportable(code: str, on: date) -> catalog.Service:
    """One code the public may report. `NotFound` alike for unknown and internal ones."""
    row = policy.code_rows().get(code)
    if row is None or not _is_reportable(row):
        raise NotFound(_("There is no such service code."), field="service_code")
    return policy.service(code, on)


def catalog_changed_at() -> datetime | None:
    """When the catalog last changed; None before a first load."""
    return ServiceCode.objects.aggregate(at=Max("projected_at"))["at"]


def _is_reportable(row: ServiceCode) -> bool:
    """Codes an import made describe another city's past; nobody here can take such a report."""
    return row.is_active and row.is_from_profile and not row.is_internal and not row.is_coding_queue

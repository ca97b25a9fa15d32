"""Requests that came from another system, by their identifiers there. For imports: nobody's rights are asked."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from citydesk.contact.service_requests.models import ServiceRequest


@dataclass(frozen=True)
class Came:
    """A request that was imported."""

    id: int
    number: str


def requests_from(source: str, external_ids: Collection[str]) -> dict[str, Came]:
    """Those of the identifiers that are here. One statement."""
    rows = ServiceRequest.objects.filter(source=source, external_id__in=[one for one in external_ids if one])
    return {name: Came(key, number) for name, key, number in rows.values_list("external_id", "pk", "number")}


def of_run(source: str, started_at: datetime) -> list[tuple[int, str, str]]:
    """The requests a run brought: id, number, identifier in the old system."""
    rows = ServiceRequest.objects.filter(source=source, recorded_at=started_at).exclude(external_id="")
    return list(rows.order_by("pk").values_list("pk", "number", "external_id"))

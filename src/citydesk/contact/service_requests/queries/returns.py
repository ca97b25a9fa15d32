"""Requests that departments returned twice: what a supervisor reads before ruling."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import get_language

from citydesk.contact.service_requests.choices import OBJECT_TYPE
from citydesk.contact.service_requests.models import ServiceRequest
from citydesk.contact.service_requests.queries import policy
from citydesk.kernel import audit
from citydesk.kernel.actors import Access

MOST = 50


@dataclass(frozen=True)
class Return:
    """One time somebody gave it back: who, from which team, why."""

    at: datetime
    who: str
    team: str
    reason: str


@dataclass(frozen=True)
class ToRule:
    """A request that waits for a ruling, with every return, the first first."""

    id: int
    number: str
    version: int
    service: str
    place: str
    description: str
    due_at: datetime | None
    returns: tuple[Return, ...]


def list_to_rule(access: Access, *, limit: int = MOST) -> list[ToRule]:
    """Requests that wait for a ruling, soonest due first; two statements."""
    rows = list(
        ServiceRequest.objects.visible_to(access)
        .open()
        .filter(is_disputed=True)
        .order_by("due_at", "id")
        .values("id", "number", "version", "service_id", "place_label", "description", "due_at")[:limit]
    )
    told = audit.acts_among("service_requests.returned", OBJECT_TYPE, [row["id"] for row in rows]) if rows else {}
    language = (get_language() or "en").split("-")[0]
    services = {one.pk: one.name_in(language) for one in policy.code_rows().values()}
    teams = {team.id: team.name for team in policy.teams_by_code().values()}
    return [
        ToRule(
            row["id"],
            row["number"],
            row["version"],
            services.get(row["service_id"], ""),
            row["place_label"],
            row["description"],
            row["due_at"],
            tuple(
                Return(line.at, line.actor, teams.get(int((line.before or {}).get("team") or 0), ""), line.reason)
                for line in told.get(row["id"], [])
            ),
        )
        for row in rows
    ]

"""The coding queue: requests for which no code fitted, oldest first, each with the codes its words suggest."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import get_language

from citydesk.contact.service_requests.models import ServiceRequest
from citydesk.contact.service_requests.queries import policy
from citydesk.contact.service_requests.queries.codes import suggest_codes
from citydesk.contact.service_requests.rules.codes import Suggestion
from citydesk.kernel.actors import Access

MOST = 50
SUGGESTED = 3


@dataclass(frozen=True)
class Uncoded:
    """A request that waits for a code."""

    id: int
    number: str
    version: int
    words: str
    place: str
    received_at: datetime
    due_at: datetime | None
    suggestions: tuple[Suggestion, ...]


@dataclass(frozen=True)
class Placed:
    """Where a request went when it was coded."""

    number: str
    service: str
    team: str
    due_at: datetime | None
    is_coded: bool


def _waiting(access: Access, now: datetime) -> Any:
    code = policy.coding_queue_code(policy.today(now))
    rows = ServiceRequest.objects.visible_to(access).open().filter(is_held=False)
    return rows.filter(service__code=code) if code else rows.none()


def count_uncoded(access: Access, now: datetime) -> int:
    """How many requests wait for a code."""
    return int(_waiting(access, now).count())


def list_uncoded(access: Access, *, now: datetime, limit: int = MOST) -> list[Uncoded]:
    """Requests that wait for a code, the oldest first. One statement; suggestions are worked out in memory."""
    rows = _waiting(access, now).order_by("received_at", "id")
    language = (get_language() or "en").split("-")[0]
    columns = ("id", "number", "version", "description", "place_label", "received_at", "due_at")
    return [
        Uncoded(
            id=one["id"],
            number=one["number"],
            version=one["version"],
            words=one["description"],
            place=one["place_label"],
            received_at=one["received_at"],
            due_at=one["due_at"],
            suggestions=tuple(suggest_codes(one["description"], language=language, now=now, limit=SUGGESTED)),
        )
        for one in rows.values(*columns)[:limit]
    ]


def get_placed(access: Access, number: str, *, now: datetime) -> Placed:
    """Where a request lies now, to say it after it was coded; an invisible one says its number alone."""
    row = (
        ServiceRequest.objects.visible_to(access)
        .filter(number=number)
        .values("service_id", "service__code", "team_id", "due_at")
        .first()
    )
    if row is None:
        return Placed(number, "", "", None, is_coded=True)
    language = (get_language() or "en").split("-")[0]
    service = next((one.name_in(language) for one in policy.code_rows().values() if one.pk == row["service_id"]), "")
    team = next((one.name for one in policy.teams_by_code().values() if one.id == row["team_id"]), "")
    waits = policy.coding_queue_code(policy.today(now))
    return Placed(number, service, team, row["due_at"], is_coded=row["service__code"] != waits)

"""What came back to somebody since they were last at the desk: answers, returns, results of their requests."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils.translation import get_language

from citydesk.city.staff import queries as staff
from citydesk.contact.service_requests.choices import NOTES, OBJECT_TYPE
from citydesk.contact.service_requests.models import ServiceRequest
from citydesk.kernel.actors import Access
from citydesk.kernel.audit import acts_since

# What others do that somebody who was away wants to know first. Targets that run out stand in "Told to you".
NEWS = tuple(
    f"service_requests.{code}"
    for code in ("answered", "asked_again", "returned", "ruled", "referral_accepted", "referral_back", "reopened",
                 "work_result", "closed")
)  # fmt: skip
MOST = 200  # requests looked at: those changed last


@dataclass(frozen=True)
class SinceLeft:
    """One thing that happened to a request of the reader's."""

    number: str
    service: str
    sentence: str
    actor: str
    reason: str
    at: datetime


def list_since_left(access: Access, *, limit: int = 8) -> tuple[datetime | None, list[SinceLeft]]:
    """When the reader was last here before signing in, and what others did meanwhile: to their own requests, and what
    departments gave back to their teams. The newest first; (None, []) for somebody's first day. Three statements."""
    me = access.actor.staff_id
    since = staff.left_at(me) if me is not None else None
    if since is None:
        return None, []
    mine = Q(owner_id=me) | Q(team_id__in=access.team_ids, return_count__gt=0)
    rows = ServiceRequest.objects.visible_to(access).filter(mine, updated_at__gt=since).select_related("service")
    found = {row.pk: row for row in rows.order_by("-updated_at", "-id")[:MOST]}
    language = (get_language() or "en").split("-")[0]
    acts = acts_since(NEWS, OBJECT_TYPE, found, since=since, limit=limit * 4) if found else []
    lines = [
        SinceLeft(
            found[pk].number,
            found[pk].service.name_in(language),
            act.sentence,
            act.actor,
            act.reason if access.may(NOTES) else "",
            act.at,
        )
        for pk, act in acts
        if act.actor != access.actor.label
    ]
    return since, lines[:limit]

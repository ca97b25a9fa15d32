"""Proposals to compute due times anew, for the page where they are decided."""

from datetime import date, datetime, time
from typing import Any

from django.utils.translation import gettext as _

from citydesk.city.profile import queries as profile
from citydesk.contact.service_requests.choices import RECOMPUTE, ProposalState
from citydesk.contact.service_requests.models import RecomputeProposal, ServiceRequest
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import NotFound

_COLUMNS = (
    "id",
    "reason",
    "scope",
    "figures",
    "state",
    "policy_date",
    "proposed_at",
    "proposed_by_id",
    "proposed_by__name",
    "decided_at",
    "decided_by__name",
    "decision_note",
    "applied_count",
)


# What due times are computed from; an approval is about these sections as they stand on its day.
POLICY_SECTIONS = ("sla", "calendars", "holidays")


def count_to_approve(access: Access) -> int:
    """How many proposals wait for somebody else than the reader."""
    if not access.may(RECOMPUTE):
        return 0
    waits = RecomputeProposal.objects.filter(state=ProposalState.PROPOSED)
    return waits.exclude(proposed_by_id=access.actor.staff_id).count()


def changed_since(access: Access, *, now: datetime) -> date | None:
    """The day on which classes or calendars changed, while open requests of before it run on by the old ones and nobody
    has proposed (or refused) to compute them anew; None otherwise, and for who may not propose it."""
    if not access.may(RECOMPUTE):
        return None
    changed = profile.last_change(POLICY_SECTIONS, profile.city_today(now))
    if changed is None or RecomputeProposal.objects.filter(policy_date__gte=changed, scope={}).exists():
        return None
    began = datetime.combine(changed, time(), profile.local_zone())
    older = ServiceRequest.objects.open().filter(received_at__lt=began).exclude(sla_code="")
    return changed if older.exists() else None


def list_proposals(access: Access, *, limit: int = 20) -> list[dict[str, Any]]:
    """The newest proposals."""
    access.require(RECOMPUTE)
    return list(RecomputeProposal.objects.order_by("-id").values(*_COLUMNS)[:limit])


def get_proposal(access: Access, proposal_id: int) -> dict[str, Any]:
    """One proposal. Raises `NotFound`."""
    access.require(RECOMPUTE)
    found = RecomputeProposal.objects.filter(pk=proposal_id).values(*_COLUMNS).first()
    if found is None:
        raise NotFound(_("There is no such proposal."))
    return found

"""Proposals to compute due times anew, for the page where they are decided."""

from typing import Any

from django.utils.translation import gettext as _

from citydesk.contact.service_requests.choices import RECOMPUTE
from citydesk.contact.service_requests.models import RecomputeProposal
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

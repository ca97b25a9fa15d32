"""Proposals to compute due times anew, for the page where they are decided."""

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from citydesk.city.profile import queries as profile
from citydesk.contact.service_requests.choices import PROPOSALS_PUT, RECOMPUTE, ProposalState
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
    "counted_at",
    "finished_at",
    "total",
    "looked_at",
    "sample",
    "result",
    "problem",
)


# What due times are computed from; an approval is about these sections as they stand on its day.
POLICY_SECTIONS = ("sla", "calendars", "holidays")


def in_scope(scope: Mapping[str, list[str]]) -> QuerySet[ServiceRequest]:
    """Open requests with a clock, of the classes (`sla`) and codes (`services`) that are named; all where none are."""
    found = ServiceRequest.objects.open().exclude(sla_code="")
    if scope.get("sla"):
        found = found.filter(sla_code__in=scope["sla"])
    if scope.get("services"):
        found = found.filter(service__code__in=scope["services"])
    return found


def count_in_scope(access: Access, scope: Mapping[str, list[str]]) -> int:
    """How many open requests would be looked at."""
    access.require(RECOMPUTE)
    return in_scope(scope).count()


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
    if changed is None:
        return None
    if RecomputeProposal.objects.filter(policy_date__gte=changed, scope={}, state__in=PROPOSALS_PUT).exists():
        return None
    began = datetime.combine(changed, time(), profile.local_zone())
    older = ServiceRequest.objects.open().filter(received_at__lt=began).exclude(sla_code="")
    return changed if older.exists() else None


def list_proposals(access: Access, *, limit: int = 20) -> list[dict[str, Any]]:
    """The newest proposals."""
    access.require(RECOMPUTE)
    columns = [one for one in _COLUMNS if one not in ("sample", "figures", "result")]
    return list(RecomputeProposal.objects.order_by("-id").values(*columns)[:limit])


def get_proposal(access: Access, proposal_id: int) -> dict[str, Any]:
    """One proposal. Raises `NotFound`."""
    access.require(RECOMPUTE)
    found = RecomputeProposal.objects.filter(pk=proposal_id).values(*_COLUMNS).first()
    if found is None:
        raise NotFound(_("There is no such proposal."))
    return found


def list_sample(access: Access, proposal: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The kept requests of a proposal whose due time would move: those that the reader may see, oldest first."""
    kept = {one["id"]: one for one in proposal["sample"]}
    columns = ("pk", "number", "service__code", "sla_code", "promised_at")
    rows = ServiceRequest.objects.visible_to(access).filter(pk__in=kept).order_by("pk").values_list(*columns)
    return [
        {
            "number": number,
            "service": service,
            "sla_code": sla_code,
            "was": _moment(kept[pk]["was"]),
            "will_be": _moment(kept[pk]["will"]),
            "promised_at": promised,
        }
        for pk, number, service, sla_code, promised in rows
    ]


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None

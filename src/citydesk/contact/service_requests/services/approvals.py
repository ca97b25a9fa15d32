"""Acts on many requests: at once up to the number of one's role, above it proposed with a reason to a second person."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from citydesk.city.staff import queries as staff
from citydesk.contact.service_requests import choices
from citydesk.contact.service_requests.choices import ManyKind, ProposalState
from citydesk.contact.service_requests.models import BulkProposal, ServiceRequest
from citydesk.contact.service_requests.rules import many
from citydesk.contact.service_requests.services.bulk import BulkResult, assign_many, close_many, join_many
from citydesk.kernel import audit
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import Conflict, Invalid, NotAllowed, NotFound

OBJECT_TYPE = "service_requests.bulk_proposal"
# So long may a proposer fetch an export that was approved.
EXPORT_LASTS = timedelta(hours=24)
_RUN: dict[ManyKind, Callable[..., BulkResult]] = {
    ManyKind.ASSIGN: assign_many,
    ManyKind.CLOSE: close_many,
    ManyKind.JOIN: join_many,
}


@dataclass(frozen=True)
class Many:
    """What became of it: done (`result`), or waiting for a second person (`proposal_id`)."""

    result: BulkResult | None = None
    proposal_id: int | None = None


def do_many(
    *, kind: ManyKind, request_ids: Sequence[int], given: Mapping[str, Any], reason: str, access: Access, now: datetime
) -> Many:
    """Assign, close or join several requests, alone or with a second person by the number.

    `given` are the act's own arguments. Raises `NotAllowed`, `Invalid` without a reason where one is asked for.
    """
    access.require(choices.BULK)
    ids = list(dict.fromkeys(request_ids))
    if not many.needs_second(len(ids), access.limits):
        return Many(_RUN[kind](request_ids=ids, **given, access=access, now=now))
    made = propose_many(kind=kind, ids=ids, count=len(ids), given=given, reason=reason, access=access, now=now)
    return Many(None, made)


def propose_many(
    *,
    kind: ManyKind,
    ids: Sequence[int],
    count: int,
    given: Mapping[str, Any],
    reason: str,
    access: Access,
    now: datetime,
) -> int:
    """Put an act before a second person; returns the proposal's id. Raises `Invalid` without a reason."""
    if not reason.strip():
        raise Invalid(_("%(n)s at once need a second person. Say why: they read it.") % {"n": count}, field="reason")
    with transaction.atomic():
        made = BulkProposal.objects.create(
            kind=kind,
            ids=list(ids),
            given=dict(given),
            count=count,
            reason=reason.strip(),
            proposed_by_id=access.actor.staff_id or 0,
            proposed_at=now,
        )
        _record("bulk_proposed", made, made.reason, access, now)
    return made.pk


def decide_many(*, proposal_id: int, is_approved: bool, note: str, access: Access, now: datetime) -> BulkResult | None:
    """Approve (it is done at once, with the rights its proposer has now) or refuse. Nobody decides their own.

    The second person sees every request of it. Raises `NotFound`, `NotAllowed`, `Conflict` (one's own, or decided).
    """
    access.require(choices.BULK)
    with transaction.atomic():
        row = BulkProposal.objects.select_for_update().filter(pk=proposal_id).first()
        if row is None:
            raise NotFound(_("There is no such proposal."))
        if row.state != ProposalState.PROPOSED:
            raise Conflict(_("This was decided already."))
        if row.proposed_by_id == access.actor.staff_id:
            raise Conflict(_("Nobody approves their own proposal."))
        row.decided_by_id, row.decided_at, row.decision_note = access.actor.staff_id, now, note.strip()
        row.state = ProposalState.APPLIED if is_approved else ProposalState.REFUSED
        result = _apply(row, access, now) if is_approved else None
        row.save()
        _record("bulk_approved" if is_approved else "bulk_refused", row, note.strip() or row.reason, access, now)
    return result


def _apply(row: BulkProposal, access: Access, now: datetime) -> BulkResult | None:
    if row.kind == ManyKind.EXPORT:
        row.until = now + EXPORT_LASTS
        return None
    seen = ServiceRequest.objects.visible_to(access).filter(pk__in=row.ids).count()
    if seen != len(row.ids):
        raise NotAllowed(_("You do not see all requests of it; somebody who does must decide."))
    user = staff.user_with_rights(row.proposed_by_id, now)
    proposer = staff.access_for(user, now)
    result = _RUN[ManyKind(row.kind)](request_ids=row.ids, **row.given, access=proposer, now=now)
    row.result = {"done": len(result.done), "refused": [words for _id, words in result.refused[:20]]}
    return result


def _record(code: str, row: BulkProposal, reason: str, access: Access, now: datetime) -> None:
    approver = access.actor.staff_id if code == "bulk_approved" else None
    facts = {"kind": row.kind, "count": row.count, **row.result}
    act = audit.Act(f"service_requests.{code}", OBJECT_TYPE, row.pk, "", None, facts, reason, approver_id=approver)
    audit.record(act, actor=access.actor, now=now)

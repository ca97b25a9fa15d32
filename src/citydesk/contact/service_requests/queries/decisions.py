"""What waits for a reader's decision in this room; the card of decisions asks each by a statement or two."""

from datetime import datetime

from citydesk.contact.service_requests.choices import (
    ASSIGN,
    BULK,
    RECOMPUTE,
    REVIEW_PUBLIC,
    SUPERVISE,
    FileKind,
    ManyKind,
    PhotoRule,
    ProposalState,
    ReviewState,
)
from citydesk.contact.service_requests.models import BulkProposal, RecomputeProposal, RequestFile, ServiceRequest
from citydesk.contact.service_requests.queries.public import public_rows
from citydesk.kernel.actors import Access
from citydesk.kernel.decisions import Waiting
from citydesk.kernel.waiting import oldest_of


def many(access: Access, now: datetime) -> Waiting | None:
    """Acts on many requests that others proposed; only where the reader sees every request of it. Two statements."""
    if not access.may(BULK):
        return None
    rows = BulkProposal.objects.filter(state=ProposalState.PROPOSED).exclude(proposed_by_id=access.actor.staff_id)
    found = list(rows.order_by("proposed_at", "id").values_list("proposed_at", "kind", "ids"))
    wanted = {one for _at, kind, ids in found if kind != ManyKind.EXPORT for one in ids}
    seen = set(ServiceRequest.objects.visible_to(access).filter(pk__in=wanted).values_list("pk", flat=True))
    mine = [at for at, kind, ids in found if kind == ManyKind.EXPORT or seen.issuperset(ids)]
    return Waiting(len(mine), mine[0]) if mine else None


def due_times(access: Access, now: datetime) -> Waiting | None:
    """New due times that others proposed."""
    if not access.may(RECOMPUTE):
        return None
    rows = RecomputeProposal.objects.filter(state=ProposalState.PROPOSED, decided_at=None)
    return oldest_of(rows.exclude(proposed_by_id=access.actor.staff_id), "proposed_at", "pk")


def returns(access: Access, now: datetime) -> Waiting | None:
    """Requests that departments returned twice; since when they last changed."""
    if not (access.may(SUPERVISE) and access.may(ASSIGN)):
        return None
    rows = ServiceRequest.objects.visible_to(access).open().filter(is_disputed=True)
    return oldest_of(rows, "updated_at", "number")


def public_texts(access: Access, now: datetime) -> Waiting | None:
    """Texts that the public reads once somebody has read them; open requests alone."""
    if not access.may(REVIEW_PUBLIC):
        return None
    rows = ServiceRequest.objects.visible_to(access).open().filter(public_text_state=ReviewState.PENDING)
    return oldest_of(rows, "updated_at", "number")


def photos(access: Access, now: datetime) -> Waiting | None:
    """Photos that the public sees once somebody has looked at them: of open requests it may know of, where the code
    lets it see photos."""
    if not access.may(REVIEW_PUBLIC):
        return None
    requests = ServiceRequest.objects.visible_to(access).open().filter(service__photos=PhotoRule.AFTER_REVIEW)
    rows = RequestFile.objects.filter(kind=FileKind.PHOTO, review_state=ReviewState.PENDING)
    rows = rows.filter(request_id__in=requests.values("pk"), request__in=public_rows())
    return oldest_of(rows, "added_at", "pk")

"""Complaints that wait for a reader's yes, no or decision: only where the rules would let them, never their own."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from citydesk.contact.complaints.choices import APPEAL, APPROVE, VIEW, ComplaintState
from citydesk.contact.complaints.models import Approval, Complaint, Letter, Plan
from citydesk.contact.complaints.queries.lists import waits_for_approval
from citydesk.contact.complaints.queries.one import why_not_approve
from citydesk.kernel.actors import Access
from citydesk.kernel.decisions import Waiting
from citydesk.kernel.waiting import oldest_of

_BEHIND = ("plans__offers", "plans__approvals", "letters__approvals")


def approvals(access: Access, now: datetime) -> Waiting | None:
    """Plans with their offers, and letters, that the reader may agree to. A constant number of statements."""
    if not (access.may(VIEW) and access.may(APPROVE)):
        return None
    # What waits for their team they see (`sight.seen`), without the look at every request of theirs.
    rows = Complaint.objects.filter(waits_for_approval(access), is_with_approvers=True)
    waiting = [
        (since, row.number)
        for row in rows.prefetch_related(*_BEHIND)
        if (since := _since(row)) and not why_not_approve(row, access)
    ]
    return Waiting(len(waiting), min(waiting)[0], (min(waiting)[1],)) if waiting else None


def _since(row: Complaint) -> datetime | None:
    """When the newest plan was put forward, or the newest letter written."""
    if row.state == ComplaintState.AWAITING_APPROVAL:
        return max((one.submitted_at for one in row.plans.all() if one.submitted_at), default=None)
    return max((one.written_at for one in row.letters.all()), default=None)


def appeals(access: Access, now: datetime) -> Waiting | None:
    """Appeals of the reader's panels in whose first decision they had no part. One statement."""
    me = access.actor.staff_id
    if me is None or not (access.may(VIEW) and access.may(APPEAL)):
        return None
    of = {"complaint": OuterRef("pk")}
    took_part = (
        Q(handler_id=me)
        | Q(decided_by_id=me)
        | Exists(Plan.objects.filter(**of, proposed_by_id=me))
        | Exists(Approval.objects.filter(**of, person_id=me))
        | Exists(Letter.objects.filter(**of, written_by_id=me))
    )
    theirs = Q(appeal_team_id__in=sorted(access.team_ids), appealed_at__isnull=False)
    rows = Complaint.objects.filter(theirs, state=ComplaintState.APPEALED).exclude(took_part)
    return oldest_of(rows, "appealed_at", "number")

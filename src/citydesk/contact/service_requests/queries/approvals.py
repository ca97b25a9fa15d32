"""Acts on many requests that wait for a second person, and those decided lately."""

from datetime import datetime
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from citydesk.contact.service_requests.choices import ManyKind, ProposalState
from citydesk.contact.service_requests.models import BulkProposal, ServiceRequest
from citydesk.contact.service_requests.queries.found import found_by_words
from citydesk.contact.service_requests.queries.queue import list_queue, queue_spec
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import NotFound
from citydesk.kernel.lists.spec import lists_of

_COLUMNS = (
    *("id", "kind", "count", "reason", "given", "ids", "state", "result", "proposed_by_id", "proposed_by__name"),
    *("proposed_at", "decided_by__name", "decided_at", "decision_note", "until"),
)
SHOWN_NUMBERS = 20


def count_proposed(access: Access) -> int:
    """How many wait for somebody else than the reader."""
    waits = BulkProposal.objects.filter(state=ProposalState.PROPOSED)
    return waits.exclude(proposed_by_id=access.actor.staff_id).count()


def list_bulk_proposals(access: Access, *, limit: int = 20) -> list[dict[str, Any]]:
    """The newest proposals, what waits first; of each the first numbers that the reader sees. Two statements."""
    rows = list(BulkProposal.objects.order_by("-state", "-id").values(*_COLUMNS)[:limit])
    rows.sort(key=lambda row: row["state"] != ProposalState.PROPOSED)
    wanted = {one for row in rows for one in row["ids"][:SHOWN_NUMBERS]}
    numbers = dict(ServiceRequest.objects.visible_to(access).filter(pk__in=wanted).values_list("id", "number"))
    for row in rows:
        shown = row.pop("ids")[:SHOWN_NUMBERS]
        row["numbers"] = [numbers[one] for one in shown if one in numbers]
        row["is_own"] = row["proposed_by_id"] == access.actor.staff_id
    return rows


def get_export(access: Access, proposal_id: int, *, now: datetime) -> dict[str, Any]:
    """What an approved export of the reader's own hands out: `{query, form, count, reason}`. Raises `NotFound`."""
    row = BulkProposal.objects.filter(
        pk=proposal_id,
        kind=ManyKind.EXPORT,
        state=ProposalState.APPLIED,
        proposed_by_id=access.actor.staff_id,
        until__gte=now,
    ).first()
    if row is None:
        raise NotFound(_("There is no such export, or its day is over."))
    return {**row.given, "count": row.count, "reason": row.reason}


def count_queue(asked: QueryDict, access: Access, *, now: datetime, most: int) -> int:
    """How many requests a list of the queue holds, counted to `most`."""
    spec = queue_spec(access, now=now)
    values, _problems = spec.parse(lists_of(asked), access, now)
    found = found_by_words(spec, lambda: list_queue(access), asked, access=access, now=now)
    rows = found.among(list_queue(access)) if found else spec.narrow(list_queue(access), values)
    return int(rows.order_by()[:most].count())

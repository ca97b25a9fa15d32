"""Due times of open requests computed anew after a calendar or a class changed: counted, proposed, approved.

What was promised to residents stays; closed requests never move; the proposer does not approve. Few requests are
counted at once, many by the worker (`recomputing.py`), which also moves what was approved.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from citydesk.contact.service_requests import choices
from citydesk.contact.service_requests.choices import ProposalState
from citydesk.contact.service_requests.models import RecomputeProposal
from citydesk.contact.service_requests.queries import policy
from citydesk.contact.service_requests.queries.recomputes import in_scope
from citydesk.contact.service_requests.services.due_times import (
    BATCH,
    Shift,
    batches,
    count_into,
    policy_digest,
)
from citydesk.contact.service_requests.services.recomputing import begin_work, note_proposal, sampled
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import Conflict, Invalid, NotFound

# As many are counted while somebody waits for the page; more are the worker's.
MOST_AT_ONCE = BATCH


def preview(*, scope: Mapping[str, list[str]], now: datetime, limit: int = 200) -> tuple[dict[str, int], list[Shift]]:
    """(counts, the first shifts): how many are looked at, unchanged, earlier, later, newly late, past the promise, and
    of how many (`targets`) another target moves than the one that is due first."""
    counts: Counter[str] = Counter()
    shown: list[Shift] = []
    for found in batches(scope, policy.today(now), now):
        shifts = [one.shift for one in found]
        count_into(counts, shifts, now)
        shown += [one for one in shifts if one.kind != "same"][: limit - len(shown)]
    return dict(counts), shown


def ask_recompute(*, scope: Mapping[str, list[str]], access: Access, now: datetime) -> int:
    """Let the worker count what would move; returns the id under which it is kept. Asked twice it is the same."""
    access.require(choices.RECOMPUTE)
    on = policy.today(now)
    with transaction.atomic():
        same = RecomputeProposal.objects.filter(state=ProposalState.COUNTING, scope=dict(scope), policy_date=on)
        going = same.filter(proposed_by_id=access.actor.staff_id, digest=policy_digest(on)).first()
        if going is not None:
            return going.pk
        proposal = _made(scope, access, now, state=ProposalState.COUNTING)
        note_proposal(proposal, "recompute_asked", access.actor, now)
        begin_work(proposal, in_scope(scope).count())
    return proposal.pk


def propose_recompute(*, reason: str, scope: Mapping[str, list[str]], access: Access, now: datetime) -> int:
    """Count few requests at once and propose to compute them anew. Returns the proposal's id.

    Raises `Invalid` without a reason, `Conflict` for more requests than are counted while somebody waits.
    """
    access.require(choices.RECOMPUTE)
    said = _reason(reason)
    if in_scope(scope)[: MOST_AT_ONCE + 1].count() > MOST_AT_ONCE:
        raise Conflict(_("These are too many to count at once. Let them be counted first."))
    figures, shifts = preview(scope=scope, now=now)
    with transaction.atomic():
        proposal = _made(
            scope,
            access,
            now,
            state=ProposalState.PROPOSED,
            reason=said,
            figures=figures,
            sample=sampled([], shifts, now),
            counted_at=now,
        )
        _note_proposed(proposal, access, now)
    return proposal.pk


def propose_counted(*, proposal_id: int, reason: str, access: Access, now: datetime) -> None:
    """Put what the worker counted before another person. Raises `Invalid`, `NotFound`, `Conflict`."""
    access.require(choices.RECOMPUTE)
    said = _reason(reason)
    with transaction.atomic():
        proposal = _taken(proposal_id, ProposalState.COUNTED)
        _require_current(proposal, now)
        proposal.state, proposal.reason = ProposalState.PROPOSED, said
        proposal.proposed_by_id, proposal.proposed_at = access.actor.staff_id or 0, now
        proposal.save(update_fields=["state", "reason", "proposed_by_id", "proposed_at"])
        _note_proposed(proposal, access, now)


def stop_recompute(*, proposal_id: int, access: Access, now: datetime) -> None:
    """Stop the counting, or drop what was counted or proposed. A proposal is taken back by its proposer alone.

    The worker sees it before its next batch. Raises `NotFound`, `Conflict` once it is decided.
    """
    access.require(choices.RECOMPUTE)
    with transaction.atomic():
        proposal = _taken(proposal_id, ProposalState.COUNTING, ProposalState.COUNTED, ProposalState.PROPOSED)
        if proposal.state == ProposalState.PROPOSED and proposal.proposed_by_id != access.actor.staff_id:
            raise Conflict(_("Somebody else proposed this: approve or refuse it."))
        proposal.state, proposal.finished_at = ProposalState.STOPPED, now
        proposal.save(update_fields=["state", "finished_at"])
        note_proposal(proposal, "recompute_stopped", access.actor, now)


def decide_recompute(*, proposal_id: int, is_approved: bool, note: str = "", access: Access, now: datetime) -> None:
    """Approve (the worker applies it) or refuse a proposal. `Conflict` for one's own, a decided, an outdated one."""
    access.require(choices.RECOMPUTE)
    with transaction.atomic():
        proposal = _taken(proposal_id, ProposalState.PROPOSED)
        if proposal.proposed_by_id == access.actor.staff_id:
            raise Conflict(_("Nobody approves their own proposal."))
        if is_approved:
            _require_current(proposal, now)
        proposal.decided_by_id, proposal.decided_at, proposal.decision_note = access.actor.staff_id, now, note.strip()
        proposal.state = ProposalState.APPLYING if is_approved else ProposalState.REFUSED
        proposal.save(update_fields=["decided_by_id", "decided_at", "decision_note", "state"])
        code = "recompute_approved" if is_approved else "recompute_refused"
        note_proposal(proposal, code, access.actor, now, reason=note.strip() or proposal.reason)
        if is_approved:
            begin_work(proposal, in_scope(proposal.scope).count())


def _made(scope: Mapping[str, list[str]], access: Access, now: datetime, **given: Any) -> RecomputeProposal:
    on = policy.today(now)
    return RecomputeProposal.objects.create(
        scope=dict(scope),
        policy_date=on,
        digest=policy_digest(on),
        proposed_by_id=access.actor.staff_id or 0,
        proposed_at=now,
        **given,
    )


def _taken(proposal_id: int, *states: ProposalState) -> RecomputeProposal:
    proposal = RecomputeProposal.objects.select_for_update().filter(pk=proposal_id).first()
    if proposal is None:
        raise NotFound(_("There is no such proposal."))
    if proposal.decided_at is not None:
        raise Conflict(_("This was decided already."))
    if proposal.state not in states:
        raise Conflict(_("That is not possible any more: look at the page again."))
    return proposal


def _require_current(proposal: RecomputeProposal, now: datetime) -> None:
    if proposal.digest != policy_digest(policy.today(now)):
        raise Conflict(_("Classes or calendars have changed since. Look at a new preview and propose again."))


def _reason(text: str) -> str:
    if not text.strip():
        raise Invalid(_("Say why."), field="reason")
    return text.strip()


def _note_proposed(proposal: RecomputeProposal, access: Access, now: datetime) -> None:
    note_proposal(proposal, "recompute_proposed", access.actor, now)

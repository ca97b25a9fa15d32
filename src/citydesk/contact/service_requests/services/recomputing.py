"""The worker's part of new due times: counting what would move, moving what was approved, in batches.

Each batch is one transaction with the request it got to, so that a worker that was killed goes on there and nothing is
counted or moved twice. Whoever stops the work changes the proposal's state; the next batch sees it. A job works for a
while and leaves the rest to a next one, so that a worker that is told to end has not long to wait.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from citydesk.contact.service_requests.choices import OBJECT_TYPE, PROPOSALS_AT_WORK, ProposalState
from citydesk.contact.service_requests.models import RecomputeProposal, ServiceRequest
from citydesk.contact.service_requests.queries.recomputes import in_scope
from citydesk.contact.service_requests.services.acts import note_change
from citydesk.contact.service_requests.services.due_times import (
    BATCH,
    Renewed,
    Shift,
    batch_after,
    count_into,
    policy_digest,
    write_moves,
)
from citydesk.kernel import audit, outbox
from citydesk.kernel.actors import SYSTEM, Actor

WORK = "service_requests.work_recompute"
PROPOSAL_TYPE = "service_requests.recompute"
# Requests locked at a time while they move: clerks wait for them no longer than for one another.
MOVED_AT_ONCE = 100
SLICE = timedelta(seconds=15)
# Kept of each kind of move, for the person who decides.
SAMPLE_OF_EACH = 40
Clock = Callable[[], datetime]


def begin_work(proposal: RecomputeProposal, total: int) -> None:
    """Hand a proposal to the worker, from the first request on."""
    proposal.total, proposal.looked_at, proposal.last_id = total, 0, 0
    proposal.save(update_fields=["total", "looked_at", "last_id"])
    outbox.defer(WORK, queue="heavy", lock=WORK, proposal_id=proposal.pk)


def work_recompute(*, proposal_id: int, clock: Clock) -> None:
    """Count, or move, batch by batch; after a while leave the rest to another job. Nothing to do is fine."""
    until = clock() + SLICE
    while True:
        with transaction.atomic():
            proposal = RecomputeProposal.objects.select_for_update().get(pk=proposal_id)
            if proposal.state not in PROPOSALS_AT_WORK:
                return
            now = clock()
            if now > until:
                outbox.defer(WORK, queue="heavy", lock=WORK, proposal_id=proposal_id)
                return
            _work_on(proposal, now)


def _work_on(proposal: RecomputeProposal, now: datetime) -> None:
    """One batch of a locked proposal, or its end."""
    if proposal.digest != policy_digest(proposal.policy_date):
        # What is counted, or was approved, is not what would be done now.
        proposal.problem = "changed"
        _end(proposal, ProposalState.STOPPED, "recompute_stopped", now)
    elif proposal.state == ProposalState.COUNTING:
        _count_on(proposal, now)
    else:
        _move_on(proposal, now)


def _count_on(proposal: RecomputeProposal, now: datetime) -> None:
    found = batch_after(in_scope(proposal.scope), proposal.last_id, BATCH, proposal.policy_date, now)
    if not found:
        proposal.counted_at = now
        _end(proposal, ProposalState.COUNTED, "recompute_counted", now)
        return
    shifts = [one.shift for one in found]
    figures = Counter(proposal.figures)
    count_into(figures, shifts, now)
    proposal.figures, proposal.sample = dict(figures), sampled(proposal.sample, shifts, now)
    _go_on(proposal, shifts, "figures", "sample")


def _move_on(proposal: RecomputeProposal, now: datetime) -> None:
    left = in_scope(proposal.scope).filter(pk__gt=proposal.last_id).order_by("pk")
    locked = [row.pk for row in left.select_for_update(of=("self",)).only("pk")[:MOVED_AT_ONCE]]
    if not locked:
        # Those that were waited for may all have been closed meanwhile: then the next batch is asked for.
        if not left.exists():
            _end(proposal, ProposalState.APPLIED, "recompute_applied", now)
        return
    rows = ServiceRequest.objects.filter(pk__in=locked)
    found = batch_after(rows, 0, MOVED_AT_ONCE, proposal.policy_date, now)
    moved = [one for one in found if one.shift.kind != "same"]
    if moved:
        write_moves(moved, now)
        audit.record(*_told(proposal, moved), actor=SYSTEM, now=now)
        note_change(*(one.shift.request_id for one in moved))
    shifts = [one.shift for one in found]
    result = Counter(proposal.result)
    count_into(result, shifts, now)
    result.update(promises_kept=sum(one.shift.promised_at is not None for one in moved))
    proposal.result = dict(result)
    proposal.applied_count += len(moved)
    _go_on(proposal, shifts, "result", "applied_count")


def _told(proposal: RecomputeProposal, moved: Iterable[Renewed]) -> list[audit.Act]:
    return [
        audit.Act(
            "service_requests.recomputed",
            OBJECT_TYPE,
            shift.request_id,
            shift.number,
            before={"due": shift.was},
            after={"due": shift.will_be, "promised": shift.promised_at, "proposal": proposal.pk},
            reason=proposal.reason,
            approver_id=proposal.decided_by_id,
        )
        for shift in (one.shift for one in moved)
    ]


def _go_on(proposal: RecomputeProposal, shifts: Sequence[Shift], *changed: str) -> None:
    proposal.last_id = shifts[-1].request_id
    proposal.looked_at += len(shifts)
    proposal.save(update_fields=["last_id", "looked_at", *changed])


def _end(proposal: RecomputeProposal, state: ProposalState, code: str, now: datetime) -> None:
    proposal.state, proposal.finished_at = state, now
    proposal.save(update_fields=["state", "finished_at", "counted_at", "problem"])
    note_proposal(proposal, code, SYSTEM, now)


def note_proposal(
    proposal: RecomputeProposal, code: str, actor: Actor, now: datetime, *, reason: str | None = None
) -> None:
    """An entry of the history about the proposal itself, with its counts and the approver if there is one."""
    facts: dict[str, Any] = {"figures": proposal.figures, "scope": proposal.scope}
    if proposal.result:
        facts["result"] = proposal.result
    is_approved = proposal.state in (ProposalState.APPLYING, ProposalState.APPLIED)
    act = audit.Act(
        f"service_requests.{code}",
        PROPOSAL_TYPE,
        proposal.pk,
        "",
        None,
        facts,
        proposal.reason if reason is None else reason,
        approver_id=proposal.decided_by_id if is_approved else None,
    )
    audit.record(act, actor=actor, now=now)


def sampled(kept: list[dict[str, Any]], shifts: Sequence[Shift], now: datetime) -> list[dict[str, Any]]:
    """The sample with some more: of each kind of move and of each consequence the first ones."""
    held = Counter(mark for one in kept for mark in one["marks"])
    sample = list(kept)
    for shift in shifts:
        marks = shift.marks(now)
        if shift.kind == "same" or all(held[mark] >= SAMPLE_OF_EACH for mark in marks):
            continue
        held.update(marks)
        was, will = (one.isoformat() if one else None for one in (shift.was, shift.will_be))
        sample.append({"id": shift.request_id, "was": was, "will": will, "marks": marks})
    return sample

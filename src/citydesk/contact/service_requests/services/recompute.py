"""Due times of open requests computed anew after a calendar or a class changed: proposed, previewed, approved, applied.

What was promised to residents stays; closed requests never move; the proposer does not approve.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from citydesk.city.profile import queries as profile
from citydesk.contact.service_requests import choices
from citydesk.contact.service_requests.choices import ProposalState
from citydesk.contact.service_requests.models import ClockPause, RecomputeProposal, RequestClock, ServiceRequest
from citydesk.contact.service_requests.queries import policy
from citydesk.contact.service_requests.queries.recomputes import POLICY_SECTIONS
from citydesk.contact.service_requests.services import clocks
from citydesk.contact.service_requests.services.acts import act_on, note_change
from citydesk.kernel import audit, outbox
from citydesk.kernel.actors import Access, Actor
from citydesk.kernel.errors import Conflict, Invalid, NotFound

_BATCH = 500
APPLY = "service_requests.apply_recompute"


@dataclass(frozen=True)
class Shift:
    """How the due time of one open request would move; `clocks_moved` of its targets get another one."""

    request_id: int
    number: str
    service: str
    sla_code: str
    was: datetime | None
    will_be: datetime | None
    promised_at: datetime | None
    clocks_moved: int = 0


def preview(*, scope: Mapping[str, list[str]], now: datetime, limit: int = 200) -> tuple[dict[str, int], list[Shift]]:
    """(counts, the first shifts): how many are looked at, unchanged, earlier, later, newly late, past the promise, and
    of how many (`targets`) another target moves than the one that is due first."""
    counts: Counter[str] = Counter()
    shown: list[Shift] = []
    for shift, _clocks in _shifts(scope, policy.today(now), now):
        counts["looked_at"] += 1
        kind = _kind(shift)
        counts[kind] += 1
        if kind == "same":
            continue
        _count_marks(counts, shift, now)
        if len(shown) < limit:
            shown.append(shift)
    return dict(counts), shown


def propose_recompute(*, reason: str, scope: Mapping[str, list[str]], access: Access, now: datetime) -> int:
    """Propose to compute anew; keeps the counts of the preview. Returns the proposal's id."""
    access.require(choices.RECOMPUTE)
    if not reason.strip():
        raise Invalid(_("Say why."), field="reason")
    figures, _shown = preview(scope=scope, now=now, limit=0)
    on = policy.today(now)
    with transaction.atomic():
        proposal = RecomputeProposal.objects.create(
            reason=reason.strip(),
            scope=dict(scope),
            policy_date=on,
            figures=figures,
            digest=policy_digest(on),
            proposed_by_id=access.actor.staff_id or 0,
            proposed_at=now,
        )
        audit.record(
            audit.Act(
                "service_requests.recompute_proposed",
                "service_requests.recompute",
                proposal.pk,
                "",
                None,
                {"figures": figures, "scope": dict(scope)},
                reason.strip(),
            ),
            actor=access.actor,
            now=now,
        )
    return proposal.pk


def decide_recompute(*, proposal_id: int, is_approved: bool, note: str = "", access: Access, now: datetime) -> None:
    """Approve (a job applies it) or refuse a proposal. `Conflict` for one's own, a decided, an outdated one."""
    access.require(choices.RECOMPUTE)
    with transaction.atomic():
        proposal = RecomputeProposal.objects.select_for_update().filter(pk=proposal_id).first()
        if proposal is None:
            raise NotFound(_("There is no such proposal."))
        if proposal.decided_at is not None:
            raise Conflict(_("This was decided already."))
        if proposal.proposed_by_id == access.actor.staff_id:
            raise Conflict(_("Nobody approves their own proposal."))
        if is_approved and proposal.digest != policy_digest(policy.today(now)):
            raise Conflict(_("Classes or calendars have changed since. Look at a new preview and propose again."))
        proposal.decided_by_id, proposal.decided_at, proposal.decision_note = access.actor.staff_id, now, note.strip()
        proposal.state = ProposalState.APPLIED if is_approved else ProposalState.REFUSED
        proposal.save()
        code = "recompute_approved" if is_approved else "recompute_refused"
        audit.record(
            audit.Act(
                f"service_requests.{code}",
                "service_requests.recompute",
                proposal.pk,
                "",
                None,
                {"figures": proposal.figures},
                note.strip() or proposal.reason,
                approver_id=access.actor.staff_id if is_approved else None,
            ),
            actor=access.actor,
            now=now,
        )
        if is_approved:
            outbox.defer(APPLY, proposal_id=proposal.pk, lock=APPLY)


def apply_recompute(*, proposal_id: int, actor: Actor, now: datetime) -> int:
    """Move the due times of an approved proposal; returns how many moved. Repeating moves nothing more."""
    proposal = RecomputeProposal.objects.get(pk=proposal_id)
    if proposal.state != ProposalState.APPLIED:
        raise Conflict(_("This was not approved."))
    moved = 0
    for shift, _clocks in list(_shifts(proposal.scope, proposal.policy_date, now)):
        if _kind(shift) != "same":
            moved += _apply_one(shift.request_id, proposal, actor, now)
    if moved:
        RecomputeProposal.objects.filter(pk=proposal.pk).update(applied_count=proposal.applied_count + moved)
    return moved


def _apply_one(request_id: int, proposal: RecomputeProposal, actor: Actor, now: datetime) -> int:
    with transaction.atomic():
        row = (
            ServiceRequest.objects.defer("search")
            .select_for_update(of=("self",))
            .filter(pk=request_id, is_open=True)
            .first()
        )
        if row is None:
            return 0
        rows, pauses = clocks.load(row)
        before = row.due_at
        moved = _renew(rows, pauses, row.sla_code, proposal.policy_date, now)
        RequestClock.objects.bulk_update(
            rows,
            ["policy_date", "calendar_code", "allowed_seconds", "allowance", "hold_reasons", "due_at", "next_step_at"],
        )
        row.due_at = clocks.earliest_due(rows, before)
        if row.due_at == before and not moved:
            return 0
        row.version += 1
        row.updated_at = now
        row.save(update_fields=["due_at", "version", "updated_at"])
        acts = [
            act_on(
                row,
                "recomputed",
                before={"due": before},
                after={"due": row.due_at, "promised": row.promised_at, "proposal": proposal.pk},
                reason=proposal.reason,
                approver_id=proposal.decided_by_id,
            )
        ]
        audit.record(*acts, actor=actor, now=now)
        note_change(row.pk)
        return 1


def _shifts(scope: Mapping[str, list[str]], on: date, now: datetime) -> Iterator[tuple[Shift, list[RequestClock]]]:
    """Every open request of the scope with its due time as it would be under the profile of a day."""
    found = ServiceRequest.objects.open().exclude(sla_code="")
    if scope.get("sla"):
        found = found.filter(sla_code__in=scope["sla"])
    if scope.get("services"):
        found = found.filter(service__code__in=scope["services"])
    last = 0
    columns = ("pk", "number", "service__code", "sla_code", "due_at", "promised_at", "reopen_count")
    while True:
        rows = list(found.filter(pk__gt=last).order_by("pk").values_list(*columns)[:_BATCH])
        if not rows:
            return
        last = rows[-1][0]
        by_clock, by_pause = _children([row[0] for row in rows])
        for pk, number, service, sla_code, due, promised, round_ in rows:
            mine = [one for one in by_clock.get(pk, []) if one.round == round_]
            moved = _renew(mine, by_pause.get(pk, []), sla_code, on, now)
            yield Shift(pk, number, service, sla_code, due, clocks.earliest_due(mine, due), promised, moved), mine


def _children(ids: list[int]) -> tuple[dict[int, list[RequestClock]], dict[int, list[ClockPause]]]:
    by_clock: dict[int, list[RequestClock]] = {}
    by_pause: dict[int, list[ClockPause]] = {}
    for clock in RequestClock.objects.filter(request_id__in=ids).order_by("request_id", "position"):
        by_clock.setdefault(clock.request_id, []).append(clock)
    for pause in ClockPause.objects.filter(request_id__in=ids).order_by("started_at"):
        by_pause.setdefault(pause.request_id, []).append(pause)
    return by_clock, by_pause


def _renew(rows: list[RequestClock], pauses: list[ClockPause], sla_code: str, on: date, now: datetime) -> int:
    """Give running clocks the terms of a day and compute them; ended ones and targets that are gone stay. Returns how
    many get another due time."""
    moved = 0
    found = policy.sla_class(sla_code, on)
    targets = {target.code: target for target in found.targets} if found else {}
    for clock in rows:
        target = targets.get(clock.target)
        if clock.stopped_at is not None or target is None:
            continue
        clock.policy_date, clock.calendar_code = on, target.calendar
        clock.allowance = target.allowance
        clock.hold_reasons = None if target.hold_reasons is None else list(target.hold_reasons)
        if clock.started_at is not None:
            was = clock.due_at
            clocks.start_clock(clock, clock.started_at, pauses=pauses, now=now)
            moved += clock.due_at != was
    return moved


def _kind(shift: Shift) -> str:
    if shift.was == shift.will_be:
        return "targets" if shift.clocks_moved else "same"
    if shift.was is None or (shift.will_be is not None and shift.will_be > shift.was):
        return "later"
    return "earlier"


def _count_marks(counts: Counter[str], shift: Shift, now: datetime) -> None:
    if shift.will_be is not None and shift.will_be < now and (shift.was is None or shift.was >= now):
        counts["newly_late"] += 1
    if shift.promised_at is not None and shift.will_be is not None and shift.will_be > shift.promised_at:
        counts["past_promise"] += 1


def policy_digest(on: date) -> str:
    """SHA-256 over classes, calendars and holidays in force on a day: what an approval is about."""
    bodies = {section: profile.entries(section, on) for section in POLICY_SECTIONS}
    return hashlib.sha256(json.dumps(bodies, sort_keys=True, default=str).encode()).hexdigest()

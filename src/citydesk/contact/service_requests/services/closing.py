"""The end of a request and its return: closing with a reason, joining duplicates, reopening, withdrawing."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from citydesk.city.profile import queries as profile
from citydesk.contact.service_requests.choices import (
    CloseReason,
    NoteKind,
    ReferralState,
    RequestState,
    StopEvent,
)
from citydesk.contact.service_requests.events import RequestClosed, RequestReopened
from citydesk.contact.service_requests.models import RequestClock, ServiceRequest
from citydesk.contact.service_requests.queries import policy
from citydesk.contact.service_requests.rules import closing as closing_rules
from citydesk.contact.service_requests.rules import workflow
from citydesk.contact.service_requests.services import clocks, family
from citydesk.contact.service_requests.services.acts import act_on, keep, take
from citydesk.contact.service_requests.services.pausing import end_pause, end_referral
from citydesk.contact.service_requests.services.writing import write_note
from citydesk.kernel.actors import SYSTEM_ACCESS, Access, Actor
from citydesk.kernel.errors import CitydeskError, Conflict, Invalid

_CLOSED = (
    "state",
    "is_open",
    "close_reason",
    "closed_at",
    "due_at",
    "pause_reason",
    "paused_since",
    "review_at",
    "pause_limit_at",
    "parent_id",
    "status_text",
    "is_disputed",
)


def close(
    *,
    request_id: int,
    reason: str,
    text: str = "",
    note: str = "",
    parts_reason: str = "",
    access: Access,
    now: datetime,
    version: int | None = None,
) -> None:
    """Close a request with a reason. `text` is told to residents, `note` stays inside.

    Only `done` may be told as done: a text that says so under another reason is refused. A duplicate is closed by
    `merge_duplicate`. Open parts are closed too when `parts_reason` gives theirs, and told with it; without one the
    closing is refused. Raises `Invalid`, `Conflict`, `NotAllowed`, `NotFound`, `StaleVersion`.
    """
    move = "close_done" if reason == CloseReason.DONE else "close_other"
    with transaction.atomic():
        rows = family.lock_with_parts(request_id, access) if parts_reason else {}
        row = take(request_id, access, move=move, version=version)
        _require_reason(row, reason, text)
        parts = [rows[one] for one in sorted(rows) if one != request_id]
        for part in parts:
            _close_part(part, parts_reason, text, note, access, now)
        told = tuple(part.pk for part in parts)
        finish(row, CloseReason(reason), text=text, note=note, actor=access.actor, now=now, parts=told)


def _require_reason(row: ServiceRequest, reason: str, text: str) -> None:
    """Raise `Invalid` when the code knows no such reason, or when the text says more than the reason."""
    if reason == CloseReason.DUPLICATE:
        raise Invalid(_("Join it to the request it doubles."), field="reason")
    if reason not in policy.service(row.service.code, row.policy_date).close_reasons:
        raise Invalid(_("A request of this code is not closed with this reason."), field="reason")
    closing_rules.require_honest(reason, text)


def _close_part(part: ServiceRequest, reason: str, text: str, note: str, access: Access, now: datetime) -> None:
    """Close an open part with its main request: by the same rights and rules as by itself."""
    try:
        take(part.pk, access, move="close_done" if reason == CloseReason.DONE else "close_other")
        _require_reason(part, reason, text)
    except CitydeskError as error:
        raise Conflict(
            _("%(number)s cannot be closed with it: %(why)s") % {"number": part.number, "why": error.message},
            field="parts_reason",
        ) from error
    finish(part, CloseReason(reason), text=text, note=note, actor=access.actor, now=now, is_told_by_main=True)


def finish(
    row: ServiceRequest,
    reason: CloseReason,
    *,
    text: str,
    note: str,
    actor: Actor,
    now: datetime,
    parent_id: int | None = None,
    parts: tuple[int, ...] = (),
    is_told_by_main: bool = False,
) -> None:
    """Close a locked request: pause and referral end, every clock stops and is judged. Never over open parts."""
    family.require_no_open_parts(row)
    end_pause(row, actor, now)
    end_referral(row, note, now, state=ReferralState.ENDED)
    clocks.happened(row, StopEvent.CLOSED, now=now)
    if note.strip():
        write_note(row, NoteKind.INTERNAL, note, actor, now)
    if text.strip():
        row.status_text = write_note(row, NoteKind.PUBLIC, text, actor, now).text
    was = row.state
    row.state, row.is_open, row.close_reason, row.closed_at = RequestState.CLOSED, False, reason, now
    row.parent_id, row.is_disputed = parent_id or row.parent_id, False
    on_time = is_on_time(row)
    keep(
        row,
        _CLOSED,
        [
            act_on(
                row,
                "closed",
                before={"state": was},
                after={"reason": reason, "on_time": on_time, "parent": parent_id},
            )
        ],
        actor=actor,
        now=now,
        event=RequestClosed(row.pk, row.number, row.service.code, reason, on_time, parts, is_told_by_main),
    )


def is_on_time(row: ServiceRequest) -> bool | None:
    """Whether every target of the current round was met; None without targets."""
    met = list(RequestClock.objects.filter(request=row, round=row.reopen_count).values_list("is_met", flat=True))
    return all(met) if met else None


def reopen(
    *,
    request_id: int,
    reason: str,
    access: Access,
    now: datetime,
    version: int | None = None,
) -> None:
    """Open a closed request again within the profile's window: a new round of clocks starts now.

    Raises `Conflict` when the window is over or it was joined to another request.
    """
    with transaction.atomic():
        family.lock_with_main(request_id, access=access)
        row = take(request_id, access, move="reopen", version=version)
        workflow.require_given(workflow.move("reopen"), reason=reason)
        open_again(row, reason, access.actor, now)


def reopen_by_resident(*, request_id: int, reason: str, actor: Actor, now: datetime) -> None:
    """The resident says it is not done. The caller has checked the tracking token."""
    with transaction.atomic():
        family.lock_with_main(request_id, access=SYSTEM_ACCESS)
        row = take(request_id, SYSTEM_ACCESS, move="reopen")
        workflow.require_given(workflow.move("reopen"), reason=reason)
        open_again(row, reason, actor, now)


def open_again(row: ServiceRequest, reason: str, actor: Actor, now: datetime) -> None:
    """Reopen a locked request. A part whose main request is closed stands by itself from now on."""
    if row.closed_at is None:
        raise Conflict(_("It is open."))
    workflow.require_reopenable(
        closed_at=row.closed_at, now=now, days=profile.city().reopen_days, reason=row.close_reason
    )
    write_note(row, NoteKind.INTERNAL, reason, actor, now)
    if row.parent_id is not None:
        main = take(row.parent_id, SYSTEM_ACCESS)
        if not main.is_open:
            family.set_free(row, main, actor, now)
    before = {"reason": row.close_reason, "closed_at": row.closed_at}
    row.state, row.is_open, row.close_reason, row.closed_at = RequestState.OPEN, True, "", None
    row.started_at, row.escalation, row.status_text = None, 0, ""
    row.reopen_count += 1
    started = clocks.plan_clocks(
        row.sla_code,
        on=policy.today(now),
        received_at=now,
        is_assigned=row.owner_id is not None,
        assigned_at=now,
        round=row.reopen_count,
    )
    for clock in started:
        clock.request_id = row.pk
    if row.owner_id is not None:
        clocks.apply_event(started, (), StopEvent.ASSIGNED, now=now)
    RequestClock.objects.bulk_create(started)
    row.due_at = clocks.earliest_due(started, None)
    row.promised_at = clocks.promised_due(started)
    keep(
        row,
        {*_CLOSED, "reopen_count", "promised_at", "started_at", "escalation"},
        [
            act_on(
                row,
                "reopened",
                before=before,
                after={"count": row.reopen_count, "due": row.due_at},
                reason=reason.strip(),
            )
        ],
        actor=actor,
        now=now,
        event=RequestReopened(row.pk, row.number, row.reopen_count),
    )


def withdraw_by_resident(*, request_id: int, reason: str, actor: Actor, now: datetime) -> None:
    """The reporter takes the request back. The caller has checked the tracking token."""
    with transaction.atomic():
        rows = family.lock_with_parts(request_id, SYSTEM_ACCESS)
        row = take(request_id, SYSTEM_ACCESS, move="close_other")
        for part in (one for pk, one in rows.items() if pk != request_id):
            # What one person takes back ends nobody else's request.
            family.set_free(part, row, actor, now)
        finish(row, CloseReason.WITHDRAWN, text="", note=reason, actor=actor, now=now)

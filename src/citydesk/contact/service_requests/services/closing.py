"""The end of a request and its return: closing with a reason, joining duplicates, reopening, withdrawing."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from citydesk.city.profile import queries as profile
from citydesk.contact.service_requests import choices
from citydesk.contact.service_requests.choices import (
    CloseReason,
    FollowerKind,
    NoteKind,
    ReferralState,
    RequestState,
    StopEvent,
)
from citydesk.contact.service_requests.events import RequestClosed, RequestReopened
from citydesk.contact.service_requests.models import Follower, RequestClock, ServiceRequest
from citydesk.contact.service_requests.queries import policy
from citydesk.contact.service_requests.rules import closing as closing_rules
from citydesk.contact.service_requests.rules import workflow
from citydesk.contact.service_requests.services import clocks
from citydesk.contact.service_requests.services.acts import act_on, keep, take
from citydesk.contact.service_requests.services.pausing import end_pause, end_referral
from citydesk.contact.service_requests.services.writing import write_note
from citydesk.kernel.actors import SYSTEM_ACCESS, Access, Actor
from citydesk.kernel.errors import Conflict, Invalid

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
    access: Access,
    now: datetime,
    version: int | None = None,
) -> None:
    """Close a request with a reason. `text` is told to residents, `note` stays inside.

    Only `done` may be told as done: a text that says so under another reason is refused. A duplicate is closed by
    `merge_duplicate`. Raises `Invalid`, `Conflict`, `NotAllowed`, `NotFound`, `StaleVersion`.
    """
    with transaction.atomic():
        row = take(
            request_id, access, move="close_done" if reason == CloseReason.DONE else "close_other", version=version
        )
        if reason == CloseReason.DUPLICATE:
            raise Invalid(_("Join it to the request it doubles."), field="reason", hint="merge_duplicate")
        allowed = policy.service(row.service.code, row.policy_date).close_reasons
        if reason not in allowed:
            raise Invalid(_("A request of this code is not closed with this reason."), field="reason")
        closing_rules.require_honest(reason, text)
        finish(row, CloseReason(reason), text=text, note=note, actor=access.actor, now=now)


def finish(
    row: ServiceRequest,
    reason: CloseReason,
    *,
    text: str,
    note: str,
    actor: Actor,
    now: datetime,
    parent_id: int | None = None,
) -> None:
    """Close a locked request: pause and referral end, every clock stops and is judged."""
    end_pause(row, actor, now)
    end_referral(row, note, now, state=ReferralState.ENDED)
    clocks.happened(row, StopEvent.CLOSED, now=now)
    if note.strip():
        write_note(row, NoteKind.INTERNAL, note, actor, now)
    if text.strip():
        row.status_text = write_note(row, NoteKind.PUBLIC, text, actor, now).text
    was = row.state
    row.state, row.is_open, row.close_reason, row.closed_at = RequestState.CLOSED, False, reason, now
    row.parent_id, row.is_disputed = parent_id, False
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
        event=RequestClosed(row.pk, row.number, row.service.code, reason, on_time),
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
        row = take(request_id, access, move="reopen", version=version)
        workflow.require_given(workflow.move("reopen"), reason=reason)
        open_again(row, reason, access.actor, now)


def reopen_by_resident(*, request_id: int, reason: str, actor: Actor, now: datetime) -> None:
    """The resident says it is not done. The caller has checked the tracking token."""
    with transaction.atomic():
        row = take(request_id, SYSTEM_ACCESS, move="reopen")
        workflow.require_given(workflow.move("reopen"), reason=reason)
        open_again(row, reason, actor, now)


def open_again(row: ServiceRequest, reason: str, actor: Actor, now: datetime) -> None:
    """Reopen a locked request."""
    if row.closed_at is None:
        raise Conflict(_("It is open."))
    workflow.require_reopenable(
        closed_at=row.closed_at, now=now, days=profile.city().reopen_days, reason=row.close_reason
    )
    write_note(row, NoteKind.INTERNAL, reason, actor, now)
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
        row = take(request_id, SYSTEM_ACCESS, move="close_other")
        finish(row, CloseReason.WITHDRAWN, text="", note=reason, actor=actor, now=now)


def merge_duplicate(
    *,
    request_id: int,
    parent_id: int,
    note: str = "",
    access: Access,
    now: datetime,
    version: int | None = None,
) -> int:
    """Close a request as the duplicate of another and let its people follow that one; returns the other's id.

    The other is looked up to the root of its own duplicates, and duplicates of this one move there too. Raises
    `Conflict` when the other is closed or is this one.
    """
    with transaction.atomic():
        root_id = _root(parent_id, access)
        if root_id == request_id:
            raise Conflict(_("A request is not its own duplicate."))
        # Always lock the lower id first, so that two merges at once do not wait for each other.
        first, second = sorted((request_id, root_id))
        rows = {first: take(first, access), second: take(second, access)}
        row, root = rows[request_id], rows[root_id]
        access.require(choices.CLOSE)
        workflow.require_move("close_other", row.state)
        if version is not None and version != row.version:
            take(request_id, access, version=version)
        if not root.is_open:
            raise Conflict(_("The other request is closed. Reopen it first, or keep this one."))
        ServiceRequest.objects.filter(parent_id=row.pk).update(parent_id=root.pk)
        moved = _move_people(row, root, now)
        root.contact_count += row.contact_count
        root.follower_count += moved
        keep(
            root,
            ["contact_count", "follower_count"],
            [act_on(root, "joined", after={"number": row.number, "people": moved})],
            actor=access.actor,
            now=now,
        )
        finish(row, CloseReason.DUPLICATE, text="", note=note, actor=access.actor, now=now, parent_id=root.pk)
        return root.pk


def _root(request_id: int, access: Access) -> int:
    """The request a chain of duplicates ends at; every link must be in sight."""
    for _step in range(50):
        row = take(request_id, access)
        if row.parent_id is None:
            return row.pk
        request_id = row.parent_id
    raise Conflict(_("These duplicates point at each other."))


def _move_people(row: ServiceRequest, root: ServiceRequest, now: datetime) -> int:
    """Let the active people of a duplicate follow the other request, each told once; returns how many came."""
    people = list(Follower.objects.select_for_update().filter(request=row, is_active=True))
    known = set(Follower.objects.filter(request=root, is_active=True).values_list("channel", "to"))
    moved = 0
    for one in people:
        Follower.objects.filter(pk=one.pk).update(is_active=False, ended_at=now, end_reason=f"joined {root.number}")
        if one.to and (one.channel, one.to) in known:
            continue
        known.add((one.channel, one.to))
        # The token moves along: the link the person was sent shows the request that is worked on.
        Follower.objects.filter(pk=one.pk).update(token=f"{one.token[:32]}.{one.pk}")
        Follower.objects.create(
            request=root,
            kind=FollowerKind.ME_TOO,
            customer_id=one.customer_id,
            name=one.name,
            channel=one.channel,
            to=one.to,
            language=one.language,
            token=one.token,
            added_at=now,
        )
        moved += 1
    return moved

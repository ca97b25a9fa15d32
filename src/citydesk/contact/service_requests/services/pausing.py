"""Standing still and going on: hold, wait for the resident, refer outside, and the end of each."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from citydesk.contact.service_requests import choices
from citydesk.contact.service_requests.choices import (
    WAITING_FOR_RESIDENT,
    NoteKind,
    ReferralState,
    RequestState,
)
from citydesk.contact.service_requests.events import RequestStateChanged, ResidentAsked
from citydesk.contact.service_requests.models import ClockPause, Note, Referral, ServiceRequest
from citydesk.contact.service_requests.queries import policy
from citydesk.contact.service_requests.rules import workflow
from citydesk.contact.service_requests.services import clocks
from citydesk.contact.service_requests.services.acts import act_on, keep, take
from citydesk.contact.service_requests.services.writing import write_note
from citydesk.kernel.actors import SYSTEM_ACCESS, Access, Actor
from citydesk.kernel.errors import Invalid

_PAUSED = ("state", "pause_reason", "paused_since", "review_at", "pause_limit_at", "due_at")
# A resident's answer is waited for this long where the profile does not say.
_REVIEW_DAYS, _LIMIT_DAYS = 7, 30


def hold(
    *,
    request_id: int,
    reason: str,
    review_at: datetime,
    note: str = "",
    is_beyond_limit: bool = False,
    access: Access,
    now: datetime,
    version: int | None = None,
) -> None:
    """Put a request on hold for one of the profile's reasons, with a date to look at it again.

    A review after the reason's limit is a supervisor's to allow (`is_beyond_limit`). Raises `Invalid`, `Conflict`,
    `NotAllowed`, `NotFound`, `StaleVersion`.
    """
    with transaction.atomic():
        row = take(request_id, access, move="hold", version=version)
        workflow.require_given(workflow.move("hold"), reason=reason, review_at=review_at)
        known = policy.hold_reasons(policy.today(now)).get(reason)
        if known is None:
            raise Invalid(_("This is not one of the reasons."), field="reason")
        limit_at: datetime | None = now + timedelta(days=known.limit_days)
        if is_beyond_limit:
            access.require(choices.SUPERVISE)
            limit_at = None
        workflow.require_review_in_limit(review_at=review_at, now=now, limit_at=limit_at)
        _pause(row, RequestState.ON_HOLD, reason, note, access.actor, now, stops=known.stops_clocks)
        row.review_at, row.pause_limit_at = review_at, limit_at
        _finish(
            row,
            "held",
            {"reason": reason, "names": dict(known.names), "review_at": review_at},
            access.actor,
            now,
            note.strip(),
        )


def wait_for_resident(
    *,
    request_id: int,
    question: str,
    review_at: datetime | None = None,
    access: Access,
    now: datetime,
    version: int | None = None,
) -> int:
    """Ask the resident something and wait; returns the id of the question's note. The clocks that may stop do."""
    with transaction.atomic():
        row = take(request_id, access, move="ask", version=version)
        workflow.require_given(workflow.move("ask"), question=question)
        known = policy.hold_reasons(policy.today(now)).get(WAITING_FOR_RESIDENT)
        review = review_at or now + timedelta(days=known.review_days if known else _REVIEW_DAYS)
        limit = now + timedelta(days=known.limit_days if known else _LIMIT_DAYS)
        workflow.require_review_in_limit(review_at=review, now=now, limit_at=limit)
        note = write_note(row, NoteKind.PUBLIC, question, access.actor, now)
        _pause(
            row,
            RequestState.WAITING,
            WAITING_FOR_RESIDENT,
            "",
            access.actor,
            now,
            stops=known.stops_clocks if known else True,
        )
        row.review_at, row.pause_limit_at = review, limit
        keep(
            row,
            _PAUSED,
            [act_on(row, "asked", after={"note": note.pk, "review_at": review})],
            actor=access.actor,
            now=now,
            event=ResidentAsked(row.pk, row.number, note.pk),
        )
        return note.pk


def resume(
    *, request_id: int, note: str = "", access: Access, now: datetime, version: int | None = None
) -> datetime | None:
    """End a hold or a wait; the due time moves by what the clocks stood still. Returns the new due time."""
    with transaction.atomic():
        row = take(request_id, access, permission=choices.EDIT, version=version)
        workflow.require_move("answered" if row.state == RequestState.WAITING else "resume", row.state)
        if note.strip():
            write_note(row, NoteKind.INTERNAL, note, access.actor, now)
        return go_on(row, access.actor, now)


def go_on(row: ServiceRequest, actor: Actor, now: datetime, *, code: str = "resumed") -> datetime | None:
    """End the pause of a locked request and write it."""
    was = row.due_at
    since = end_pause(row, actor, now)
    row.state = workflow.state_after_pause(is_started=row.started_at is not None)
    clocks.settle_all(row, now=now)
    facts = {"since": since, "due": row.due_at, "seconds": int((now - since).total_seconds()) if since else 0}
    _finish(row, code, facts, actor, now, "", before={"due": was})
    return row.due_at


def answer_by_resident(*, request_id: int, text: str, actor: Actor, now: datetime) -> int:
    """The resident answered what was asked (by token, mail or telephone): the words are kept and work goes on.

    Returns the id of the note. A request that does not wait keeps its state. The caller has checked the token.
    """
    if not text.strip():
        raise Invalid(_("Write your answer."), field="text")
    with transaction.atomic():
        row = take(request_id, SYSTEM_ACCESS)
        note: Note = write_note(row, NoteKind.INTERNAL, text, actor, now)
        if row.state == RequestState.WAITING:
            go_on(row, actor, now, code="answered")
        else:
            keep(row, (), [act_on(row, "answered", after={"note": note.pk})], actor=actor, now=now)
        return note.pk


def refer(
    *,
    request_id: int,
    to: str,
    reason: str,
    external_number: str = "",
    follow_up_at: datetime | None = None,
    access: Access,
    now: datetime,
    version: int | None = None,
) -> int:
    """Hand a request to somebody outside; returns the referral's id. Clocks go on: the promise was the city's."""
    with transaction.atomic():
        row = take(request_id, access, move="refer", version=version)
        workflow.require_given(workflow.move("refer"), to=to, reason=reason)
        end_pause(row, access.actor, now)
        was, row.state = row.state, RequestState.REFERRED
        clocks.settle_all(row, now=now)
        referral = Referral.objects.create(
            request=row,
            to=to.strip()[:160],
            reason=reason.strip(),
            external_number=external_number.strip()[:80],
            sent_at=now,
            sent_by=access.actor.label[:120],
            follow_up_at=follow_up_at,
        )
        row.review_at = follow_up_at
        _finish(row, "referred", {"to": referral.to}, access.actor, now, reason.strip(), before={"state": was})
        return referral.pk


def referral_back(
    *,
    request_id: int,
    answer: str,
    is_accepted: bool,
    is_done: bool = False,
    access: Access,
    now: datetime,
    version: int | None = None,
) -> None:
    """What the other side said. Accepted: they keep it, we watch it; not accepted: it is ours again, either returned
    or (`is_done`) done by their word, which we look at before the resident is told so."""
    with transaction.atomic():
        row = take(request_id, access, move="back", version=version)
        workflow.require_given(workflow.move("back"), answer=answer)
        back = ReferralState.ENDED if is_done else ReferralState.RETURNED
        end_referral(row, answer, now, state=ReferralState.ACCEPTED if is_accepted else back)
        if is_accepted:
            facts = {"answer": answer.strip()}
            keep(row, (), [act_on(row, "referral_accepted", after=facts)], actor=access.actor, now=now)
            return
        row.state = workflow.state_after_pause(is_started=row.started_at is not None)
        row.review_at = None
        _finish(row, "referral_back", {"answer": answer.strip()}, access.actor, now, "")


def end_referral(row: ServiceRequest, answer: str, now: datetime, *, state: ReferralState) -> None:
    """Note how the open referral of a request ended."""
    Referral.objects.filter(request=row, state__in=[ReferralState.SENT, ReferralState.ACCEPTED]).update(
        state=state, answered_at=now, answer=answer.strip()
    )


def end_pause(row: ServiceRequest, actor: Actor, now: datetime) -> datetime | None:
    """Close the pause of a locked request, if it has one; returns since when it stood."""
    since = row.paused_since
    if since is not None:
        ClockPause.objects.filter(request=row, ended_at__isnull=True).update(
            ended_at=max(now, since), ended_by=actor.label[:120]
        )
    row.paused_since, row.pause_reason, row.review_at, row.pause_limit_at = None, "", None, None
    return since


def end_overdue_holds(*, now: datetime, limit: int = 200) -> int:
    """Let requests go on whose hold has reached its limit; returns how many."""
    ids = ServiceRequest.objects.filter(is_open=True, review_at__isnull=False, pause_limit_at__lte=now)
    ended = 0
    for request_id in list(ids.values_list("pk", flat=True)[:limit]):
        with transaction.atomic():
            row = take(request_id, SYSTEM_ACCESS)
            if row.pause_limit_at is not None and row.pause_limit_at <= now:
                go_on(row, SYSTEM_ACCESS.actor, now, code="hold_ended")
                ended += 1
    return ended


def _pause(
    row: ServiceRequest, state: RequestState, reason: str, note: str, actor: Actor, now: datetime, *, stops: bool
) -> None:
    row.state, row.pause_reason, row.paused_since = state, reason, now
    ClockPause.objects.create(
        request=row,
        reason=reason,
        started_at=now,
        note=note.strip(),
        started_by=actor.label[:120],
        stops_clocks=stops,
    )
    clocks.settle_all(row, now=now)


def _finish(
    row: ServiceRequest,
    code: str,
    after: Mapping[str, Any],
    actor: Actor,
    now: datetime,
    reason: str,
    before: Mapping[str, Any] | None = None,
) -> None:
    keep(
        row,
        _PAUSED,
        [act_on(row, code, before=before, after={**after, "state": row.state}, reason=reason)],
        actor=actor,
        now=now,
        event=RequestStateChanged(row.pk, row.number, row.state, "", row.pause_reason),
    )

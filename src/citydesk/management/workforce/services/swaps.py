"""Swaps: one offers, the other accepts, somebody who is neither of them decides with the rules before their eyes."""

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from citydesk.city.profile import queries as profile
from citydesk.kernel import audit
from citydesk.kernel.actors import Access, Actor
from citydesk.kernel.errors import Conflict, Invalid, NotAllowed, NotFound, StaleVersion
from citydesk.management.workforce.choices import OWN, PLAN, SWAP, ActivityKind, AmendmentKind
from citydesk.management.workforce.models import Shift, SwapRequest
from citydesk.management.workforce.queries.life import ShiftRow, published_shifts
from citydesk.management.workforce.queries.published import PublishedPlan
from citydesk.management.workforce.queries.swapping import seen_swaps
from citydesk.management.workforce.rules.swaps import (
    LIVE,
    Exchange,
    Judged,
    NoSuchShift,
    SwapState,
    judge_exchange,
    may_become,
)
from citydesk.management.workforce.services.amending import amend, hold_week
from citydesk.management.workforce.services.notices import tell

# What belongs to a person and not to a shift: who swaps it away would miss it.
_PERSONAL = {ActivityKind.TRAINING, ActivityKind.MEETING, ActivityKind.COACHING}
_LIVE = sorted(one.value for one in LIVE)


def offer_swap(
    *, day: date, taker_id: int, back_day: date | None = None, note: str = "", access: Access, now: datetime
) -> int:
    """Offer a colleague one's shift of a day, for theirs of `back_day` in the same week or for nothing; returns its id.

    Raises `NotAllowed`, `NotFound` (no such shift or colleague), `Invalid`, `Conflict` (it is offered already).
    """
    access.require(OWN)
    me = access.actor.staff_id or 0
    mine = _free_shift(me, day, now)
    if taker_id == me:
        raise Invalid(_("Choose a colleague."), field="with")
    if back_day is not None:
        theirs = _free_shift(taker_id, back_day, now)
        if theirs.schedule_id != mine.schedule_id:
            raise Invalid(_("Both shifts must lie in one week of one group."), field="with")
    elif not Shift.objects.filter(schedule_id=mine.schedule_id, user_id=taker_id).exists():
        raise NotFound(_("There is no such colleague in that week's schedule."))
    try:
        with transaction.atomic():
            row = SwapRequest.objects.create(
                group_id=mine.group_id, giver_id=me, taker_id=taker_id, day=day, back_day=back_day,
                note=note.strip()[:400], made_at=now,
            )  # fmt: skip
            _note(row, "swap_offered", access.actor, now)
            tell([taker_id], "swap_offered", {"swap": row.pk, "day": day.isoformat()}, now)
    except IntegrityError as error:
        raise Conflict(_("This shift is offered to somebody already."), field="with") from error
    return row.pk


def _free_shift(user_id: int, day: date, now: datetime) -> ShiftRow:
    """Somebody's published shift of a day that has not begun and that another could work. Raises."""
    found = published_shifts([user_id], day, day)
    if not found:
        raise NotFound(_("There is no shift on that day."))
    if found[0].starts_at <= now:
        raise Invalid(_("That shift has begun."), field="day")
    if any(kind in _PERSONAL for kind, *_rest in found[0].activities):
        raise Invalid(_("There is a training or meeting in that shift. Ask who plans your team."), field="day")
    return found[0]


def answer_swap(*, swap_id: int, is_accepted: bool, access: Access, now: datetime, version: int | None = None) -> None:
    """Accept or decline what a colleague offers. Raises `NotFound`, `Conflict`."""
    with transaction.atomic():
        row = _taken(swap_id, access, version)
        if row.taker_id != access.actor.staff_id:
            raise NotAllowed(_("Who was asked answers."))
        _move(row, SwapState.ACCEPTED if is_accepted else SwapState.DECLINED)
        row.answered_at = now
        _keep(row, ["answered_at"])
        code = "swap_accepted" if is_accepted else "swap_declined"
        _note(row, code, access.actor, now)
        tell([row.giver_id], code, {"swap": row.pk, "day": row.day.isoformat()}, now)


def withdraw_swap(*, swap_id: int, access: Access, now: datetime, version: int | None = None) -> None:
    """Take back one's offer, or one's word on a colleague's, before it is decided. Raises `NotFound`, `Conflict`."""
    with transaction.atomic():
        row = _taken(swap_id, access, version)
        me = access.actor.staff_id
        if me not in (row.giver_id, row.taker_id):
            raise NotAllowed(_("Only the two may take it back."))
        _move(row, SwapState.WITHDRAWN)
        _keep(row, [])
        _note(row, "swap_withdrawn", access.actor, now)
        other = row.taker_id if me == row.giver_id else row.giver_id
        tell([other], "swap_withdrawn", {"swap": row.pk, "day": row.day.isoformat()}, now)


def approve_swap(*, swap_id: int, reason: str = "", access: Access, now: datetime, version: int | None = None) -> None:
    """Let two people exchange their shifts: the week gets its next version. What breaks a rule needs a reason.

    Raises `NotFound`, `NotAllowed` (one of the two, or somebody of another team), `Invalid`, `Conflict`.
    """
    with transaction.atomic():
        row = _to_decide(swap_id, access, version)
        _move(row, SwapState.APPROVED)
        plan = hold_week(row.group_id, row.day, now)
        judged = judged_swap(plan, row)
        if judged.fresh and not reason.strip():
            raise Invalid(_("This breaks a rule. Say why it is approved."), field="reason")
        for user, day in ((row.giver_id, row.day), (row.taker_id, row.back_day)):
            if day is not None:
                _free_shift(user, day, now)
        row.amendment = amend(
            plan=plan, after=judged.roster, kind=AmendmentKind.SWAP, reason=reason.strip(), access=access, now=now
        )
        row.breaches = [{"rule": one.rule, "user": plan.user_of(one.person)} for one in judged.fresh if one.person]
        _decide(row, reason, access, now, ["amendment", "breaches"])


def deny_swap(*, swap_id: int, reason: str, access: Access, now: datetime, version: int | None = None) -> None:
    """Leave the shifts as they are, with the reason. Raises `NotFound`, `NotAllowed`, `Invalid`, `Conflict`."""
    if not reason.strip():
        raise Invalid(_("Say why it is denied."), field="reason")
    with transaction.atomic():
        row = _to_decide(swap_id, access, version)
        _move(row, SwapState.DENIED)
        _decide(row, reason, access, now, [])


def lapse_swaps(*, actor: Actor, now: datetime) -> int:
    """Let swaps end whose first day has come without a decision; returns how many."""
    today = profile.city_today(now)
    count = 0
    with transaction.atomic():
        rows = SwapRequest.objects.select_for_update(skip_locked=True, of=("self",)).filter(state__in=_LIVE)
        for row in rows:
            if min(one for one in (row.day, row.back_day) if one) < today:
                _move(row, SwapState.LAPSED)
                _keep(row, [])
                _note(row, "swap_lapsed", actor, now)
                count += 1
    return count


def judged_swap(plan: PublishedPlan, row: SwapRequest) -> Judged:
    """What a swap would break and change as the week stands now. Raises `Conflict` when a shift is gone."""
    it = Exchange(
        plan.code_of(row.giver_id),
        plan.day_of(row.day),
        plan.code_of(row.taker_id),
        None if row.back_day is None else plan.day_of(row.back_day),
    )
    try:
        return judge_exchange(plan.problem, plan.roster, it)
    except NoSuchShift as error:
        raise Conflict(_("One of the shifts is not there any more.")) from error


def _taken(swap_id: int, access: Access, version: int | None) -> SwapRequest:
    """The swap, held, if the reader may know of it. Raises `NotFound`, `StaleVersion`."""
    if not seen_swaps(access).filter(pk=swap_id).exists():
        raise NotFound(_("There is no such swap."))
    row = SwapRequest.objects.select_for_update(of=("self",)).get(pk=swap_id)
    if version is not None and version != row.version:
        raise StaleVersion(_("Somebody else changed this first."), version=row.version, theirs=row.version)
    return row


def _to_decide(swap_id: int, access: Access, version: int | None) -> SwapRequest:
    row = _taken(swap_id, access, version)
    if access.actor.staff_id in (row.giver_id, row.taker_id):
        raise NotAllowed(_("Nobody approves their own."))
    if not access.may(PLAN) or row.group.team_id not in access.team_ids:
        raise NotAllowed(_("Who plans this team decides."))
    return row


def _move(row: SwapRequest, then: SwapState) -> None:
    if not may_become(row.state, then):
        raise Conflict(_("This was decided already."))
    row.state = then


def _decide(row: SwapRequest, reason: str, access: Access, now: datetime, fields: list[str]) -> None:
    row.decided_at, row.decided_by_id, row.decision = now, access.actor.staff_id, reason.strip()[:400]
    _keep(row, ["decided_at", "decided_by", "decision", *fields])
    code = f"swap_{row.state}"
    _note(row, code, access.actor, now, reason.strip())
    facts = {"swap": row.pk, "day": row.day.isoformat(), "back": row.back_day and row.back_day.isoformat()}
    tell([row.giver_id, row.taker_id], code, facts, now)


def _keep(row: SwapRequest, fields: list[str]) -> None:
    row.version += 1
    row.save(update_fields=["state", "version", *fields])


def _note(row: SwapRequest, code: str, actor: Actor, now: datetime, reason: str = "") -> None:
    act = audit.Act(f"workforce.{code}", SWAP, row.pk, row.day.isoformat(), reason=reason)
    audit.record(act, actor=actor, now=now)

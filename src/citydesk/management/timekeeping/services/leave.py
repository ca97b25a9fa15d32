"""Leave asked for, granted, denied, cancelled. What is granted is taken from the ledger, and routing is told."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from citydesk.city.profile import queries as profile
from citydesk.city.staff import services as staff
from citydesk.city.staff.choices import ABSENCES
from citydesk.kernel import live, outbox
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import Conflict, Invalid, NotFound
from citydesk.management.timekeeping import labels
from citydesk.management.timekeeping.choices import GRANTED, LIVE, LedgerKind, RequestState, SheetState
from citydesk.management.timekeeping.events import LeaveCancelled, LeaveGranted
from citydesk.management.timekeeping.models import LeaveRequest, LeaveTransaction, LeaveType, Timesheet
from citydesk.management.timekeeping.queries.hours import terms_of, week_of
from citydesk.management.timekeeping.queries.leave import blackouts_of, horizon, projection
from citydesk.management.timekeeping.queries.policy import closed_days, leave_rules, leave_rules_on
from citydesk.management.timekeeping.rules import requests
from citydesk.management.timekeeping.rules.leave_types import LeaveRules
from citydesk.management.timekeeping.rules.spans import at_local
from citydesk.management.timekeeping.services.locked import (
    keep,
    me,
    needed,
    note_request,
    require_approver,
    require_state,
    somebody,
    take_request,
)
from citydesk.management.timekeeping.services.rows import adjust

Days = Sequence[tuple[date, int]]


@dataclass(frozen=True)
class LeaveWish:
    """What somebody asks for: whole days, or with `part_seconds` a part of one day from `part_minute` on."""

    leave_type: str
    first: date
    last: date
    reason: str = ""
    part_seconds: int = 0
    part_minute: int = 0


def ask_leave(*, wish: LeaveWish, is_draft: bool = False, access: Access, now: datetime) -> int:
    """Ask for leave, or keep the wish as a draft; returns the request's id.

    Raises `Invalid` for days one does not work, steps too small or a balance that does not cover it by then, `Conflict`
    where another request holds the days.
    """
    person = me(access)
    rules = leave_rules_on(profile.city_today(now)).get(wish.leave_type)
    if rules is None:
        raise Invalid(_("Choose the kind of leave."), field="leave_type")
    days = _days_of(wish, person)
    with transaction.atomic():
        _hold(person)
        _require_possible(person, rules, days, wish.first, wish.last, now, waiting=True)
        row = LeaveRequest(
            user_id=person,
            leave_type=LeaveType.objects.get(code=rules.code),
            state=RequestState.DRAFT if is_draft else RequestState.SUBMITTED,
            first=wish.first,
            last=wish.last,
            starts_at=at_local(wish.first, wish.part_minute, profile.local_zone()) if wish.part_seconds else None,
            days=[[day.isoformat(), seconds] for day, seconds in days],
            seconds=sum(seconds for _day, seconds in days),
            reason=needed(wish.reason, "") if wish.reason.strip() else "",
            made_at=now,
            submitted_at=None if is_draft else now,
        )
        _save_new(row)
        note_request(row, "leave_drafted" if is_draft else "leave_asked", access, now)
        return row.pk


def submit_leave(*, request_id: int, access: Access, now: datetime, version: int | None = None) -> None:
    """Ask for what was kept as a draft. Raises as `ask_leave`, and `NotFound`."""
    with transaction.atomic():
        _hold(me(access))
        row = _own(request_id, access, now, version)
        require_state(requests.may_move("submit", row.state))
        rules = leave_rules(row.leave_type.code, row.first)
        _require_possible(row.user_id, rules, days_of(row), row.first, row.last, now, waiting=True)
        row.state, row.submitted_at = requests.after("submit"), now
        try:
            with transaction.atomic():
                keep(row, ["state", "submitted_at"])
        except IntegrityError as error:
            raise _taken_days() from error
        note_request(row, "leave_asked", access, now)


def approve_leave(
    *, request_id: int, decision: str = "", access: Access, now: datetime, version: int | None = None
) -> None:
    """Grant leave of somebody one approves for: the ledger is charged and the absence entered.

    Raises `NotAllowed`, `Conflict` (the balance no longer covers it), `Invalid` (days without leave, and no reason).
    """
    with transaction.atomic():
        _hold_around(request_id)
        row = take_request(request_id, access, now, version)
        require_approver(access, row.user_id, now)
        require_state(requests.may_move("approve", row.state))
        rules = leave_rules(row.leave_type.code, row.first)
        _require_possible(row.user_id, rules, days_of(row), row.first, row.last, now, waiting=False)
        if blackouts_of(row.user_id, row.first, row.last, now) and not decision.strip():
            raise Invalid(_("These are days without leave. Say why it is granted."), field="decision")
        row.state, row.decided_at, row.decided_by_id = requests.after("approve"), now, somebody(access)
        row.decision = needed(decision, "", "decision") if decision.strip() else ""
        row.absence_id = _enter_absence(row, rules, access, now)
        keep(row, ["state", "decided_at", "decided_by", "decision", "absence_id"])
        _charge(row, rules, LedgerKind.TAKE, -1, access, now)
        _adjust_locked(row, access, now)
        note_request(row, "leave_approved", access, now)
        outbox.publish(LeaveGranted(row.pk, row.user_id, row.first, row.last), now=now)
        _tell(row)


def deny_leave(*, request_id: int, reason: str, access: Access, now: datetime, version: int | None = None) -> None:
    """Deny leave, with the reason. Raises `NotAllowed`, `Conflict`, `Invalid`."""
    why = needed(reason, _("Say why it is denied."))
    with transaction.atomic():
        row = take_request(request_id, access, now, version)
        require_approver(access, row.user_id, now)
        require_state(requests.may_move("deny", row.state))
        row.state, row.decided_at, row.decided_by_id = requests.after("deny"), now, somebody(access)
        row.decision = why
        keep(row, ["state", "decided_at", "decided_by", "decision"])
        note_request(row, "leave_denied", access, now, reason=why)
        _tell(row)


def cancel_leave(
    *, request_id: int, reason: str = "", access: Access, now: datetime, version: int | None = None
) -> None:
    """Cancel one's own request before its first day, or, with a reason, that of somebody one approves for.

    Leave that was granted is given back to the ledger and the absence taken away.
    """
    with transaction.atomic():
        row = take_request(request_id, access, now, version)
        is_own = row.user_id == access.actor.staff_id
        if not is_own:
            require_approver(access, row.user_id, now)
            needed(reason, _("Say why it is cancelled."))
        elif row.state in GRANTED and row.first <= profile.city_today(now):
            raise Conflict(_("It has begun. Who approves for you cancels it."))
        require_state(requests.may_move("cancel", row.state))
        was_granted = row.state in GRANTED
        row.state = requests.after("cancel")
        keep(row, ["state"])
        if was_granted:
            _take_back(row, access, now)
        note_request(row, "leave_cancelled", access, now, reason=reason.strip()[:400])
        _tell(row)


def note_paper(*, request_id: int, access: Access, now: datetime, version: int | None = None) -> None:
    """Note that the paper this leave asks for was seen by who keeps such papers; the paper itself has no place here."""
    with transaction.atomic():
        row = take_request(request_id, access, now, version)
        require_approver(access, row.user_id, now)
        require_state(row.state in LIVE and row.paper_seen_at is None)
        row.paper_seen_at = now
        keep(row, ["paper_seen_at"])
        note_request(row, "paper_seen", access, now)


def days_of(row: LeaveRequest) -> list[tuple[date, int]]:
    """The days of a request with their seconds."""
    return [(date.fromisoformat(text), seconds) for text, seconds in row.days]


def _days_of(wish: LeaveWish, person: int) -> Days:
    if wish.part_seconds:
        if wish.first != wish.last:
            raise Invalid(_("A part of a day is on one day."), field="last")
        return [(wish.first, wish.part_seconds)]
    if wish.last < wish.first or (wish.last - wish.first).days > 366:
        raise Invalid(str(labels.NOT_ASKED["backwards"]), field="last")
    closed = closed_days(profile.city().default_calendar, wish.first, wish.last)
    return requests.leave_days(wish.first, wish.last, terms_of([person])[person].hours_of_weekdays(), closed)


def _hold(person: int) -> None:
    """One decision about a person's leave at a time: two together would each see the balance whole."""
    rows = LeaveRequest.objects.select_for_update().filter(user_id=person, state__in=sorted(LIVE))
    list(rows.order_by("pk").values_list("pk"))


def _hold_around(request_id: int) -> None:
    """Hold a person's live requests before one of them is taken: who took one first would wait for the other's."""
    person = LeaveRequest.objects.filter(pk=request_id).values_list("user_id", flat=True).first()
    if person is not None:
        _hold(person)


def _require_possible(
    person: int, rules: LeaveRules, days: Days, first: date, last: date, now: datetime, *, waiting: bool
) -> None:
    """Raise `Invalid` with what stands against it. `waiting` counts what is asked for beside it, too."""
    today = profile.city_today(now)
    asked = list(days)
    if waiting:
        others = LeaveRequest.objects.filter(user_id=person, leave_type__code=rules.code, state=RequestState.SUBMITTED)
        asked += [one for row in others for one in days_of(row)]
    until = max(horizon(person, rules.code, max(last, today)), *(day for day, _seconds in asked), today)
    lowest = 0
    if rules.needs_balance:
        terms = terms_of([person])[person]
        lowest = projection(person, rules, terms, today=today, until=until, asked=asked).lowest
    why = requests.why_not_asked(rules, days, lowest=lowest, first=first, last=last)
    if why:
        raise Invalid(str(labels.NOT_ASKED[why]), field="leave_type" if why == "balance" else "first")


def _save_new(row: LeaveRequest) -> None:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise _taken_days() from error


def _taken_days() -> Conflict:
    return Conflict(_("Another of your requests holds some of these days."), field="first")


def _own(request_id: int, access: Access, now: datetime, version: int | None) -> LeaveRequest:
    row = take_request(request_id, access, now, version)
    if row.user_id != me(access):
        raise NotFound(_("There is no such request."))
    return row


def _span_of(row: LeaveRequest) -> tuple[datetime, datetime]:
    zone = profile.local_zone()
    if row.starts_at is not None:
        return row.starts_at, row.starts_at + timedelta(seconds=row.seconds)
    return at_local(row.first, 0, zone), at_local(row.last + timedelta(days=1), 0, zone)


def _absence_right(access: Access) -> Access:
    """The same person with the one right that granting leave carries: to say that somebody is away."""
    return Access(access.actor, frozenset({ABSENCES}))


def _enter_absence(row: LeaveRequest, rules: LeaveRules, access: Access, now: datetime) -> int | None:
    starts_at, ends_at = _span_of(row)
    try:
        return staff.set_absence(
            user_id=row.user_id,
            starts_at=starts_at,
            ends_at=ends_at,
            kind=rules.absence_kind,
            access=_absence_right(access),
            now=now,
        )
    except Conflict:
        return None  # somebody entered an absence before: routing knows


def _take_back(row: LeaveRequest, access: Access, now: datetime) -> None:
    rules = leave_rules(row.leave_type.code, row.first)
    _charge(row, rules, LedgerKind.GIVE_BACK, 1, access, now)
    _adjust_locked(row, access, now)
    if row.absence_id is not None:
        # Somebody may have taken it away by hand before.
        with suppress(Conflict, NotFound):
            staff.cancel_absence(
                absence_id=row.absence_id, reason=_("Leave was cancelled."), access=_absence_right(access), now=now
            )
    outbox.publish(LeaveCancelled(row.pk, row.user_id, row.first, row.last), now=now)


def _charge(row: LeaveRequest, rules: LeaveRules, kind: str, sign: int, access: Access, now: datetime) -> None:
    if not rules.needs_balance:
        return
    LeaveTransaction.objects.bulk_create(
        LeaveTransaction(
            user_id=row.user_id,
            leave_type_id=row.leave_type_id,
            kind=kind,
            seconds=sign * seconds,
            on=day,
            request=row,
            at=now,
            by_id=access.actor.staff_id,
        )
        for day, seconds in days_of(row)
    )


def _adjust_locked(row: LeaveRequest, access: Access, now: datetime) -> None:
    """Leave that changes in a week the pay office has already is an adjustment of the current week.

    All sheets are locked before they are looked at: a payroll file being made waits, or was made without this leave.
    """
    weeks = {week_of(day).first_day for day, _seconds in days_of(row)}
    sheets = Timesheet.objects.select_for_update().filter(user_id=row.user_id, week_start__in=weeks)
    locked = [one for one in sheets.order_by("week_start") if one.state == SheetState.LOCKED]
    adjust(locked, _("Leave changed."), access=access, now=now)


def _tell(row: LeaveRequest) -> None:
    live.notify(f"user.{row.user_id}", {"leave": row.pk, "version": row.version})

"""The ledger of leave beside requests: what the calendar gives and takes, adjustments, kinds of leave."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from citydesk.city.profile import queries as profile
from citydesk.kernel import audit
from citydesk.kernel.actors import Access, Actor
from citydesk.kernel.errors import Invalid, NotAllowed
from citydesk.management.timekeeping.choices import PAYROLL, PERSON, AccrualKind, LedgerKind, RequestState
from citydesk.management.timekeeping.models import LeaveRequest, LeaveTransaction, LeaveType, Terms
from citydesk.management.timekeeping.queries.policy import leave_rules_on, policy_on
from citydesk.management.timekeeping.rules.leave_types import LeaveRules
from citydesk.management.timekeeping.rules.ledger import Growth, expiring, growth, within_cap
from citydesk.management.timekeeping.services.locked import needed, somebody

_DAY = timedelta(days=1)


def accrue_leave(*, now: datetime) -> int:
    """Write what the calendar gave and took since it was written last, for everybody; returns the number of rows.

    Safe to run again, and twice at once: each accrual has its key.
    """
    today = profile.city_today(now)
    types = {row.code: row for row in LeaveType.objects.filter(is_active=True)}
    known = [rules for code, rules in leave_rules_on(today).items() if code in types]
    count = 0
    for terms in Terms.objects.exclude(counted_from=None).exclude(service_since=None).order_by("user_id"):
        for rules in known:
            if _grows_by_calendar(rules):
                count += _accrue_one(terms, rules, types[rules.code], today, now)
    return count


def _grows_by_calendar(rules: LeaveRules) -> bool:
    return rules.accrual in (AccrualKind.PER_PERIOD, AccrualKind.ANNUAL) or rules.carry_over is not None


def _accrue_one(terms: Terms, rules: LeaveRules, row: LeaveType, today: date, now: datetime) -> int:
    if terms.service_since is None or terms.counted_from is None:
        return 0
    with transaction.atomic():
        Terms.objects.select_for_update().get(pk=terms.pk)
        rows = list(
            LeaveTransaction.objects.filter(user_id=terms.user_id, leave_type=row).values_list("on", "seconds", "key")
        )
        done = {key for _on, _seconds, key in rows if key}
        due = growth(rules, policy_on(today), terms.service_since, terms.counted_from - _DAY, today)
        made = 0
        for one in due:
            if one.key in done or (one.kind == LedgerKind.ACCRUE and rules.accrual == AccrualKind.PER_HOUR):
                continue
            before = sum(seconds for on, seconds, _key in rows if on <= one.on)
            seconds = _amount(one, before, rules)
            LeaveTransaction.objects.create(
                user_id=terms.user_id, leave_type=row, kind=one.kind, seconds=seconds, on=one.on, key=one.key, at=now
            )
            rows.append((one.on, seconds, one.key))
            made += 1
        return made


def _amount(one: Growth, before: int, rules: LeaveRules) -> int:
    if one.kind == LedgerKind.EXPIRE:
        return expiring(before, rules.carry_over)
    return within_cap(one.seconds or 0, before, rules.cap)


def finish_leave(*, now: datetime) -> int:
    """Leave whose last day is over was taken; returns how many requests that was."""
    over = LeaveRequest.objects.filter(state=RequestState.APPROVED, last__lt=profile.city_today(now))
    return over.update(state=RequestState.TAKEN)


def adjust_balance(
    *, user_id: int, leave_type: str, seconds: int, on: date, reason: str, access: Access, now: datetime
) -> None:
    """Write a row into the ledger by hand: an opening balance, a correction. Nobody writes into their own.

    Raises `NotAllowed`, `Invalid`.
    """
    access.require(PAYROLL)
    if somebody(access) == user_id:
        raise NotAllowed(_("Nobody writes into their own ledger."))
    why = needed(reason, _("Say why the balance is adjusted."))
    kind = LeaveType.objects.filter(code=leave_type, is_active=True).first()
    if kind is None or not seconds:
        raise Invalid(_("Choose the kind of leave and the hours."), field="leave_type")
    with transaction.atomic():
        LeaveTransaction.objects.create(
            user_id=user_id,
            leave_type=kind,
            kind=LedgerKind.ADJUST,
            seconds=seconds,
            on=on,
            reason=why,
            at=now,
            by_id=access.actor.staff_id,
        )
        act = audit.Act("timekeeping.balance_adjusted", PERSON, user_id, leave_type, reason=why)
        audit.record(act, actor=access.actor, now=now)


def project_leave_types(*, entries: dict[str, dict[str, Any]], actor: Actor, now: datetime) -> None:
    """Mirror the profile's kinds of leave; one it no longer has keeps its rows and is not asked for any more."""
    for code, body in entries.items():
        values = {"names": body["name"], "position": body["order"], "is_active": True}
        LeaveType.objects.update_or_create(code=code, defaults=values)
    LeaveType.objects.exclude(code__in=list(entries)).update(is_active=False)

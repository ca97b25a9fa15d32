"""The payroll file locks the approved sheets of a pay period: what it says is final."""

from dataclasses import asdict
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from citydesk.city.profile import queries as profile
from citydesk.kernel import audit
from citydesk.kernel.actors import Access
from citydesk.kernel.errors import Conflict, Invalid
from citydesk.kernel.sequences import next_number
from citydesk.management.timekeeping.choices import (
    EXPORT,
    PAYROLL,
    SERIES,
    AccrualKind,
    LedgerKind,
    LineKind,
    SheetState,
)
from citydesk.management.timekeeping.models import Adjustment, LeaveTransaction, LeaveType, PayrollExport, Timesheet
from citydesk.management.timekeeping.queries.hours import WeekFacts, balances_of, weeks_of
from citydesk.management.timekeeping.queries.payroll import adjustments_of, bytes_of, digest_of, rows_of
from citydesk.management.timekeeping.queries.policy import leave_rules_on, policy_on
from citydesk.management.timekeeping.rules.comp_time import CompSplit
from citydesk.management.timekeeping.rules.leave_types import LeaveRules
from citydesk.management.timekeeping.rules.ledger import earned_by_hours, within_cap
from citydesk.management.timekeeping.rules.sheets import after
from citydesk.management.timekeeping.rules.weeks import period_of_day
from citydesk.management.timekeeping.services.locked import note_sheet, somebody


def export_payroll(*, period_start: date, access: Access, now: datetime) -> str:
    """Make the payroll file of a period: its approved sheets are locked with their lines; returns the file's number.

    Overtime banked and leave earned by hours worked are written into the ledger. Sheets approved later get a file of
    their own. Raises `NotAllowed`, `Invalid` (no period begins that day), `Conflict` (no sheet is approved).
    """
    access.require(PAYROLL)
    person = somebody(access)
    period = period_of_day(period_start, policy_on(period_start))
    if period.first_day != period_start:
        raise Invalid(_("No pay period begins on this day."), field="period_start")
    with transaction.atomic():
        found = Timesheet.objects.select_for_update(of=("self",)).select_related("user")
        sheets = list(found.filter(week_start__in=period.weeks, state=SheetState.APPROVED).order_by("week_start", "pk"))
        if not sheets:
            raise Conflict(_("No time sheet of this period is approved and not yet in a file."))
        facts = weeks_of([(one.user_id, one.week_start) for one in sheets])
        carried = adjustments_of([one.pk for one in sheets])
        for sheet in sheets:
            _fix(sheet, facts[sheet.user_id, sheet.week_start], carried.get(sheet.pk, []), now)
        number = next_number(SERIES, profile.city_today(now).year)
        rows = rows_of(sheets, carried)
        export = PayrollExport.objects.create(
            number=number,
            first_day=period.first_day,
            last_day=period.last_day,
            made_at=now,
            made_by_id=person,
            digest=digest_of(bytes_of(number, rows, access)),
            lines=len(rows),
        )
        _lock(sheets, export, access, now)
    return number


def _fix(sheet: Timesheet, facts: WeekFacts, carried: list[Adjustment], now: datetime) -> None:
    """Decide a sheet's lines, and write what its hours give into the ledger."""
    known = leave_rules_on(sheet.week_start)
    rules = next((one for one in known.values() if one.accrual == AccrualKind.EARNED), None)
    split = CompSplit(0, 0, facts.hours.overtime)
    if rules is not None:
        held = balances_of([sheet.user_id]).get((sheet.user_id, rules.code), 0)
        split = facts.split(sheet.overtime_as, held)
        given = split.earned + _banked_by(carried)
        _earn(sheet, rules, given, facts, now)
    for one in known.values():
        if one.accrual == AccrualKind.PER_HOUR and facts.terms.service_since is not None:
            held = balances_of([sheet.user_id]).get((sheet.user_id, one.code), 0)
            worked = earned_by_hours(one, facts.hours.worked, facts.terms.service_since, facts.week.last_day)
            _earn(sheet, one, within_cap(worked, held, one.cap), facts, now)
    sheet.lines = [asdict(line) for line in facts.lines(split)]
    sheet.person_code = sheet.user.username


def _banked_by(carried: list[Adjustment]) -> int:
    """Compensatory time that adjustments of earlier weeks give or take."""
    return sum(line["seconds"] for one in carried for line in one.lines if line["kind"] == LineKind.COMP)


def _earn(sheet: Timesheet, rules: LeaveRules, seconds: int, facts: WeekFacts, now: datetime) -> None:
    if not seconds:
        return
    LeaveTransaction.objects.create(
        user_id=sheet.user_id,
        leave_type=LeaveType.objects.get(code=rules.code),
        kind=LedgerKind.EARN if rules.accrual == AccrualKind.EARNED else LedgerKind.ACCRUE,
        seconds=seconds,
        on=facts.week.last_day,
        key=f"week-{sheet.week_start.isoformat()}",
        at=now,
    )


def _lock(sheets: list[Timesheet], export: PayrollExport, access: Access, now: datetime) -> None:
    for sheet in sheets:
        sheet.state, sheet.locked_at, sheet.export = after("lock"), now, export
        sheet.version += 1
        sheet.save(update_fields=["state", "locked_at", "export", "version", "lines", "person_code"])
        note_sheet(sheet, "locked", access, now, after={"file": export.number})
    facts = {"sheets": len(sheets), "lines": export.lines}
    act = audit.Act("timekeeping.exported", EXPORT, export.pk, export.number, after=facts)
    audit.record(act, actor=access.actor, now=now)

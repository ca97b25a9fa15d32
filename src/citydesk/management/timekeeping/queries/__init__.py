"""Reads for the room's screens and for rooms above."""

from citydesk.management.timekeeping.queries.cards import OwnWeek, WaitingForMe, hours_of_all, own_week, waiting_for
from citydesk.management.timekeeping.queries.hours import week_facts, week_of, weeks_of
from citydesk.management.timekeeping.queries.leave import (
    LeavePage,
    MyLeave,
    approved_leave,
    get_request,
    my_leave,
    reason_of,
)
from citydesk.management.timekeeping.queries.lists import (
    Approvals,
    approvals,
    attendance,
    count_waiting,
    last_week,
    may_delegate_to,
    points_of,
    unsubmitted,
)
from citydesk.management.timekeeping.queries.payroll import PayrollPage, export_file, last_period, payroll_page
from citydesk.management.timekeeping.queries.policy import leave_rules_on, policy_on
from citydesk.management.timekeeping.queries.presence import ClockedSpan, clocked_spans
from citydesk.management.timekeeping.queries.report import (
    Hours,
    ReportRow,
    ReportSpan,
    TeamRow,
    note_taken,
    report,
    span_of_day,
    span_of_month,
    team_report,
    total,
)
from citydesk.management.timekeeping.queries.sheets import ClockNow, WeekPage, clock_now, get_sheet, my_week

__all__ = [
    "Approvals",
    "ClockNow",
    "ClockedSpan",
    "Hours",
    "LeavePage",
    "MyLeave",
    "OwnWeek",
    "PayrollPage",
    "ReportRow",
    "ReportSpan",
    "TeamRow",
    "WaitingForMe",
    "WeekPage",
    "approvals",
    "approved_leave",
    "attendance",
    "clock_now",
    "clocked_spans",
    "count_waiting",
    "export_file",
    "get_request",
    "get_sheet",
    "hours_of_all",
    "last_period",
    "last_week",
    "leave_rules_on",
    "may_delegate_to",
    "my_leave",
    "my_week",
    "note_taken",
    "own_week",
    "payroll_page",
    "points_of",
    "policy_on",
    "reason_of",
    "report",
    "span_of_day",
    "span_of_month",
    "team_report",
    "total",
    "unsubmitted",
    "waiting_for",
    "week_facts",
    "week_of",
    "weeks_of",
]

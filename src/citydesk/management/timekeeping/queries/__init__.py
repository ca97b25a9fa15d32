"""Reads for the room's screens and for rooms above."""

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
    ReportRow,
    approvals,
    attendance,
    count_waiting,
    last_week,
    may_delegate_to,
    points_of,
    report,
    unsubmitted,
)
from citydesk.management.timekeeping.queries.payroll import PayrollPage, export_file, last_period, payroll_page
from citydesk.management.timekeeping.queries.policy import leave_rules_on, policy_on
from citydesk.management.timekeeping.queries.presence import ClockedSpan, clocked_spans
from citydesk.management.timekeeping.queries.sheets import ClockNow, WeekPage, clock_now, get_sheet, my_week

__all__ = [
    "Approvals",
    "ClockNow",
    "ClockedSpan",
    "LeavePage",
    "MyLeave",
    "PayrollPage",
    "ReportRow",
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
    "last_period",
    "last_week",
    "leave_rules_on",
    "may_delegate_to",
    "my_leave",
    "my_week",
    "payroll_page",
    "points_of",
    "policy_on",
    "reason_of",
    "report",
    "unsubmitted",
    "week_facts",
    "week_of",
    "weeks_of",
]

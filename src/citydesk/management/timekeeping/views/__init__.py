from citydesk.management.timekeeping.views.approving import (
    approvals,
    approvals_act,
    sheet,
    sheet_act,
    unsubmitted,
)
from citydesk.management.timekeeping.views.attendance import attendance, attendance_act
from citydesk.management.timekeeping.views.bar import clock, clock_act
from citydesk.management.timekeeping.views.leave import (
    leave_act,
    my_leave,
    request_act,
    request_page,
    request_reason,
)
from citydesk.management.timekeeping.views.mine import mine, mine_act
from citydesk.management.timekeeping.views.monthly import monthly, monthly_chart
from citydesk.management.timekeeping.views.payroll import payroll, payroll_act, payroll_file
from citydesk.management.timekeeping.views.report import report, teams

__all__ = [
    "approvals",
    "approvals_act",
    "attendance",
    "attendance_act",
    "clock",
    "clock_act",
    "leave_act",
    "mine",
    "mine_act",
    "monthly",
    "monthly_chart",
    "my_leave",
    "payroll",
    "payroll_act",
    "payroll_file",
    "report",
    "request_act",
    "request_page",
    "request_reason",
    "sheet",
    "sheet_act",
    "teams",
    "unsubmitted",
]

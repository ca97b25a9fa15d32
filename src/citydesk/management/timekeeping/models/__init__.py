from citydesk.management.timekeeping.models.attendance import AttendanceOccurrence
from citydesk.management.timekeeping.models.entries import Clock, MealCancellation, Punch, TimeEntry
from citydesk.management.timekeeping.models.leave import LeaveRequest, LeaveTransaction, LeaveType
from citydesk.management.timekeeping.models.people import Delegation, Terms
from citydesk.management.timekeeping.models.sheets import Adjustment, PayrollExport, Timesheet

__all__ = [
    "Adjustment",
    "AttendanceOccurrence",
    "Clock",
    "Delegation",
    "LeaveRequest",
    "LeaveTransaction",
    "LeaveType",
    "MealCancellation",
    "PayrollExport",
    "Punch",
    "Terms",
    "TimeEntry",
    "Timesheet",
]

"""What can be done with time and leave; the only place of this room that writes."""

from citydesk.management.timekeeping.services.attendance import (
    confirm_occurrence,
    excuse_occurrence,
    record_attendance,
)
from citydesk.management.timekeeping.services.clock import close_forgotten, punch
from citydesk.management.timekeeping.services.entries import add_entry, cancel_meal, correct_entry, remove_entry
from citydesk.management.timekeeping.services.leave import (
    LeaveWish,
    approve_leave,
    ask_leave,
    cancel_leave,
    deny_leave,
    note_paper,
    submit_leave,
)
from citydesk.management.timekeeping.services.ledger import (
    accrue_leave,
    adjust_balance,
    finish_leave,
    project_leave_types,
)
from citydesk.management.timekeeping.services.payroll import export_payroll
from citydesk.management.timekeeping.services.people import delegate_approval, end_delegation, set_terms
from citydesk.management.timekeeping.services.sheets import approve_sheet, recall_sheet, reject_sheet, submit_sheet

__all__ = [
    "LeaveWish",
    "accrue_leave",
    "add_entry",
    "adjust_balance",
    "approve_leave",
    "approve_sheet",
    "ask_leave",
    "cancel_leave",
    "cancel_meal",
    "close_forgotten",
    "confirm_occurrence",
    "correct_entry",
    "delegate_approval",
    "deny_leave",
    "end_delegation",
    "excuse_occurrence",
    "export_payroll",
    "finish_leave",
    "note_paper",
    "project_leave_types",
    "punch",
    "recall_sheet",
    "record_attendance",
    "reject_sheet",
    "remove_entry",
    "set_terms",
    "submit_leave",
    "submit_sheet",
]

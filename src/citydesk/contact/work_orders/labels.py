"""Words for this room's codes."""

from django.utils.translation import gettext_lazy as _

from citydesk.contact.work_orders.choices import InspectionState, PhotoKind, Priority, ResultCode, WorkOrderState

STATE = {
    WorkOrderState.PLANNED: _("Scheduled"),
    WorkOrderState.STARTED: _("In progress"),
    WorkOrderState.PAUSED: _("Paused"),
    WorkOrderState.DONE: _("Done"),
    WorkOrderState.COULD_NOT: _("Could not"),
    WorkOrderState.CANCELLED: _("Cancelled"),
}
# The badge (word and shape) that shows each state.
BADGE = {
    WorkOrderState.PLANNED: "open",
    WorkOrderState.STARTED: "in_progress",
    WorkOrderState.PAUSED: "on_hold",
    WorkOrderState.DONE: "closed_done",
    WorkOrderState.COULD_NOT: "closed_other",
    WorkOrderState.CANCELLED: "closed_other",
}
RESULT = {
    ResultCode.DONE: _("Done"),
    ResultCode.MADE_SAFE: _("Made safe, more work to come"),
    ResultCode.PARTLY: _("Partly done"),
    ResultCode.NO_ACCESS: _("Could not get to it"),
    ResultCode.NOT_FOUND: _("Could not find it"),
    ResultCode.NOT_OURS: _("Not the city's"),
    ResultCode.NOT_NEEDED: _("Nothing to do"),
    ResultCode.NEEDS_OTHER_CREW: _("Another crew is needed"),
    ResultCode.UNSAFE: _("Not safe to work"),
}
PRIORITY = {
    Priority.EMERGENCY: _("Emergency"),
    Priority.HIGH: _("High"),
    Priority.NORMAL: _("Normal"),
    Priority.LOW: _("Low"),
}
PHOTO = {PhotoKind.BEFORE: _("Before"), PhotoKind.DURING: _("During"), PhotoKind.AFTER: _("After")}
INSPECTION = {
    InspectionState.NONE: _("No inspection"),
    InspectionState.WANTED: _("To be inspected"),
    InspectionState.PASSED: _("Inspected, passed"),
    InspectionState.FAILED: _("Inspected, not accepted"),
}

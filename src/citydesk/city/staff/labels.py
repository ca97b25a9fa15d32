"""Words for the room's codes, and what each key of the house does."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from citydesk.city.staff.choices import Duty, TeamKind

TEAM_KINDS = {TeamKind.OFFICE: _("office team"), TeamKind.CREW: _("crew"), TeamKind.VENDOR: _("vendor")}
DUTIES = {
    Duty.OPEN: pgettext_lazy("office", "Open"),
    Duty.AFTER_HOURS: _("After hours"),
    Duty.CLOSED: pgettext_lazy("office", "Closed"),
}

# The keys a person may move elsewhere; the pages that own them wear the same names in `data-key`.
KEY_ACTIONS = {
    "F2": _("New contact"),
    "F3": _("Read the bulletin"),
    "F4": _("Park, again: resume"),
    "F6": _("Me too on the first nearby request"),
    "F7": _("Tell the status of the first nearby request"),
    "F8": _("Answered or told"),
    "F9": _("Transfer"),
    "F10": _("Call back"),
    "F12": _("Save and read aloud"),
    "Shift F1": _("Ask the supervisor"),
    "Shift F2": _("Another request in this contact"),
    "Shift F4": _("Dropped call"),
    "Ctrl F1": _("Panic: alert the supervisor"),
    "Ctrl K": _("Find"),
}

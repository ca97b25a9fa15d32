"""Names of this room's codes in the reader's language, and the sentences of refusals."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from citydesk.management.timekeeping.choices import (
    ClockState,
    EntryKind,
    EntrySource,
    LedgerKind,
    LineKind,
    OccurrenceKind,
    OccurrenceState,
    OvertimeAs,
    Refusal,
    RequestState,
    SheetState,
)

KINDS = {
    EntryKind.WORK: pgettext_lazy("kind of time", "Work"),
    EntryKind.BREAK: pgettext_lazy("kind of time", "Break"),
    EntryKind.MEAL: pgettext_lazy("kind of time", "Meal"),
    EntryKind.TRAINING: pgettext_lazy("kind of time", "Training"),
    EntryKind.MEETING: pgettext_lazy("kind of time", "Meeting"),
    EntryKind.TRAVEL: pgettext_lazy("kind of time", "Travel between sites"),
}
CLOCK: dict[str, object] = {ClockState.OUT: _("Clock out"), **{str(kind): words for kind, words in KINDS.items()}}
SOURCES = {
    EntrySource.CLOCK: _("by the clock"),
    EntrySource.MANUAL: _("by hand"),
    EntrySource.IMPORT: _("by an import"),
    EntrySource.SCHEDULE: _("by the schedule"),
}
SHEETS = {
    SheetState.OPEN: pgettext_lazy("time sheet", "Open"),
    SheetState.SUBMITTED: pgettext_lazy("time sheet", "Submitted"),
    SheetState.APPROVED: pgettext_lazy("time sheet", "Approved"),
    SheetState.LOCKED: pgettext_lazy("time sheet", "Locked"),
}
SHEET_BADGES = {
    SheetState.OPEN: "open",
    SheetState.SUBMITTED: "waiting",
    SheetState.APPROVED: "in_progress",
    SheetState.LOCKED: "closed_done",
}
OVERTIME = {OvertimeAs.PAY: _("Paid"), OvertimeAs.COMP: _("As compensatory time")}
REQUESTS = {
    RequestState.DRAFT: pgettext_lazy("leave", "Draft"),
    RequestState.SUBMITTED: pgettext_lazy("leave", "Asked for"),
    RequestState.APPROVED: pgettext_lazy("leave", "Approved"),
    RequestState.DENIED: pgettext_lazy("leave", "Denied"),
    RequestState.CANCELLED: pgettext_lazy("leave", "Cancelled"),
    RequestState.TAKEN: pgettext_lazy("leave", "Taken"),
}
REQUEST_BADGES = {
    RequestState.DRAFT: "draft",
    RequestState.SUBMITTED: "waiting",
    RequestState.APPROVED: "in_progress",
    RequestState.DENIED: "refused",
    RequestState.CANCELLED: "closed_no_action",
    RequestState.TAKEN: "closed_done",
}
LEDGER = {
    LedgerKind.ACCRUE: pgettext_lazy("ledger", "Accrued"),
    LedgerKind.EARN: pgettext_lazy("ledger", "Earned by overtime"),
    LedgerKind.TAKE: pgettext_lazy("ledger", "Taken"),
    LedgerKind.GIVE_BACK: pgettext_lazy("ledger", "Given back"),
    LedgerKind.ADJUST: pgettext_lazy("ledger", "Adjusted"),
    LedgerKind.EXPIRE: pgettext_lazy("ledger", "Expired"),
    LedgerKind.PAYOUT: pgettext_lazy("ledger", "Paid out"),
}
LINES = {
    LineKind.REGULAR: _("Straight time"),
    LineKind.OVERTIME: _("Overtime, paid"),
    LineKind.COMP: _("Compensatory time earned"),
    LineKind.LEAVE: _("Paid leave"),
}
OCCURRENCES = {
    OccurrenceKind.LATE: _("Came late"),
    OccurrenceKind.EARLY: _("Left early"),
    OccurrenceKind.NO_SHOW: _("Did not come"),
}
OCCURRENCE_STATES = {
    OccurrenceState.OPEN: pgettext_lazy("attendance", "Open"),
    OccurrenceState.CONFIRMED: pgettext_lazy("attendance", "Counts"),
    OccurrenceState.EXCUSED: pgettext_lazy("attendance", "Excused"),
}
OCCURRENCE_BADGES = {
    OccurrenceState.OPEN: "open",
    OccurrenceState.CONFIRMED: "late",
    OccurrenceState.EXCUSED: "closed_no_action",
}
WHY_NOT = {
    Refusal.OWN: _("Nobody approves their own time or leave."),
    Refusal.OF_PRINCIPAL: _("You approve for this person; somebody else approves what is theirs."),
    Refusal.OUT_OF_REACH: _("You do not approve for this person."),
}
IMPOSSIBLE = {
    "backwards": _("It ends before it begins."),
    "future": _("It ends in the future."),
    "too_old": _("This is more than three years ago. The pay office says what can still be done."),
    "too_long": _("This is longer than the longest shift. Enter it in parts."),
}
NOT_ASKED = {
    "backwards": _("The last day is before the first."),
    "no_days": _("You do not work on these days."),
    "unit": _("Leave of this kind is taken in larger steps."),
    "balance": _("The balance does not cover it."),
}

"""Codes of this room: kinds of time, states of sheets and requests, ledger rows, attendance, rights."""

from enum import StrEnum


class EntryKind(StrEnum):
    """What a stretch of a person's time was. `travel` is between work sites; the way from home is no time entry."""

    WORK = "work"
    BREAK = "break"
    MEAL = "meal"
    TRAINING = "training"
    MEETING = "meeting"
    TRAVEL = "travel"


class EntrySource(StrEnum):
    CLOCK = "clock"
    MANUAL = "manual"
    IMPORT = "import"
    SCHEDULE = "schedule"


class ClockState(StrEnum):
    """What a person last told the clock. `out` ends the day; the others are kinds of time."""

    OUT = "out"
    WORK = "work"
    BREAK = "break"
    MEAL = "meal"
    TRAINING = "training"
    MEETING = "meeting"
    TRAVEL = "travel"


class SheetState(StrEnum):
    OPEN = "open"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    LOCKED = "locked"


class OvertimeAs(StrEnum):
    """How overtime is given: in money, or as compensatory time where that was agreed before."""

    PAY = "pay"
    COMP = "comp"


class AccrualKind(StrEnum):
    """How a kind of leave grows. `earned` is compensatory time: it grows by overtime alone."""

    NONE = "none"
    PER_PERIOD = "per_period"
    PER_HOUR = "per_hour"
    ANNUAL = "annual"
    EARNED = "earned"


class LedgerKind(StrEnum):
    ACCRUE = "accrue"
    EARN = "earn"
    TAKE = "take"
    GIVE_BACK = "give_back"
    ADJUST = "adjust"
    EXPIRE = "expire"
    PAYOUT = "payout"


class RequestState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    DENIED = "denied"
    CANCELLED = "cancelled"
    TAKEN = "taken"


class OccurrenceKind(StrEnum):
    LATE = "late"
    EARLY = "early"
    NO_SHOW = "no_show"


class OccurrenceState(StrEnum):
    OPEN = "open"
    CONFIRMED = "confirmed"
    EXCUSED = "excused"


class Refusal(StrEnum):
    """Why somebody may not approve."""

    OWN = "own"
    OF_PRINCIPAL = "of_principal"
    OUT_OF_REACH = "out_of_reach"


class LineKind(StrEnum):
    """What a line of the payroll file is. Overtime in money is paid at one and a half; `comp` is time banked."""

    REGULAR = "regular"
    OVERTIME = "overtime"
    COMP = "comp"
    LEAVE = "leave"


# Kinds of time that are hours worked whatever their length; breaks and meals depend on it.
WORKED = frozenset({EntryKind.WORK, EntryKind.TRAINING, EntryKind.MEETING, EntryKind.TRAVEL})
PAUSES = frozenset({EntryKind.BREAK, EntryKind.MEAL})
# Requests that hold their days: no other request of the person may overlap them.
LIVE = frozenset({RequestState.SUBMITTED, RequestState.APPROVED, RequestState.TAKEN})
GRANTED = frozenset({RequestState.APPROVED, RequestState.TAKEN})

TIME_SECTION = "timekeeping"
LEAVE_SECTION = "leave_types"
BLACKOUT_SECTION = "leave_blackouts"
# The entry of `timekeeping.toml` that decides for everybody.
POLICY = "default"

# Everybody who clocks: their own time and leave, and nothing else.
OWN = "timekeeping.own"
# Read what one may see of time: each page asks again whose.
VIEW = "timekeeping.view"
# Approve time sheets and leave of those one reaches: own teams with `team`, others by a delegation.
APPROVE = "timekeeping.approve"
TEAM = "timekeeping.team"
# Hours of approved and locked sheets, payroll files, terms of people; no reasons.
PAYROLL = "timekeeping.payroll"
# Read payroll files and which sheets of a period stand where.
FILES = "timekeeping.files"
# Read hours of teams, of nobody by name.
SUMS = "timekeeping.sums"
# Reads everything but reasons of leave; changes nothing.
AUDIT = "timekeeping.audit"

SHEET = "timekeeping.sheet"
REQUEST = "timekeeping.leave_request"
OCCURRENCE = "timekeeping.occurrence"
EXPORT = "timekeeping.payroll_export"
PERSON = "timekeeping.person"
REPORT = "timekeeping.report"
# The page on which rooms above offer panels beside a leave request: what they build from is the request's id.
REQUEST_PAGE = "timekeeping.leave_request"
# The report of a month: what rooms above tell there is built from the month as a number, 202611.
MONTH_REPORT = "timekeeping.month"
SERIES = "PX"

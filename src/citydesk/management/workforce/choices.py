"""Codes of this room. The service-level formulas are those of the queues (`contact.traffic`)."""

from enum import StrEnum

VIEW = "workforce.view"
FORECAST = "workforce.forecast"
SECTION, FLAG_SECTION = "staffing", "staffing_flags"


class Work(StrEnum):
    """What kind of work a queue's contacts are: somebody waits on the line, several chats at once, or it can wait."""

    WAITS = "waits"
    CHAT = "chat"
    CAN_WAIT = "can_wait"


class Model(StrEnum):
    """The methods that foretell."""

    DEFAULT = "default"
    LAST_WEEK = "last_week"
    HOLT_WINTERS = "holt_winters"


class RunKind(StrEnum):
    NIGHTLY = "nightly"
    INTRADAY = "intraday"


class ChangeKind(StrEnum):
    """How an override speaks: the contacts of all its slots together, or a factor of the model's values."""

    TOTAL = "total"
    FACTOR = "factor"


class Verdict(StrEnum):
    """Why a backtest leaves the method in use or takes another."""

    KEPT = "kept"
    SWITCHED = "switched"
    TOO_FEW = "too_few"
    NOTHING = "nothing"


class ScheduleState(StrEnum):
    """A version of a week's schedule. `solved` has a roster of the solver's; `published` is frozen."""

    DRAFT = "draft"
    SOLVING = "solving"
    SOLVED = "solved"
    PUBLISHED = "published"
    SUPERSEDED = "superseded"


class ActivityKind(StrEnum):
    """What somebody does in a stretch of a shift. `offline` is work away from contacts."""

    WORK = "work"
    BREAK = "break"
    MEAL = "meal"
    TRAINING = "training"
    MEETING = "meeting"
    COACHING = "coaching"
    OFFLINE = "offline"


class Origin(StrEnum):
    """Who put a shift where it is."""

    SOLVER = "solver"
    MANUAL = "manual"
    SWAP = "swap"
    REPAIR = "repair"


class AvailabilityKind(StrEnum):
    CAN = "can"
    PREFERS = "prefers"
    CANNOT = "cannot"


class StatementState(StrEnum):
    """What a person said of when they can work. `replaced` was accepted and another from the same day on came after."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    REPLACED = "replaced"


class SolveState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


# Versions that may still be changed; one of them at a time for each group and week.
OPEN_SCHEDULES = frozenset({ScheduleState.DRAFT, ScheduleState.SOLVING, ScheduleState.SOLVED})
FROZEN_SCHEDULES = frozenset({ScheduleState.PUBLISHED, ScheduleState.SUPERSEDED})

# Read schedules of the groups in one's sight.
SCHEDULES = "workforce.schedules"
# Make, solve, change and publish schedules of one's own teams; contracts and availability of their people.
PLAN = "workforce.plan"
# Read schedules of every team.
ALL_TEAMS = "workforce.all_teams"

# Read coverage and cost of every group: sums, nobody by name.
COST = "workforce.cost"

TEMPLATE_SECTION = "shift_templates"
SCHEDULE = "workforce.schedule"
CONTRACT = "workforce.contract"
STATEMENT = "workforce.availability"


class AmendmentKind(StrEnum):
    """Why a published week was changed after all."""

    SWAP = "swap"
    GIVEN = "given"
    SICK = "sick"
    REPLAN = "replan"


class OpenState(StrEnum):
    OPEN = "open"
    GIVEN = "given"
    CLOSED = "closed"


class CallState(StrEnum):
    """A sick call: `solving` while the worker looks for a plan, `settled` once somebody decided what becomes of it."""

    OPEN = "open"
    SOLVING = "solving"
    SETTLED = "settled"


# News of sick calls: ids only, for whoever plans.
CALLS_TOPIC = "sick_calls"

# One's own shifts: see, offer, bid, call in sick, subscribe; one's own adherence.
OWN = "workforce.own"
# Adherence of people of one's own teams.
ADHERENCE = "workforce.adherence"

SWAP, OPEN_SHIFT, SICK_CALL, FEED = "workforce.swap", "workforce.open_shift", "workforce.sick_call", "workforce.feed"


class MeasureKind(StrEnum):
    """Over what shrinkage was measured: the last eight weeks, or the weeks that end in a month."""

    WEEKS = "weeks"
    MONTH = "month"

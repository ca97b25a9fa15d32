"""Codes stored in the columns of interactions."""

from enum import StrEnum

# The letters of the numbers and the table that carries them.
SERIES = ("IN", "interactions_interaction")


class State(StrEnum):
    """Where a contact stands. Drafts and parked ones are not counted; abandoned ones are kept with their reason."""

    DRAFT = "draft"
    PARKED = "parked"
    SAVED = "saved"
    ABANDONED = "abandoned"


OPEN_STATES = (State.DRAFT, State.PARKED)


class Channel(StrEnum):
    PHONE = "phone"
    COUNTER = "counter"
    EMAIL = "email"
    WEB = "web"
    LETTER = "letter"
    FAX = "fax"
    CHAT = "chat"
    SMS = "sms"


WRITTEN_CHANNELS = (Channel.EMAIL, Channel.WEB, Channel.LETTER, Channel.FAX)


class Direction(StrEnum):
    IN = "in"
    OUT = "out"


class CallerClass(StrEnum):
    RESIDENT = "resident"
    INTERNAL = "internal"
    ELECTED = "elected"
    MEDIA = "media"
    AGENCY = "agency"
    VENDOR = "vendor"


ALERTING_CLASSES = (CallerClass.ELECTED, CallerClass.MEDIA)


class Ending(StrEnum):
    """How the conversation itself ended."""

    NORMAL = "normal"
    DROPPED = "dropped"
    ENDED_AFTER_WARNING = "ended_after_warning"


class OutcomeKind(StrEnum):
    REQUEST = "request"
    FOLLOW = "follow"
    ANSWERED = "answered"
    STATUS_TOLD = "status_told"
    TRANSFER = "transfer"
    PROMISE = "promise"
    UNCODED = "uncoded"


# Which outcome stands for the contact where only one can be named (a count by outcome): the weightiest first.
OUTCOME_WEIGHT = (
    OutcomeKind.REQUEST,
    OutcomeKind.UNCODED,
    OutcomeKind.FOLLOW,
    OutcomeKind.STATUS_TOLD,
    OutcomeKind.TRANSFER,
    OutcomeKind.PROMISE,
    OutcomeKind.ANSWERED,
)


class Settled(StrEnum):
    """What a representative says at the end of a contact: whether the matter is settled with it. Unknown is no yes."""

    UNKNOWN = "unknown"
    YES = "yes"
    NO = "no"


class PromiseKind(StrEnum):
    CALL_BACK = "call_back"
    WRITE = "write"
    OTHER = "other"


class PromiseState(StrEnum):
    """`kept` and `broken` are done in or after time; `moved` was replaced by a later one the resident agreed to."""

    OPEN = "open"
    KEPT = "kept"
    BROKEN = "broken"
    MOVED = "moved"
    WITHDRAWN = "withdrawn"


class TransferKind(StrEnum):
    COLD = "cold"
    WARM = "warm"
    EMERGENCY = "emergency"


class TransferOutcome(StrEnum):
    REACHED = "reached"
    VOICEMAIL = "voicemail"
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    REFUSED = "refused"
    NOT_TRIED = "not_tried"


# Outcomes by which the resident was passed on; otherwise they came back, or called by themselves.
PASSED_ON = frozenset({TransferOutcome.REACHED, TransferOutcome.VOICEMAIL})


class SegmentKind(StrEnum):
    ACTIVE = "active"
    PARKED = "parked"


# What open pages of supervisors listen to.
LIVE_TOPIC = "help"
# What the page of a supervisor who looks into an open contact listens to.
WATCH_TOPIC = "watch"


class HelpKind(StrEnum):
    ASK = "ask"
    PANIC = "panic"
    # A caller of a class the profile wants a supervisor to know of: elected office, media.
    CALLER = "caller"


class RawSource(StrEnum):
    OPEN311 = "open311"
    PORTAL = "portal"
    EMAIL = "email"
    WEBHOOK = "webhook"


class RawState(StrEnum):
    PENDING = "pending"
    PROCESSED = "processed"
    REJECTED = "rejected"
    QUARANTINED = "quarantined"


# Letters of the numbers on printed intake forms.
FORM_SERIES = "FM"


class FormState(StrEnum):
    """What became of a printed intake form. `missing` was looked for and not found; found again, it can be keyed."""

    UNUSED = "unused"
    KEYED = "keyed"
    VOID = "void"
    MISSING = "missing"


# The service code a contact is recorded under when no code fits: routed to the coding team, clock running.
UNCODED = "uncoded"

TAKE = "interactions.take"
VIEW = "interactions.view"
SUPERVISE = "interactions.supervise"
# Sums of interpreters' minutes, and the contacts behind them without anything that was said.
INTERPRETERS = "interactions.interpreters"

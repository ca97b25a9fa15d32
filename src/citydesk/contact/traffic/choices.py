"""Codes stored in the columns of traffic: what came in over the switch, who was there to answer, how it is counted."""

from enum import StrEnum

VIEW = "traffic.view"
MANAGE = "traffic.manage"
REPORT = "traffic.report"
# One's own figures, and those of the people of one's teams.
NUMBERS = "traffic.numbers"
TEAM_NUMBERS = "traffic.team_numbers"
# The feed of live figures that boards listen to.
BOARD_FEED = "board"
IMPORT_KIND = "contacts"
SOURCE_PURPOSE = "traffic.source"  # what the secret of a switch is sealed for
# The report of the month: rooms above tell what of it they measure.
MONTH_REPORT = "traffic.month"


class QueueChannel(StrEnum):
    VOICE = "voice"
    CHAT = "chat"
    EMAIL = "email"
    WEB = "web"
    WALK_IN = "walk_in"
    MAIL = "mail"
    FAX = "fax"
    SOCIAL = "social"


class LegOutcome(StrEnum):
    """How a leg left its queue. `SHORT_ABANDONED` is decided when legs are counted, by the queue's value of that day;
    a stored leg says `ABANDONED`, so that a corrected value counts the past anew."""

    ANSWERED = "answered"
    ABANDONED = "abandoned"
    SHORT_ABANDONED = "short_abandoned"
    TIMEOUT = "timeout"
    KEY_EXIT = "key_exit"
    EMPTY_EXIT = "empty_exit"
    CALLBACK_REQUESTED = "callback_requested"
    MOVED = "transferred_in_queue"
    SYSTEM_DROP = "system_drop"
    OPEN = "open"


class EndedBy(StrEnum):
    NOBODY = ""
    CALLER = "caller"
    AGENT = "agent"
    SYSTEM = "system"


class TransferKind(StrEnum):
    """How an answered contact was passed on. `UNSAID`: the source does not say whether with a word before."""

    NONE = ""
    BLIND = "blind"
    ATTENDED = "attended"
    UNSAID = "unsaid"


class TransferReach(StrEnum):
    """Whom a contact was passed on to: a queue or an agent of our own, or somebody outside (another office, another
    body). `UNKNOWN`: nobody told, and no number says it."""

    UNKNOWN = ""
    INTERNAL = "internal"
    EXTERNAL = "external"


class AgentStateKind(StrEnum):
    OFFLINE = "offline"
    AVAILABLE = "available"
    RINGING = "ringing"
    ON_CONTACT = "on_contact"
    HOLD = "hold"
    ACW = "acw"
    BREAK = "break"
    MEAL = "meal"
    TRAINING = "training"
    MEETING = "meeting"
    COACHING = "coaching"
    OFFLINE_WORK = "offline_work"
    SYSTEM_ISSUE = "system_issue"


class Formula(StrEnum):
    """The five service-level formulas in use. The queue names one; it is printed wherever the number is."""

    STRICT = "strict"
    NET_OF_SHORT = "net_of_short"
    NET_OF_ABANDONED = "net_of_abandoned"
    ANY_REMOVAL = "any_removal"
    OF_ANSWERED = "of_answered"


# Long abandons vanish from it: a queue may not name it as its own.
NOT_AS_HEADLINE = frozenset({Formula.OF_ANSWERED})


class SourceFormat(StrEnum):
    QUEUE_LOG = "queue_log"
    CONNECT = "connect"
    INTERVALS = "intervals"
    CDR = "cdr"


class CallEnd(StrEnum):
    """Where a call from outside ended: in a queue of ours or without one. `UNTOLD`: the switch says it went to a queue,
    and no leg of it is known."""

    QUEUED = "queued"
    UNTOLD = "untold"
    PUT_THROUGH = "put_through"
    VOICEMAIL = "voicemail"
    CLOSED = "closed"
    MENU = "menu"
    FAILED = "failed"
    HUNG_UP = "hung_up"


# Of these nobody of the desk ever heard.
BEFORE_QUEUE = (CallEnd.MENU, CallEnd.CLOSED, CallEnd.HUNG_UP, CallEnd.VOICEMAIL, CallEnd.FAILED)


class ToldKind(StrEnum):
    """What a source tells of days, as far as it is destroyed by days."""

    LEGS = "legs"
    STATES = "states"


# The desk itself as a source: contacts that no switch tells; and the clocks on its people's desks.
DESK = "desk"
CLOCK = "clock"


class AnomalyCode(StrEnum):
    """What a source said that does not fit together. It is shown, never mended in silence."""

    ANSWER_WITHOUT_ENTRY = "answer_without_entry"
    END_WITHOUT_ENTRY = "end_without_entry"
    END_WITHOUT_ANSWER = "end_without_answer"
    SECOND_ENTRY = "second_entry"
    SECOND_ANSWER = "second_answer"
    SECOND_END = "second_end"
    MISSING_END = "missing_end"
    SYSTEM_RESTART = "system_restart"
    CLOCK_STEP = "clock_step"
    UNKNOWN_EVENT = "unknown_event"
    UNKNOWN_PAUSE = "unknown_pause"
    OVERLAPPING_STATE = "overlapping_state"
    UNKNOWN_QUEUE = "unknown_queue"


class MalfunctionKind(StrEnum):
    TELEPHONE = "telephone"
    NETWORK = "network"
    SOFTWARE = "software"
    POWER = "power"
    EQUIPMENT = "equipment"
    OTHER = "other"


class MonitorCode(StrEnum):
    """What may be measured of a person, each switched on or off by the profile's `monitoring.toml`."""

    HANDLE_TIME = "handle_time"
    AFTER_WORK = "after_work"
    HOLD = "hold"
    TRANSFERS = "transfers"
    RECORDS = "records"
    # Contacts by hour: how much, never how well. It is shown only where the mix of work lets something be expected.
    PER_HOUR = "per_hour"
    # No figure of a week: the state a person is in now, by name, on the live board.
    STATES = "states"
    # Of days: what was done beside the published schedule. A room above computes it; the switch and the notes are here.
    ADHERENCE = "adherence"


FIGURES = tuple(one for one in MonitorCode if one not in (MonitorCode.STATES, MonitorCode.ADHERENCE))
# What people may say something about, week by week.
NOTED = (*FIGURES, MonitorCode.ADHERENCE)


class WorkClass(StrEnum):
    """Contacts that take another time by their nature; each class is expected to take its own."""

    PLAIN = "plain"
    INTERPRETED = "interpreted"
    ESCALATED = "escalated"

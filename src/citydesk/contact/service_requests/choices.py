"""Codes stored in columns, named groups of them, and the room's permissions."""

from datetime import timedelta
from enum import StrEnum

# The letters of the numbers and the table that carries them.
SERIES = ("SR", "service_requests_servicerequest")


class RequestState(StrEnum):
    """Where a request stands. All but `closed` are open work."""

    OPEN = "open"
    IN_PROGRESS = "in_progress"
    ON_HOLD = "on_hold"
    WAITING = "waiting"
    REFERRED = "referred"
    CLOSED = "closed"


OPEN_STATES = frozenset(RequestState) - {RequestState.CLOSED}
STOPPED_STATES = frozenset({RequestState.ON_HOLD, RequestState.WAITING})


class CloseReason(StrEnum):
    """Why a request was closed. Only `done` means that the work was done."""

    DONE = "done"
    NOT_OURS = "not_ours"
    NO_ACTION = "no_action"
    DUPLICATE = "duplicate"
    CANNOT_LOCATE = "cannot_locate"
    WITHDRAWN = "withdrawn"


class PartRefusal(StrEnum):
    """Why a request cannot become a part of another."""

    ITSELF = "itself"
    NOT_OPEN = "not_open"
    CONFIDENTIAL = "confidential"
    ALREADY = "already"
    OF_ANOTHER = "of_another"
    MAIN_IS_PART = "main_is_part"
    HAS_PARTS = "has_parts"


class ManyKind(StrEnum):
    """Acts on many requests that need a second person above the number in the profile."""

    ASSIGN = "assign"
    CLOSE = "close"
    JOIN = "join"
    EXPORT = "export"


class BulkKind(StrEnum):
    """Acts on many requests that can be taken back: they change where a request lies or that it stands still, nothing
    outside the house. A work order, once made, is cancelled by whom it was given to; a closing is told to people."""

    ASSIGN = "assign"
    TAKE = "take"
    HOLD = "hold"


# How long whoever did an act on many requests may take it back.
UNDO_WINDOW = timedelta(minutes=10)

# The pause reason of the state waiting. The reasons of on hold are the profile's `hold_reasons`.
WAITING_FOR_RESIDENT = "resident"


class Urgency(StrEnum):
    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    EMERGENCY = "emergency"


class Channel(StrEnum):
    """How the request came in."""

    PHONE = "phone"
    COUNTER = "counter"
    WEB = "web"
    APP = "app"
    EMAIL = "email"
    LETTER = "letter"
    FAX = "fax"
    CHAT = "chat"
    SMS = "sms"
    API = "api"
    STAFF = "staff"
    IMPORT = "import"
    OTHER = "other"


class StopEvent(StrEnum):
    """What ends the clock of a target."""

    ASSIGNED = "assigned"
    IN_PROGRESS = "in_progress"
    MADE_SAFE = "made_safe"
    CLOSED = "closed"


class StartEvent(StrEnum):
    """What starts the clock of a target."""

    RECEIVED = "received"
    ASSIGNED = "assigned"


class EscalateTo(StrEnum):
    OWNER = "owner"
    TEAM_LEAD = "team_lead"
    SUPERVISOR = "supervisor"
    DEPARTMENT_LEAD = "department_lead"
    DIRECTOR = "director"


class PublicText(StrEnum):
    """What of a request's words the public may read, per service code."""

    NOTHING = "nothing"
    SERVICE_NAME = "service_name"
    REVIEWED = "reviewed"
    AS_TYPED = "as_typed"


class PublicPlace(StrEnum):
    EXACT = "exact"
    BLOCK = "block"
    NONE = "none"


class ReviewState(StrEnum):
    """Where the public text of a request stands."""

    NONE = "none"
    PENDING = "pending"
    REVIEWED = "reviewed"


class NoteKind(StrEnum):
    INTERNAL = "internal"
    PUBLIC = "public"


class FollowerKind(StrEnum):
    """Why a person hears about a request."""

    REPORTER = "reporter"
    ME_TOO = "me_too"
    FOLLOWER = "follower"


class ContactKind(StrEnum):
    """What a contact did for a request."""

    RECORDED = "recorded"
    ME_TOO = "me_too"
    STATUS_TOLD = "status_told"
    ADDED = "added"
    REOPENED = "reopened"


class FileKind(StrEnum):
    PHOTO = "photo"
    DOCUMENT = "document"


class QuestionType(StrEnum):
    """The answer a question takes. `note` is text to show and takes none."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    NUMBER = "number"
    DATE = "date"
    YES_NO = "yes_no"
    YES_NO_UNSURE = "yes_no_unsure"
    ONE_OF = "one_of"
    SEVERAL_OF = "several_of"
    NOTE = "note"


class LocationNeed(StrEnum):
    REQUIRED = "required"
    OPTIONAL = "optional"
    NONE = "none"


class PhotoRule(StrEnum):
    """What of a request's photos the public may see."""

    NONE = "none"
    AFTER_REVIEW = "after_review"


class ReferralState(StrEnum):
    SENT = "sent"
    ACCEPTED = "accepted"
    RETURNED = "returned"
    ENDED = "ended"


class ProposalState(StrEnum):
    """A recompute of due times: counted, proposed by one person, refused or approved by another, applied."""

    COUNTING = "counting"
    COUNTED = "counted"
    PROPOSED = "proposed"
    REFUSED = "refused"
    APPLYING = "applying"
    APPLIED = "applied"
    # Taken back before it was decided, or given up by the worker (`problem` says why).
    STOPPED = "stopped"


# The worker is at it: pages ask again by themselves.
PROPOSALS_AT_WORK = (ProposalState.COUNTING, ProposalState.APPLYING)
# It came before another person: what they said, or will say, stands for what has changed.
PROPOSALS_PUT = (ProposalState.PROPOSED, ProposalState.REFUSED, ProposalState.APPLYING, ProposalState.APPLIED)


NOTIFY_CHANNELS = ("email", "sms", "letter", "none")

VIEW = "service_requests.view"
VIEW_ALL = "service_requests.view_all"
EDIT = "service_requests.edit"
ASSIGN = "service_requests.assign"
CLOSE = "service_requests.close"
CORRECT = "service_requests.correct"
CONFIDENTIAL = "service_requests.confidential"
BULK = "service_requests.bulk"
NOTES = "service_requests.notes"
REVIEW_PUBLIC = "service_requests.review_public"
RELEASE_HELD = "service_requests.release_held"
RECOMPUTE = "service_requests.recompute"

# The name under which audit entries, messages, promises and panels speak of a request.
OBJECT_TYPE = "service_requests.request"
SUPERVISE = "desk.supervise"

# News of the queues for open pages, and the purpose under which the room's files are stored.
LIVE_TOPIC = "service_requests"
FILE_PURPOSE = "service_requests.file"

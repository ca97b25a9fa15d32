"""Codes of this room: how a referral travels, where it stands, who said what; rights."""

from enum import StrEnum


class AgencyKind(StrEnum):
    AGENCY = "agency"
    DEPARTMENT = "department"
    UTILITY = "utility"
    VENDOR = "vendor"


class Way(StrEnum):
    """How a referral reaches the other side: a signed link by e-mail, the same link read out or sent by hand, or the
    other side's own Open311 endpoint."""

    EMAIL = "email"
    LINK = "link"
    OPEN311 = "open311"


class ReferralState(StrEnum):
    """`ended` is our doing: taken back, or the request was closed meanwhile."""

    SENT = "sent"
    ACCEPTED = "accepted"
    RETURNED = "returned"
    DONE = "done"
    ENDED = "ended"


OPEN_STATES = frozenset({ReferralState.SENT, ReferralState.ACCEPTED})


class EntryKind(StrEnum):
    SENT = "sent"
    ACCEPTED = "accepted"
    MESSAGE = "message"
    RETURNED = "returned"
    DONE = "done"
    REMINDED = "reminded"
    NEW_LINK = "new_link"
    REVOKED = "revoked"
    ENDED = "ended"
    STATUS = "status"


class ViolationState(StrEnum):
    REPORTED = "reported"
    TAKEN = "taken"
    CLOSED = "closed"


class Outcome(StrEnum):
    """How a violation ended over there."""

    CORRECTED = "corrected"
    WARNED = "warned"
    FINED = "fined"
    UNFOUNDED = "unfounded"
    NO_ACTION = "no_action"


class Recurrence(StrEnum):
    ONCE = "once"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    YEARLY = "yearly"


class HookState(StrEnum):
    ACTIVE = "active"
    PAUSED = "paused"
    ENDED = "ended"


class DeliveryState(StrEnum):
    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"


class Share(StrEnum):
    """What a program may be told of a request beyond ids, numbers and codes, if an agreement says so."""

    PLACE = "place"
    WORDS = "words"
    ANSWERS = "answers"
    REPORTER = "reporter"


# What a webhook may hear of, never of confidential requests.
HOOK_EVENTS = (
    "service_requests.RequestRecorded",
    "service_requests.RequestStateChanged",
    "service_requests.RequestClosed",
    "service_requests.RequestReopened",
    "referrals.ReferralAnswered",
)

VIEW = "referrals.view"
SEND = "referrals.send"
CONNECT = "referrals.connect"
REPORT = "referrals.report"
OBLIGE = "referrals.obligations"

OBJECT = "referrals.referral"
FILE_PURPOSE = "referrals.file"
# What secrets of programs and our keys to other systems are sealed for.
HOOK_PURPOSE = "referrals.webhook"
KEY_PURPOSE = "referrals.open311"
SERIES = "RF"
VIOLATION = "referrals.violation"
VIOLATION_SERIES = "VR"
OBLIGATION = "referrals.obligation"
DELIVERY = "referrals.delivery"
# What the public link allows one network in ten minutes, and how many files one answer may carry.
ANSWERS_PER_TEN_MINUTES = 30
MOST_FILES = 5
LONGEST_TEXT = 4000

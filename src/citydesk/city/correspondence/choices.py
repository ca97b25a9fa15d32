"""Codes of this room: channels, what became of a message, rights, the fields a template may name."""

from enum import StrEnum


class Channel(StrEnum):
    EMAIL = "email"
    SMS = "sms"
    LETTER = "letter"


class MessageState(StrEnum):
    """`unknown`: handed over and never confirmed; it may have arrived, so only a person sends it again."""

    HELD = "held"
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    UNKNOWN = "unknown"
    STOPPED = "stopped"


class AttemptOutcome(StrEnum):
    STARTED = "started"
    SENT = "sent"
    LATER = "later"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    PRACTICE = "practice"


class ConsentState(StrEnum):
    GRANTED = "granted"
    REVOKED = "revoked"


UNSENT = frozenset({MessageState.HELD, MessageState.QUEUED})
NEEDS_REPAIR = frozenset({MessageState.FAILED, MessageState.UNKNOWN})
# What is on its way or there, as far as anybody knows: it cannot be called back.
LEFT = frozenset({MessageState.SENDING, MessageState.SENT, MessageState.DELIVERED, MessageState.UNKNOWN})
ARRIVED = frozenset({MessageState.SENT, MessageState.DELIVERED})

VIEW = "correspondence.view"
REPAIR = "correspondence.repair"
MAIL_LETTERS = "correspondence.mail_letters"
REPRINT = "correspondence.reprint"
BATCH_TYPE = "correspondence.batch"
REPRINT_TYPE = "correspondence.reprint"

# What a template may name. Logic-less on purpose: staff edit templates, and a template must never run anything.
TEMPLATE_FIELDS = frozenset(
    {
        "agency",
        "callback_at",
        "city",
        "due",
        "link",
        "name",
        "number",
        "opened",
        "phone",
        "place",
        "reason",
        "request",
        "service",
        "team",
        "text",
    }
)

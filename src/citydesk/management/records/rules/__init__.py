"""Decisions of this room: when a record may go, who is held, which sections the profile has."""

from citydesk.management.records.rules.holds import Hold, Matter, held_by
from citydesk.management.records.rules.law import Law, due_at, fee_of
from citydesk.management.records.rules.periods import Period, digest_of, eligible_on, last_trigger_day
from citydesk.management.records.rules.redaction import Mark, bates, redacted, stretches

__all__ = [
    "Hold",
    "Law",
    "Mark",
    "Matter",
    "Period",
    "bates",
    "digest_of",
    "due_at",
    "eligible_on",
    "fee_of",
    "held_by",
    "last_trigger_day",
    "redacted",
    "stretches",
]

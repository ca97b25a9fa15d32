"""Codes stored in columns, and the permission codes of this room."""

from enum import StrEnum


class TeamKind(StrEnum):
    OFFICE = "office"
    CREW = "crew"
    # Works by contract; reads through signed links or the API.
    VENDOR = "vendor"


class AbsenceKind(StrEnum):
    SICK = "sick"
    VACATION = "vacation"
    TRAINING = "training"
    OTHER = "other"


class GrantRequestState(StrEnum):
    WAITING = "waiting"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Duty(StrEnum):
    """Who answers an office's telephone at a moment."""

    OPEN = "open"
    AFTER_HOURS = "after_hours"
    CLOSED = "closed"


VIEW = "staff.view"
MANAGE = "staff.manage"
DIRECTORY = "staff.directory"
ABSENCES = "staff.absences"
# Every signed-in person has it: their own account, and nothing else.
# The mark of a locked session, and of one whose sign-in the city's directory vouches for as strong.
LOCKED = "locked"
STRONG = "strong_sign_in"
# When a session began and when somebody last worked in it, in seconds of the epoch.
SIGNED_IN_AT, SEEN_AT = "signed_in_at", "seen_at"
OWN_ACCOUNT = "staff.own_account"

# The longest delay between two attempts to sign in (seconds): slow for a guesser, no lock-out for a clerk.
LONGEST_DELAY = 15 * 60

# The page that lists unfinished work before somebody signs out; rooms offer panels on it.
SIGN_OUT_PAGE = "staff.sign_out"

# What a partner's key may be made for: report requests, read more than the public, move work orders on.
API_SCOPES = frozenset(
    {
        "open311.report",
        "catalog.read",
        "requests.read",
        "requests.view",
        "requests.write",
        "interactions.read",
        "customers.read",
        "customers.write",
        "work_orders.read",
        "work_orders.update",
    }
)

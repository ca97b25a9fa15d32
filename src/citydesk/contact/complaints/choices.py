"""Codes of this room: states of a complaint, offers, entries of the log, letters, rights."""

from enum import StrEnum


class ComplaintState(StrEnum):
    """Where a complaint stands. `decided` and `appeal_decided` each wait for a letter that a second person approves."""

    RECEIVED = "received"
    UNDER_REVIEW = "under_review"
    PLAN_PROPOSED = "plan_proposed"
    AWAITING_APPROVAL = "awaiting_approval"
    APPROVED = "approved"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    DECIDED = "decided"
    APPEALED = "appealed"
    APPEAL_DECIDED = "appeal_decided"
    CLOSED = "closed"


class OfferKind(StrEnum):
    """What the city may offer. Credits and waivers are amounts; an apology and work are words."""

    CREDIT = "credit"
    WAIVER = "waiver"
    APOLOGY = "apology"
    WORK = "work"


class PlanState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    SENT_BACK = "sent_back"
    REPLACED = "replaced"


class EntryKind(StrEnum):
    """What happened between the office and the complainant."""

    CONTACT = "contact"
    OFFER = "offer"
    COUNTER_OFFER = "counter_offer"
    ACCEPTED = "accepted"
    REFUSED = "refused"


class Outcome(StrEnum):
    """How a complaint was decided."""

    UPHELD = "upheld"
    PARTLY = "partly"
    NOT_UPHELD = "not_upheld"
    SETTLED = "settled"
    WITHDRAWN = "withdrawn"


class AppealOutcome(StrEnum):
    CONFIRMED = "confirmed"
    CHANGED = "changed"


class LetterKind(StrEnum):
    DECISION = "decision"
    APPEAL = "appeal"


class LetterState(StrEnum):
    """`held` until somebody else approves it; `approved` lies in its own sealed batch until it is mailed."""

    HELD = "held"
    APPROVED = "approved"
    SENT_BACK = "sent_back"
    MAILED = "mailed"


class PublicStatus(StrEnum):
    """All that anybody but the people of a complaint may hear of it."""

    RECEIVED = "received"
    IN_REVIEW = "in_review"
    YOUR_ANSWER = "your_answer"
    LETTER_READY = "letter_ready"
    LETTER_MAILED = "letter_mailed"
    APPEAL = "appeal"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"


MONEY_KINDS = (OfferKind.CREDIT, OfferKind.WAIVER)
# Told to the complainant, no answer of theirs: the log's ordinary entries.
TALKED = (EntryKind.CONTACT, EntryKind.COUNTER_OFFER)
DECISIONS = (Outcome.UPHELD, Outcome.PARTLY, Outcome.NOT_UPHELD, Outcome.SETTLED)
BEFORE_DECISION = frozenset(
    {
        ComplaintState.RECEIVED,
        ComplaintState.UNDER_REVIEW,
        ComplaintState.PLAN_PROPOSED,
        ComplaintState.AWAITING_APPROVAL,
        ComplaintState.APPROVED,
        ComplaintState.OFFERED,
        ComplaintState.ACCEPTED,
        ComplaintState.REFUSED,
    }
)

VIEW = "complaints.view"
OPEN = "complaints.open"
HANDLE = "complaints.handle"
APPROVE = "complaints.approve"
APPEAL = "complaints.appeal"

OBJECT = "complaints.complaint"
SERIES = "CP"
SECTION = "complaint_classes"
# Authority limits of a role are named after the kind of offer: complaint_credit, complaint_waiver.
LIMIT = "complaint_{kind}"
# Templates of the two letters, as the profile names them.
TEMPLATES = {LetterKind.DECISION: "complaint_decision", LetterKind.APPEAL: "complaint_appeal"}

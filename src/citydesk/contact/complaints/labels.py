"""Words for this room's codes."""

from django.utils.translation import gettext_lazy as _

from citydesk.contact.complaints.choices import (
    AppealOutcome,
    ComplaintState,
    EntryKind,
    LetterKind,
    LetterState,
    OfferKind,
    Outcome,
    PlanState,
    PublicStatus,
)

_S = ComplaintState
STATES = {
    _S.RECEIVED: _("Received"),
    _S.UNDER_REVIEW: _("Under review"),
    _S.PLAN_PROPOSED: _("Plan proposed"),
    _S.AWAITING_APPROVAL: _("Awaiting approval"),
    _S.APPROVED: _("Plan approved"),
    _S.OFFERED: _("Offered"),
    _S.ACCEPTED: _("Offer accepted"),
    _S.REFUSED: _("Offer refused"),
    _S.DECIDED: _("Decided"),
    _S.APPEALED: _("Appealed"),
    _S.APPEAL_DECIDED: _("Appeal decided"),
    _S.CLOSED: _("Closed"),
}
# The badge (word and shape) that shows each state.
BADGES = {
    _S.RECEIVED: "open",
    _S.UNDER_REVIEW: "in_progress",
    _S.PLAN_PROPOSED: "draft",
    _S.AWAITING_APPROVAL: "on_hold",
    _S.APPROVED: "in_progress",
    _S.OFFERED: "waiting",
    _S.ACCEPTED: "in_progress",
    _S.REFUSED: "refused",
    _S.DECIDED: "in_progress",
    _S.APPEALED: "open",
    _S.APPEAL_DECIDED: "in_progress",
    _S.CLOSED: "closed_done",
}
OFFERS = {
    OfferKind.CREDIT: _("Credit"),
    OfferKind.WAIVER: _("Waiver of a charge"),
    OfferKind.APOLOGY: _("Apology"),
    OfferKind.WORK: _("Work"),
}
PLANS = {
    PlanState.DRAFT: _("Draft"),
    PlanState.SUBMITTED: _("Awaiting approval"),
    PlanState.APPROVED: _("Approved"),
    PlanState.SENT_BACK: _("Sent back"),
    PlanState.REPLACED: _("Replaced"),
}
ENTRIES = {
    EntryKind.CONTACT: _("Contact"),
    EntryKind.OFFER: _("Offer made"),
    EntryKind.COUNTER_OFFER: _("Counter-offer"),
    EntryKind.ACCEPTED: _("Accepted"),
    EntryKind.REFUSED: _("Refused"),
}
OUTCOMES = {
    Outcome.UPHELD: _("Upheld: the complaint was right"),
    Outcome.PARTLY: _("Upheld in part"),
    Outcome.NOT_UPHELD: _("Not upheld"),
    Outcome.SETTLED: _("Settled by agreement"),
    Outcome.WITHDRAWN: _("Withdrawn"),
}
APPEAL_OUTCOMES = {
    AppealOutcome.CONFIRMED: _("The decision stands"),
    AppealOutcome.CHANGED: _("The decision was changed"),
}
LETTERS = {LetterKind.DECISION: _("Decision"), LetterKind.APPEAL: _("Decision on the appeal")}
LETTER_STATES = {
    LetterState.HELD: _("Held until approved"),
    LetterState.APPROVED: _("Approved, to be mailed"),
    LetterState.SENT_BACK: _("Sent back"),
    LetterState.MAILED: _("Mailed"),
}
# What a clerk reads to a caller who proved number and code word: all that they learn of it, too.
PUBLIC = {
    PublicStatus.RECEIVED: _("We have your complaint. Nobody has taken it up yet."),
    PublicStatus.IN_REVIEW: _("Your complaint is being looked into."),
    PublicStatus.YOUR_ANSWER: _("The office that looks into your complaint waits for your answer."),
    PublicStatus.LETTER_READY: _("There is a decision. The letter is about to be mailed."),
    PublicStatus.LETTER_MAILED: _("There is a decision. The letter was mailed."),
    PublicStatus.APPEAL: _("Your appeal is being looked into."),
    PublicStatus.WITHDRAWN: _("Your complaint is closed, because you withdrew it."),
    PublicStatus.CLOSED: _("Your complaint is closed. A letter told you how."),
}
# By the codes of `rules.authority.Refusal`.
WHY_NOT = {
    "own_act": _("This is your own act: somebody else decides about it."),
    "twice": _("You have agreed already; somebody else must be the second."),
    "first_decision": _("You answered for the first decision: somebody else approves the letter about the appeal."),
    "no_authority": _("Your duty has no authority over amounts of this kind."),
}
LANGUAGES = {"en": _("English"), "es": _("Spanish")}

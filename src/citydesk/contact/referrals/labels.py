"""Names of the codes as people read them."""

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from citydesk.contact.referrals.choices import (
    AgencyKind,
    DeliveryState,
    EntryKind,
    HookState,
    Outcome,
    Recurrence,
    ReferralState,
    Share,
    ViolationState,
    Way,
)

KINDS = {
    AgencyKind.AGENCY: _("Agency"),
    AgencyKind.DEPARTMENT: _("Department"),
    AgencyKind.UTILITY: _("Utility"),
    AgencyKind.VENDOR: _("Contractor"),
}
WAYS = {
    Way.EMAIL: _("by e-mail with a link"),
    Way.LINK: _("by a link that you pass on"),
    Way.OPEN311: _("to their own system"),
}
STATES = {
    ReferralState.SENT: _("Not acknowledged"),
    ReferralState.ACCEPTED: _("They have it"),
    ReferralState.RETURNED: _("Returned"),
    ReferralState.DONE: _("They say done"),
    ReferralState.ENDED: _("Ended by us"),
}
BADGES = {
    ReferralState.SENT: "waiting",
    ReferralState.ACCEPTED: "in_progress",
    ReferralState.RETURNED: "refused",
    ReferralState.DONE: "closed_done",
    ReferralState.ENDED: "closed_no_action",
}
ENTRIES = {
    EntryKind.SENT: _("referred it"),
    EntryKind.ACCEPTED: _("takes it on"),
    EntryKind.MESSAGE: _("wrote"),
    EntryKind.RETURNED: _("returned it"),
    EntryKind.DONE: _("says it is done"),
    EntryKind.REMINDED: _("reminded them"),
    EntryKind.NEW_LINK: _("made a new link"),
    EntryKind.REVOKED: _("revoked the link"),
    EntryKind.ENDED: _("ended the referral"),
    EntryKind.STATUS: _("reported a status"),
}


def in_language(texts: dict[str, str] | None, language: str = "") -> str:
    """A text in the language asked for (else the reader's), else in the first there is."""
    if not texts:
        return ""
    wanted = (language or get_language() or "en").split("-")[0]
    return texts.get(wanted) or next(iter(texts.values()), "")


def said_by(label: str, names: dict[str, str]) -> str:
    """Who acted, as it was kept ("Pat, State roads"), with the agency's name in the reader's language."""
    kept = next((one for one in names.values() if one and (label == one or label.endswith(f", {one}"))), "")
    return label.removesuffix(kept) + in_language(names) if kept else label


VIOLATIONS = {
    ViolationState.REPORTED: _("Reported"),
    ViolationState.TAKEN: _("They look into it"),
    ViolationState.CLOSED: _("Closed"),
}
VIOLATION_BADGES = {
    ViolationState.REPORTED: "waiting",
    ViolationState.TAKEN: "in_progress",
    ViolationState.CLOSED: "closed_done",
}
OUTCOMES = {
    Outcome.CORRECTED: _("Corrected"),
    Outcome.WARNED: _("A warning was given"),
    Outcome.FINED: _("A fine was set"),
    Outcome.UNFOUNDED: _("Not confirmed"),
    Outcome.NO_ACTION: _("Nothing was done"),
}
RECURRENCES = {
    Recurrence.ONCE: _("once"),
    Recurrence.MONTHLY: _("every month"),
    Recurrence.QUARTERLY: _("every quarter"),
    Recurrence.YEARLY: _("every year"),
}
DELIVERIES = {
    DeliveryState.WAITING: _("waits"),
    DeliveryState.DELIVERED: _("delivered"),
    DeliveryState.FAILED: _("not delivered"),
}
HOOKS = {
    HookState.ACTIVE: _("told of events"),
    HookState.PAUSED: _("paused"),
    HookState.ENDED: _("ended"),
}
HOOK_EVENT_NAMES = {
    "service_requests.RequestRecorded": _("A request was recorded"),
    "service_requests.RequestStateChanged": _("A request changed its state"),
    "service_requests.RequestClosed": _("A request was closed"),
    "service_requests.RequestReopened": _("A request was reopened"),
    "referrals.ReferralAnswered": _("A referral was answered"),
}
SHARES = {
    Share.PLACE: _("The place"),
    Share.WORDS: _("The reporter's words"),
    Share.ANSWERS: _("The answers to the questions"),
    Share.REPORTER: _("Who reported"),
}

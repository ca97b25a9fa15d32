"""Translated names of the room's codes."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from citydesk.contact.service_requests.choices import (
    Channel,
    CloseReason,
    ContactKind,
    EscalateTo,
    FollowerKind,
    PartRefusal,
    ProposalState,
    PublicPlace,
    PublicText,
    ReferralState,
    RequestState,
    StopEvent,
    Urgency,
)

STATES: Mapping[str, Any] = {
    RequestState.OPEN: _("Open"),
    RequestState.IN_PROGRESS: _("In progress"),
    RequestState.ON_HOLD: _("On hold"),
    RequestState.WAITING: _("Waiting"),
    RequestState.REFERRED: _("Referred"),
    RequestState.CLOSED: _("Closed"),
}
# What the badge of a closed request says: never "done" unless it was.
CLOSED_AS: Mapping[str, Any] = {
    CloseReason.DONE: _("Closed, done"),
    CloseReason.NOT_OURS: _("Closed, not ours"),
    CloseReason.NO_ACTION: _("Closed, no action"),
    CloseReason.DUPLICATE: _("Closed, duplicate"),
    CloseReason.CANNOT_LOCATE: _("Closed, not found"),
    CloseReason.WITHDRAWN: _("Closed, withdrawn"),
}
CLOSE_REASONS: Mapping[str, Any] = {
    CloseReason.DONE: _("Done"),
    CloseReason.NOT_OURS: _("Not ours"),
    CloseReason.NO_ACTION: _("No action needed"),
    CloseReason.DUPLICATE: _("Duplicate"),
    CloseReason.CANNOT_LOCATE: _("Cannot locate"),
    CloseReason.WITHDRAWN: _("Withdrawn"),
}
URGENCIES: Mapping[str, Any] = {
    Urgency.LOW: _("Low"),
    Urgency.NORMAL: _("Normal"),
    Urgency.HIGH: _("High"),
    Urgency.EMERGENCY: _("Emergency"),
}
CHANNELS: Mapping[str, Any] = {
    Channel.PHONE: _("phone"),
    Channel.COUNTER: _("counter"),
    Channel.WEB: _("web"),
    Channel.APP: _("app"),
    Channel.EMAIL: _("e-mail"),
    Channel.LETTER: _("letter"),
    Channel.FAX: _("fax"),
    Channel.CHAT: _("chat"),
    Channel.SMS: _("text message"),
    Channel.API: _("API"),
    Channel.STAFF: _("staff"),
    Channel.IMPORT: _("import"),
    Channel.OTHER: _("other"),
}
NOTIFY: Mapping[str, Any] = {
    "email": _("e-mail"),
    "sms": _("text"),
    "letter": _("letter"),
    "none": _("no messages"),
}
FOLLOWERS: Mapping[str, Any] = {
    FollowerKind.REPORTER: _("reporter"),
    FollowerKind.ME_TOO: _("me too"),
    FollowerKind.FOLLOWER: _("follower"),
}
CONTACTS: Mapping[str, Any] = {
    ContactKind.RECORDED: _("recorded it"),
    ContactKind.ME_TOO: _("has the same trouble"),
    ContactKind.STATUS_TOLD: _("was told the status"),
    ContactKind.ADDED: _("added to it"),
    ContactKind.REOPENED: _("had it reopened"),
}
PUBLIC_TEXTS: Mapping[str, Any] = {
    PublicText.NOTHING: _("nothing"),
    PublicText.SERVICE_NAME: _("service name only"),
    PublicText.REVIEWED: _("reviewed text"),
    PublicText.AS_TYPED: _("as typed"),
}
PUBLIC_PLACES: Mapping[str, Any] = {
    PublicPlace.EXACT: _("exact place"),
    PublicPlace.BLOCK: _("block only"),
    PublicPlace.NONE: _("no place"),
}
REFERRALS: Mapping[str, Any] = {
    ReferralState.SENT: _("sent"),
    ReferralState.ACCEPTED: _("accepted"),
    ReferralState.RETURNED: _("came back"),
    ReferralState.ENDED: _("ended"),
}
ESCALATE_TO: Mapping[str, Any] = {
    EscalateTo.OWNER: _("owner"),
    EscalateTo.TEAM_LEAD: _("team lead"),
    EscalateTo.SUPERVISOR: _("supervisor"),
    EscalateTo.DEPARTMENT_LEAD: _("department lead"),
    EscalateTo.DIRECTOR: _("director"),
}
STOP_EVENTS: Mapping[str, Any] = {
    StopEvent.ASSIGNED: _("Assigned"),
    StopEvent.IN_PROGRESS: _("In progress"),
    StopEvent.MADE_SAFE: _("Made safe"),
    StopEvent.CLOSED: _("Closed"),
}
ANSWERS: Mapping[str, Any] = {"yes": _("Yes"), "no": _("No"), "unsure": _("Not sure")}
MOVES: Mapping[str, Any] = {
    "take": _("Take it"),
    "accept": _("Accept"),
    "start": _("Start"),
    "resume": _("Go on"),
    "answered": _("Answered"),
    "back": _("Came back"),
    "close_done": _("Close, done"),
    "hold": _("Hold"),
    "refer": _("Refer"),
    "assign": _("Assign"),
    "ask": _("Ask resident"),
    "return": _("Return"),
    "close_other": _("Close other"),
    "made_safe": _("Made safe"),
    "reopen": _("Reopen"),
}
CONDITIONS: Mapping[str, Any] = {
    "services": _("Code"),
    "groups": _("Group"),
    "urgencies": _("Urgency"),
    "channels": _("Came by"),
    "district": _("District"),
    "answer": _("Answer"),
    "hours": _("Hours"),
}
DELIVERIES: Mapping[str, Any] = {
    "held": pgettext_lazy("message", "held for review"),
    "queued": pgettext_lazy("message", "waiting to be sent"),
    "sending": pgettext_lazy("message", "being sent"),
    "sent": pgettext_lazy("message", "sent"),
    "delivered": pgettext_lazy("message", "delivered"),
    "failed": pgettext_lazy("message", "not delivered"),
    "unknown": pgettext_lazy("message", "outcome unknown"),
    "stopped": pgettext_lazy("message", "stopped"),
}
HOURS: Mapping[str, Any] = {"open": pgettext_lazy("hours", "open"), "closed": pgettext_lazy("hours", "closed")}
CORRECTED: Mapping[str, Any] = {
    "code": _("code"),
    "place": _("place"),
    "answers": _("answers"),
    "description": _("description"),
    "customer": _("reporter"),
}
CAUSES: Mapping[str, Any] = {
    "recorded": _("when it was recorded"),
    "released": _("when it was released"),
    "code": _("when the code was corrected"),
    "place": _("when the place was corrected"),
    "answers": _("when the answers were corrected"),
    "reopened": _("when it was reopened"),
    "returned": _("when it was returned"),
    "imported": _("when it was imported"),
}
# An act on many requests that can be taken back, as the queue offers it: {"n": how many, "at": the time of day}.
ENTRY_FIELDS: Mapping[str, Any] = {
    "code": _("Code"),
    "place": _("Place"),
    "answers": _("Answers"),
    "description": _("Words"),
    "customer": _("Person"),
}
MANY_KINDS: Mapping[str, Any] = {
    "assign": _("Reassign"),
    "close": _("Close"),
    "join": _("Join"),
    "export": _("Take out as a file"),
}
BULK_DONE: Mapping[str, Any] = {
    "assign": _("%(n)s assigned at %(at)s."),
    "take": _("%(n)s taken at %(at)s."),
    "hold": _("%(n)s put on hold at %(at)s."),
}


# Why a request cannot become a part: {"number": the request it is about}.
PART_REFUSALS: Mapping[str, Any] = {
    PartRefusal.ITSELF: _("A request is not its own part."),
    PartRefusal.NOT_OPEN: _("%(number)s is not open."),
    PartRefusal.CONFIDENTIAL: _("A confidential request stands by itself."),
    PartRefusal.ALREADY: _("%(number)s is a part of it already."),
    PartRefusal.OF_ANOTHER: _("%(number)s is a part of another request."),
    PartRefusal.MAIN_IS_PART: _("%(number)s is a part itself."),
    PartRefusal.HAS_PARTS: _("%(number)s has parts of its own."),
}

# New due times, from the count to what became of them.
PROPOSALS: Mapping[str, Any] = {
    ProposalState.COUNTING: _("is being counted"),
    ProposalState.COUNTED: _("counted"),
    ProposalState.PROPOSED: _("waits"),
    ProposalState.REFUSED: _("refused"),
    ProposalState.APPLYING: _("is being applied"),
    ProposalState.APPLIED: _("applied"),
    ProposalState.STOPPED: _("stopped"),
}


def state_label(state: str, close_reason: str = "") -> Any:
    """The word of the badge."""
    return CLOSED_AS[close_reason] if close_reason else STATES[state]  # type: ignore[index]  # a text of the database


def in_language(names: Mapping[str, str], language: str) -> str:
    """A profile text in a language, else in the first it has."""
    return names.get(language) or next(iter(names.values()), "")

"""Names of the codes as people read them."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from citydesk.contact.interactions.choices import (
    CallerClass,
    Channel,
    Direction,
    Ending,
    FormState,
    HelpKind,
    OutcomeKind,
    PromiseKind,
    PromiseState,
    Settled,
    State,
    TransferKind,
    TransferOutcome,
)

STATES = {
    State.DRAFT: _("Draft"),
    State.PARKED: _("Parked"),
    State.SAVED: _("Saved"),
    State.ABANDONED: _("Dropped"),
}
CHANNELS = {
    Channel.PHONE: _("Phone"),
    Channel.COUNTER: _("Counter"),
    Channel.EMAIL: _("E-mail"),
    Channel.WEB: _("Web"),
    Channel.LETTER: _("Letter"),
    Channel.FAX: _("Fax"),
    Channel.CHAT: _("Chat"),
    Channel.SMS: _("Text message"),
}
DIRECTIONS = {Direction.IN: _("in"), Direction.OUT: _("out")}
CALLER_CLASSES = {
    CallerClass.RESIDENT: _("Resident"),
    CallerClass.INTERNAL: _("City staff"),
    CallerClass.ELECTED: _("Elected office"),
    CallerClass.MEDIA: _("Media"),
    CallerClass.AGENCY: _("Agency"),
    CallerClass.VENDOR: _("Vendor"),
}
ENDINGS = {
    Ending.NORMAL: _("Ended normally"),
    Ending.DROPPED: _("Call dropped"),
    Ending.ENDED_AFTER_WARNING: _("Ended after a warning"),
}
OUTCOMES = {
    OutcomeKind.REQUEST: _("Request"),
    OutcomeKind.FOLLOW: _("Me too"),
    OutcomeKind.ANSWERED: _("Answered"),
    OutcomeKind.STATUS_TOLD: _("Status told"),
    OutcomeKind.TRANSFER: _("Transfer"),
    OutcomeKind.PROMISE: _("Promise"),
    OutcomeKind.UNCODED: _("No code fits"),
}
SETTLED = {
    Settled.UNKNOWN: _("Not known yet"),
    Settled.YES: _("Yes"),
    Settled.NO: _("No"),
}
PROMISE_KINDS = {
    PromiseKind.CALL_BACK: _("Call back"),
    PromiseKind.WRITE: _("Write"),
    PromiseKind.OTHER: _("Other promise"),
}
PROMISE_STATES = {
    PromiseState.OPEN: pgettext_lazy("status", "Open"),
    PromiseState.KEPT: _("Kept"),
    PromiseState.BROKEN: _("Done late"),
    PromiseState.MOVED: _("Moved"),
    PromiseState.WITHDRAWN: _("Withdrawn"),
}
TRANSFER_KINDS = {
    TransferKind.COLD: _("Cold: put through"),
    TransferKind.WARM: _("Warm: told them first"),
    TransferKind.EMERGENCY: _("Emergency"),
}
TRANSFER_OUTCOMES = {
    TransferOutcome.REACHED: _("Reached"),
    TransferOutcome.VOICEMAIL: _("Voice mail"),
    TransferOutcome.NO_ANSWER: _("No answer"),
    TransferOutcome.BUSY: _("Busy"),
    TransferOutcome.REFUSED: _("Refused"),
    TransferOutcome.NOT_TRIED: _("Resident calls by themselves"),
}
HELP_KINDS = {
    HelpKind.ASK: _("asks for help"),
    HelpKind.PANIC: _("needs help now"),
    HelpKind.CALLER: _("has a caller to know of"),
}

# What stands in an open contact, in the order of the form.
DRAFT_FIELDS = {
    "form": _("Printed form"),
    "words": _("What do they say?"),
    "channel": _("Came by"),
    "code": _("Code"),
    "where": _("Where"),
    "place_detail": _("Where exactly"),
    "who": _("Who"),
    "new_name": _("Name"),
    "new_phone": _("Phone"),
    "new_email": _("E-mail"),
    "name_refused": _("Name refused"),
    "language": _("Language"),
    "interpreter_vendor": _("Interpreter"),
    "is_relay": _("Relay call"),
    "callback_number": _("Number to call back"),
    "callback_at": _("Call back at"),
    "crew_note": _("For the crew"),
    "transfer_note": _("Note of the transfer"),
    "ending_note": _("What was said at the end"),
    "settled": _("Settled with this contact"),
}
DRAFT_TICKS = frozenset({"name_refused", "is_relay"})
YES_NO = {"yes": _("Yes"), "no": _("No"), "unsure": _("Not sure")}

FORM_STATES: dict[str, Any] = {
    FormState.UNUSED: _("Unused"),
    FormState.KEYED: _("Keyed"),
    FormState.VOID: _("Void"),
    FormState.MISSING: _("Missing"),
}
# Where a form stands beyond its state: with a draft, or left behind by a later number of its pile.
FORM_STANDINGS: dict[str, Any] = {**FORM_STATES, "open": _("Being keyed"), "skipped": _("To look for")}
FORM_BADGES = {
    "unused": "open",
    "open": "draft",
    "skipped": "due_today",
    "keyed": "closed_done",
    "void": "closed_no_action",
    "missing": "refused",
}
CHOOSE_FORMS = _("Choose at least one form.")

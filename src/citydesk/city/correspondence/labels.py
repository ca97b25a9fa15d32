"""Words for this room's codes."""

from django.utils.translation import gettext_lazy as _

from citydesk.city.correspondence.choices import AttemptOutcome, Channel, ConsentState, MessageState

CHANNEL = {Channel.EMAIL: _("E-mail"), Channel.SMS: _("Text message"), Channel.LETTER: _("Letter")}
MESSAGE_STATE = {
    MessageState.HELD: _("Held for review"),
    MessageState.QUEUED: _("Waiting to be sent"),
    MessageState.SENDING: _("Being sent"),
    MessageState.SENT: _("Sent"),
    MessageState.DELIVERED: _("Delivered"),
    MessageState.FAILED: _("Not delivered"),
    MessageState.UNKNOWN: _("Outcome unknown"),
    MessageState.STOPPED: _("Stopped"),
}
ATTEMPT = {
    AttemptOutcome.STARTED: _("started, no answer"),
    AttemptOutcome.SENT: _("handed over"),
    AttemptOutcome.LATER: _("to be tried again"),
    AttemptOutcome.REFUSED: _("refused"),
    AttemptOutcome.UNKNOWN: _("unknown"),
    AttemptOutcome.PRACTICE: _("not sent: practice"),
}
CONSENT_STATE = {ConsentState.GRANTED: _("agreed"), ConsentState.REVOKED: _("said STOP")}

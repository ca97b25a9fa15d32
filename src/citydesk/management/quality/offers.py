"""What the room of quality offers the house: what residents answer, as a measure, a right and a kind of record."""

from django.utils.translation import gettext_lazy as _

from citydesk.contact.interactions.rules import share_of_fates
from citydesk.kernel.registries import (
    AuditCode,
    FactTable,
    Measure,
    Permission,
    RetentionPart,
    RetentionSeries,
    Subscription,
    registries,
)
from citydesk.management.quality import rules
from citydesk.management.quality.choices import ANSWERS, FACTS

_SERVICES = "citydesk.management.quality.services"

registries.add(
    Permission(ANSWERS, _("Read single answers of residents, with the contact they are about")),
    Subscription("service_requests.RequestClosed", "citydesk.management.quality.handlers.on_request_closed"),
    AuditCode("quality.answered", _("answered a question behind their link"), icon="chat"),
    FactTable(
        FACTS,
        "quality_invitation",
        "invited_at",
        columns={"channel": "channel", "reason": "reason_code", "language": "language", "district": "district"},
        permission="statistics.view",
    ),
    Measure(
        "contacts_first_survey",
        _("Resolved at the first contact, as residents answer"),
        _(
            'Of the people who answered "Was your matter settled with your first contact?", the share that said '
            "yes, on the day of that first contact. Asked once, behind the link of their request, when it is closed; "
            "nobody is asked more than once in thirty days, and thirty days are left for the answer. Who was asked "
            "and has not answered is left out and stands beside it; so are contacts after which nobody could be "
            "asked: without a request, in confidence, without a name, or without an address to write to."
        ),
        "percent",
        FACTS,
        share_of_fates(rules.BY_ANSWER, "yes", "no", {"survey_open": "open", "survey_silent": "silent"}),
        drill="contacts",
    ),
    RetentionSeries(
        "quality.surveys",
        _("Questions to residents and their answers"),
        "ended_at",
        due="citydesk.management.quality.queries.invitations_due",
        destroy=f"{_SERVICES}.destroy_invitations",
    ),
    RetentionPart("quality.of_contact", "interactions.contact", f"{_SERVICES}.destroy_of_contacts"),
    RetentionPart("quality.of_request", "service_requests.request", f"{_SERVICES}.destroy_of_requests"),
)

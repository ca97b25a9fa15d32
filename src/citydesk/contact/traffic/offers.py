"""What traffic offers the house: rights, queues in the profile, audit words, imports, retention."""

from django.utils.translation import gettext_lazy as _

from citydesk.contact.traffic.choices import IMPORT_KIND, MANAGE, REPORT, VIEW
from citydesk.contact.traffic.rules.profile import parse_pauses, parse_queues
from citydesk.kernel.registries import (
    AuditCode,
    ImportKind,
    NavItem,
    Permission,
    ProfileSection,
    RetentionPart,
    registries,
)

_DESTRUCTION = "citydesk.contact.traffic.services.destruction"
registries.add(
    Permission(VIEW, _("See traffic: queues, service level, malfunctions")),
    Permission(MANAGE, _("Keep traffic in order: anomalies, pairs, agents, switches")),
    Permission(REPORT, _("Report malfunctions")),
    NavItem("traffic", _("Traffic"), "traffic:day", VIEW, order=83),
    ProfileSection(
        "queues",
        ("queues.toml",),
        parse_queues,
        after=("calendars",),
        project="citydesk.contact.traffic.services.project_queues",
    ),
    ProfileSection("pauses", ("queues.toml",), parse_pauses),
    ImportKind(IMPORT_KIND, _("Contacts of a switch")),
    AuditCode("traffic.anomaly_settled", _("settled an anomaly of the switch: {reason}"), icon="tick"),
    AuditCode("traffic.agent_linked", _("said who an agent of the switch is"), icon="person"),
    AuditCode("traffic.paired", _("paired a call with the contact {contact}"), icon="link"),
    AuditCode("traffic.unpaired", _("took a call and a contact apart"), icon="ring-dash"),
    AuditCode("traffic.malfunction_reported", _("reported a malfunction: {what}"), icon="warning"),
    AuditCode("traffic.malfunction_ended", _("noted that it works again: {what}"), icon="tick"),
    AuditCode("traffic.malfunction_corrected", _("corrected a malfunction: {what}"), icon="edit"),
    AuditCode("traffic.source_made", _("let a switch send its records"), icon="key"),
    AuditCode("traffic.source_paused", _("paused a switch"), icon="ring-dash"),
    AuditCode("traffic.source_resumed", _("resumed a switch"), icon="tick"),
    RetentionPart("traffic.of_contact", "interactions.contact", f"{_DESTRUCTION}.destroy_of_contacts"),
)

"""What traffic offers the house: rights, queues in the profile, audit words, imports, retention."""

from django.utils.translation import gettext_lazy as _

from citydesk.contact.traffic.choices import (
    BOARD_FEED,
    IMPORT_KIND,
    MANAGE,
    NUMBERS,
    REPORT,
    SOURCE_PURPOSE,
    TEAM_NUMBERS,
    VIEW,
)
from citydesk.contact.traffic.rules.profile import parse_monitoring, parse_pauses, parse_queues, parse_trunks
from citydesk.contact.traffic.views.numbers import own_card
from citydesk.kernel.registries import (
    AuditCode,
    HomeCard,
    ImportKind,
    LiveFeed,
    NavItem,
    Permission,
    ProfileSection,
    RetentionPart,
    RetentionSeries,
    registries,
)
from citydesk.kernel.sealed import SealedStore

_RECORDS = "citydesk.contact.traffic.queries.records"
_DESTRUCTION = "citydesk.contact.traffic.services.destruction"
registries.add(
    Permission(VIEW, _("See traffic: queues, service level, malfunctions")),
    Permission(MANAGE, _("Keep traffic in order: anomalies, pairs, agents, switches")),
    Permission(REPORT, _("Report malfunctions")),
    Permission(NUMBERS, _("See one's own figures of work with contacts, and say something about them")),
    Permission(TEAM_NUMBERS, _("See the figures of the people of one's teams, beside what was to be expected")),
    NavItem("board", _("Board"), "traffic:board", VIEW, order=82),
    NavItem("traffic", _("Traffic"), "traffic:day", VIEW, order=83),
    NavItem("numbers", _("My numbers"), "traffic:numbers", NUMBERS, order=84),
    HomeCard(
        "traffic.numbers",
        ("representative",),
        own_card,
        "traffic/card_numbers.jinja",
        NUMBERS,
        order=55,
        column="side",
    ),
    LiveFeed(BOARD_FEED, VIEW, "citydesk.contact.traffic.queries.board.board_feed"),
    ProfileSection(
        "queues",
        ("queues.toml",),
        parse_queues,
        after=("calendars",),
        project="citydesk.contact.traffic.services.project_queues",
    ),
    ProfileSection("pauses", ("queues.toml",), parse_pauses),
    ProfileSection("trunks", ("queues.toml",), parse_trunks, after=("calendars",)),
    ProfileSection("monitoring", ("monitoring.toml",), parse_monitoring),
    ImportKind(IMPORT_KIND, _("Contacts of a switch")),
    SealedStore(
        "traffic.sources",
        "secrets of switches that send their records",
        "traffic.ContactSource",
        "secret",
        ("code",),
        SOURCE_PURPOSE,
    ),
    AuditCode("traffic.anomaly_settled", _("settled an anomaly of the switch: {reason}"), icon="tick"),
    AuditCode("traffic.agent_linked", _("said who an agent of the switch is"), icon="person"),
    AuditCode("traffic.paired", _("paired a call with the contact {contact}"), icon="link"),
    AuditCode("traffic.unpaired", _("took a call and a contact apart"), icon="ring-dash"),
    AuditCode("traffic.malfunction_reported", _("reported a malfunction: {what}"), icon="warning"),
    AuditCode("traffic.malfunction_ended", _("noted that it works again: {what}"), icon="tick"),
    AuditCode("traffic.malfunction_corrected", _("corrected a malfunction: {what}"), icon="edit"),
    AuditCode("traffic.numbers_noted", _("said something about a figure of the own week"), icon="edit"),
    AuditCode("traffic.source_made", _("let a switch send its records"), icon="key"),
    AuditCode("traffic.source_paused", _("paused a switch"), icon="ring-dash"),
    AuditCode("traffic.source_resumed", _("resumed a switch"), icon="tick"),
    RetentionSeries(
        "traffic.legs",
        _("Contacts of a switch, by days"),
        "ended_at",
        due=f"{_RECORDS}.legs_due",
        destroy=f"{_DESTRUCTION}.destroy_legs",
    ),
    RetentionSeries(
        "traffic.states",
        _("Agents' states, by days"),
        "ended_at",
        due=f"{_RECORDS}.states_due",
        destroy=f"{_DESTRUCTION}.destroy_states",
    ),
    RetentionSeries(
        "traffic.anomalies",
        _("Settled anomalies of switches"),
        "finished_at",
        due=f"{_RECORDS}.anomalies_due",
        destroy=f"{_DESTRUCTION}.destroy_anomalies",
    ),
    RetentionSeries(
        "traffic.notes",
        _("What people said about their own numbers"),
        "made_at",
        due=f"{_RECORDS}.notes_due",
        destroy=f"{_DESTRUCTION}.destroy_notes",
    ),
    RetentionPart("traffic.of_contact", "interactions.contact", f"{_DESTRUCTION}.destroy_of_contacts"),
)

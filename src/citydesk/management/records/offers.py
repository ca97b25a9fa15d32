"""What records offers the house."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from citydesk.city.customers import queries as customers
from citydesk.city.profile.rules import Item, Reading
from citydesk.kernel.actors import Access
from citydesk.kernel.decisions import Decision
from citydesk.kernel.registries import (
    AuditCode,
    ExampleKind,
    FileGuard,
    HomeCard,
    NavItem,
    Panel,
    Permission,
    ProfileSection,
    RetentionSeries,
    Subscription,
    registries,
)
from citydesk.management.records import choices, queries
from citydesk.management.records.rules import sections

_QUERIES = "citydesk.management.records.queries"


def parse_retention(reading: Reading) -> list[Item]:
    """The retention schedule; the kinds of record are those that rooms declare."""
    return sections.parse_retention(reading, kinds=sorted(registries.retention))


def build_due(access: Access, now: datetime) -> dict[str, Any]:
    """Public-records requests that are open, and late, for opening pages."""
    return queries.count_due(access, now)


def build_emergency(access: Access, now: datetime) -> dict[str, Any]:
    """What the reader keeps and others opened in an emergency, as long as they have not looked."""
    return {"unseen": queries.count_unseen(access)}


def build_file(access: Access, object_id: int, now: datetime) -> dict[str, Any] | None:
    """The ways to all readings of a person's file and to the copy of their data, on the person's page."""
    label = customers.labels([object_id]).get(object_id)
    return {"number": label.number, "may_export": access.may(choices.EXPORT_PERSON)} if label else None


registries.add(
    Panel("records.file", "customers.customer", build_file, "records/panel_file.jinja", choices.READERS, order=90),
    FileGuard(choices.EXPORT_PURPOSE, f"{_QUERIES}.may_open_export"),
    Permission(choices.BREAK_GLASS, _("Open one record told in confidence in an emergency")),
    Permission(choices.EMERGENCY_REPORT, _("See what was opened in an emergency, by month")),
    Permission(choices.EMERGENCY_TOLD, _("Be told on the opening page when one's record was opened in an emergency")),
    NavItem(
        "records.emergency", _("Emergency openings"), "records:emergency_report", choices.EMERGENCY_REPORT, order=116
    ),
    AuditCode("records.emergency_opened", _("opened it in an emergency"), icon="lock_open"),
    AuditCode("records.emergency_refused", _("tried to open {object} in an emergency"), icon="lock"),
    HomeCard(
        "records.emergency",
        ("supervisor", "department", "director"),
        build_emergency,
        "records/card_emergency.jinja",
        choices.EMERGENCY_TOLD,
        order=5,
    ),
    Subscription("staff.SignedOut", "citydesk.management.records.handlers.on_signed_out"),
    Subscription("staff.PersonDisabled", "citydesk.management.records.handlers.on_disabled"),
    AuditCode("records.person_exported", _("handed out the copy of the person's data"), icon="file_download"),
    ProfileSection("records_law", ("public_records.toml",), sections.parse_law, after=("calendars",)),
    ProfileSection("exemptions", ("public_records.toml",), sections.parse_exemptions),
    ExampleKind("records_due", f"{_QUERIES}.run_due_example"),
    Permission(choices.TAKE, _("Take down requests for public records")),
    Permission(choices.RESPOND, _("Answer requests for public records")),
    Permission(choices.READERS, _("See who read the files of residents")),
    Permission(choices.EXPORT_PERSON, _("Hand out the copy of one person's data")),
    FileGuard(choices.PRODUCTION_PURPOSE, f"{_QUERIES}.may_open_production"),
    HomeCard(
        "records.due",
        ("representative", "supervisor", "director"),
        build_due,
        "records/card_due.jinja",
        choices.RESPOND,
        order=12,
    ),
    AuditCode("records.asked", _("asked for public records"), icon="bubble", is_public=True),
    AuditCode("records.extended", _("took more time for the answer"), icon="clock", is_public=True),
    AuditCode("records.searched", _("searched for {text}"), icon="search"),
    AuditCode("records.decided", _("decided what was found: {state}"), icon="tick"),
    AuditCode("records.redacted", _("took something out of {record}"), icon="edit"),
    AuditCode("records.unredacted", _("took a mark back in {record}"), icon="edit"),
    AuditCode("records.produced", _("handed over {pages} pages"), icon="arrow", is_public=True),
    AuditCode("records.closed", _("closed the request: {reason}"), icon="disc", is_public=True),
)
registries.add(
    RetentionSeries(
        choices.REQUEST_TYPE,
        _("Public-records requests"),
        "closed_at",
        due=f"{_QUERIES}.asked.requests_due",
        destroy="citydesk.management.records.services.destruction.destroy_requests",
    ),
    ProfileSection("retention", ("retention.toml",), parse_retention, after=("city",)),
    ExampleKind("retention", f"{_QUERIES}.run_retention_example"),
    Permission(choices.VIEW, _("See the retention schedule, holds and disposals")),
    Permission(choices.DISPOSE, _("Propose records for destruction")),
    Permission(choices.APPROVE, _("Sign or refuse the destruction that others propose")),
    Permission(choices.HOLD, _("Place and release legal holds")),
    NavItem("records", _("Records"), "records:home", choices.VIEW, order=115),
    FileGuard(choices.CERTIFICATE_PURPOSE, f"{_QUERIES}.may_open_certificate"),
    AuditCode("records.hold_placed", _("placed a legal hold: {title}"), icon="lock"),
    AuditCode("records.hold_released", _("released the legal hold"), icon="lock"),
    AuditCode("records.disposal_proposed", _("proposed {records} records for destruction"), icon="archive"),
    AuditCode("records.disposal_approved", _("signed the destruction"), icon="tick"),
    AuditCode("records.disposal_refused", _("refused the destruction"), icon="ring-dash"),
    AuditCode("records.disposal_done", _("finished the destruction: {destroyed} destroyed, {kept} kept"), icon="disc"),
    AuditCode("records.destroyed", _("destroyed the record under {proof}"), icon="disc"),
)
registries.add(
    Decision(
        "records.disposals",
        _("Records to be destroyed"),
        f"{_QUERIES}.decisions.disposals",
        choices.APPROVE,
        "records:disposals",
        one_url_name="records:disposal",
        order=40,
    ),
    Decision(
        "records.found",
        _("Records found for public-records requests"),
        f"{_QUERIES}.decisions.found",
        choices.RESPOND,
        "records:requests",
        one_url_name="records:request",
        order=41,
    ),
)

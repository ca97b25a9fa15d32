"""What records offers the house."""

from django.utils.translation import gettext_lazy as _

from citydesk.city.profile.rules import Item, Reading
from citydesk.kernel.registries import (
    AuditCode,
    ExampleKind,
    FileGuard,
    NavItem,
    Permission,
    ProfileSection,
    registries,
)
from citydesk.management.records import choices
from citydesk.management.records.rules import sections

_QUERIES = "citydesk.management.records.queries"


def parse_retention(reading: Reading) -> list[Item]:
    """The retention schedule; the kinds of record are those that rooms declare."""
    return sections.parse_retention(reading, kinds=sorted(registries.retention))


registries.add(
    ProfileSection("retention", ("retention.toml",), parse_retention, after=("city",)),
    ExampleKind("retention", f"{_QUERIES}.run_retention_example"),
    Permission(choices.VIEW, _("See the retention schedule, holds and disposals")),
    Permission(choices.DISPOSE, _("Propose records for destruction")),
    Permission(choices.APPROVE, _("Sign or refuse the destruction that others propose")),
    Permission(choices.HOLD, _("Place and release legal holds")),
    NavItem("records", _("Records"), "records:home", choices.VIEW, order=75),
    FileGuard(choices.CERTIFICATE_PURPOSE, f"{_QUERIES}.may_open_certificate"),
    AuditCode("records.hold_placed", _("placed a legal hold: {title}"), icon="lock"),
    AuditCode("records.hold_released", _("released the legal hold"), icon="lock"),
    AuditCode("records.disposal_proposed", _("proposed {records} records for destruction"), icon="archive"),
    AuditCode("records.disposal_approved", _("signed the destruction"), icon="tick"),
    AuditCode("records.disposal_refused", _("refused the destruction"), icon="ring-dash"),
    AuditCode("records.disposal_done", _("finished the destruction: {destroyed} destroyed, {kept} kept"), icon="disc"),
    AuditCode("records.destroyed", _("destroyed the record under {proof}"), icon="disc"),
)

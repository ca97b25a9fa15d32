"""What workforce offers the house: the rights to plan staff, groups in the profile, its pages in the bar."""

from django.utils.translation import gettext_lazy as _

from citydesk.kernel.registries import AuditCode, NavItem, Permission, ProfileSection, registries
from citydesk.management.workforce.choices import FLAG_SECTION, FORECAST, SECTION, VIEW
from citydesk.management.workforce.rules import profile

registries.add(
    Permission(VIEW, _("Ask how many people a load needs")),
    Permission(FORECAST, _("Put one's own word in place of a forecast")),
    NavItem("workforce", _("Staffing"), "workforce:what_if", VIEW, order=760),
    ProfileSection(
        SECTION,
        ("staffing.toml",),
        profile.parse_staffing,
        after=("calendars", "queues", "teams"),
        project="citydesk.management.workforce.services.project_groups",
        check=profile.check_staffing,
    ),
    ProfileSection(FLAG_SECTION, ("staffing.toml",), profile.parse_flags, after=("holidays", "queues")),
    AuditCode("workforce.override_made", _("put {amount} in place of the forecast of {object}: {reason}"), icon="edit"),
    AuditCode("workforce.override_ended", _("let the forecast's own values of {object} stand again"), icon="undo"),
    AuditCode("workforce.method_changed", _("foretells {object} by {after}, no longer by {before}"), icon="flag"),
)

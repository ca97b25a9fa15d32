"""What the profile room offers the house."""

from django.utils.translation import gettext_lazy as _

from citydesk.city.profile import rules
from citydesk.kernel.registries import AuditCode, Permission, ProfileSection, registries

registries.add(
    Permission("profile.view", _("See the city profile, its loads and where its values come from")),
    Permission("profile.load", _("Load a city profile")),
    AuditCode(
        "profile.loaded", _("loaded the profile: {added} added, {changed} changed, {closed} closed"), icon="tune"
    ),
    ProfileSection("city", ("city.toml",), rules.parse_city, required=True),
    ProfileSection("holidays", ("calendars.toml",), rules.parse_holidays),
    ProfileSection("calendars", ("calendars.toml",), rules.parse_calendars, after=("holidays",), required=True),
    ProfileSection("kpis", ("kpis.toml",), rules.parse_kpis),
    ProfileSection("caller_classes", ("contacts.toml",), rules.parse_caller_classes, after=("roles", "teams")),
    ProfileSection("interpreters", ("contacts.toml",), rules.parse_interpreters),
    ProfileSection("contact_scripts", ("contacts.toml",), rules.parse_contact_scripts),
    ProfileSection("portal_tiles", ("portal.toml",), rules.parse_portal_tiles, after=("services", "articles")),
    ProfileSection("portal_quick", ("portal.toml",), rules.parse_portal_quick, after=("services", "articles")),
    ProfileSection("sample_year", ("sample_year.toml",), rules.parse_sample_year, after=("services",)),
    ProfileSection("sample_questions", ("sample_year.toml",), rules.parse_sample_questions, after=("articles",)),
    ProfileSection(
        "sample_stories",
        ("sample_stories.toml",),
        rules.parse_sample_stories,
        after=("services", "agencies", "complaint_classes"),
    ),
    ProfileSection("ask_office", ("ask_office.toml",), rules.parse_ask_office),
)

"""What the staff room offers the house."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from citydesk.city.staff import rules
from citydesk.kernel.decisions import Decision
from citydesk.kernel.registries import AuditCode, ImportKind, NavItem, Permission, ProfileSection, registries
from citydesk.kernel.sealed import SealedStore
from citydesk.kernel.shell import provide
from citydesk.kernel.step_up import StepUp, provide_step_up

_SERVICES = "citydesk.city.staff.services"

registries.add(
    Permission("staff.own_account", _("Manage one's own account")),
    Permission("staff.view", _("See people, teams and roles")),
    Permission("staff.manage", _("Make and disable accounts, give roles and teams")),
    Permission("staff.absences", _("Enter absences")),
    Permission("staff.directory", _("Use the transfer directory")),
    NavItem("staff.people", _("People"), "staff:people", "staff.view", order=800),
    NavItem("staff.directory", _("Directory"), "staff:directory", "staff.directory", order=700),
    AuditCode("staff.api_key_made", _("made the API key {object}"), icon="key"),
    AuditCode("staff.api_key_revoked", _("revoked the API key {object}"), icon="key"),
    AuditCode("staff.office_imported", _("imported the office {object}"), icon="plus"),
    AuditCode("staff.office_changed", _("changed the office {object} by an import"), icon="edit"),
    SealedStore(
        "staff.factors",
        "second factors",
        "mfa.Authenticator",
        "data",
        ("user__username", "type"),
        turn="citydesk.city.staff.adapters.factors.sealed_anew",
    ),
    ImportKind(
        "offices",
        _("Offices"),
        "citydesk.city.staff.services.importing.used_offices",
        "citydesk.city.staff.services.importing.take_back_offices",
    ),
    AuditCode("staff.user_created", _("made the account {username}"), icon="person"),
    AuditCode("staff.user_changed", _("changed the account's particulars"), icon="person"),
    AuditCode("staff.user_disabled", _("disabled the account"), icon="person"),
    AuditCode("staff.user_enabled", _("opened the account again"), icon="person"),
    AuditCode("staff.sessions_ended", _("ended all sessions"), icon="person"),
    AuditCode("staff.password_reset", _("took the password away and had a new one set"), icon="key"),
    AuditCode("staff.password_changed", _("set a new password"), icon="key"),
    AuditCode("staff.second_factor_removed", _("removed the second factor of a lost device"), icon="key"),
    AuditCode("staff.factor_added", _("added a second factor: {kind}"), icon="key"),
    AuditCode("staff.factor_removed", _("removed a second factor: {kind}"), icon="key"),
    AuditCode("staff.identity_linked", _("linked the sign-in of {provider}"), icon="key"),
    AuditCode("staff.signed_in", _("signed in with {methods}"), icon="login"),
    AuditCode("staff.signed_out", _("signed out"), icon="login"),
    AuditCode("staff.sign_in_failed", _("failed to sign in with {method}"), icon="login"),
    AuditCode("staff.refused", _("was refused the page {page}"), icon="lock"),
    AuditCode("staff.role_granted", _("gave the role {role}"), icon="badge"),
    AuditCode("staff.role_requested", _("asked for the role {role}"), icon="badge"),
    AuditCode("staff.role_refused", _("refused the role {role}"), icon="badge"),
    AuditCode("staff.role_withdrawn", _("took the request for the role {role} back"), icon="badge"),
    AuditCode("staff.role_revoked", _("took the role {role} away"), icon="badge"),
    AuditCode("staff.team_joined", _("put into the team {team}"), icon="group"),
    AuditCode("staff.team_left", _("took out of the team {team}"), icon="group"),
    AuditCode("staff.transferred", _("moved from the team {team} to {to}"), icon="group"),
    AuditCode("staff.skill_added", _("noted the skill {skill}"), icon="badge"),
    AuditCode("staff.skill_removed", _("struck the skill {skill}"), icon="badge"),
    AuditCode("staff.absence_set", _("entered an absence"), icon="event"),
    AuditCode("staff.absence_ended", _("ended an absence"), icon="event"),
    AuditCode("staff.absence_cancelled", _("cancelled an absence"), icon="event"),
    ProfileSection(
        "departments", ("departments.toml",), rules.parse_departments, project=f"{_SERVICES}.project_departments"
    ),
    ProfileSection("skills", ("skills.toml",), rules.parse_skills, project=f"{_SERVICES}.project_skills"),
    ProfileSection("absence_kinds", ("skills.toml",), rules.parse_absence_kinds),
    ProfileSection(
        "teams",
        ("departments.toml",),
        rules.parse_teams,
        after=("departments", "calendars", "skills"),
        project=f"{_SERVICES}.project_teams",
    ),
    ProfileSection("roles", ("roles.toml",), rules.parse_roles, project=f"{_SERVICES}.project_roles"),
    ProfileSection(
        "people",
        ("people.toml",),
        rules.parse_people,
        after=("roles", "teams", "skills"),
        project=f"{_SERVICES}.project_people",
    ),
    ProfileSection(
        "directory",
        ("directory.toml",),
        rules.parse_directory,
        after=("departments", "calendars", "people"),
        project=f"{_SERVICES}.project_directory",
    ),
)


def _own_keys(request: HttpRequest) -> dict[str, Any]:
    """The reader's own keys, from the person the session belongs to: no statement of its own."""
    user: Any = request.user
    return {"map": user.key_map, "letters": user.has_keys} if user.is_authenticated else {}


provide("duty", lambda request: request.user.desk if request.user.is_authenticated else "")
provide("keys", _own_keys)


def _session_of(request: HttpRequest) -> dict[str, str] | None:
    """Whose page it is, where it asks how long they stay signed in, and the door."""
    user: Any = request.user
    if not user.is_authenticated:
        return None
    return {"who": str(user.pk), "url": reverse("staff:session"), "door": reverse("account_login")}


def _links_of_user(request: HttpRequest) -> list[tuple[Any, str]]:
    """What stands under a person's name: their account, and the practice city where there is one."""
    links: list[tuple[Any, str]] = [(_("My account"), reverse("staff:account"))]
    if settings.PRACTICE_URL and not settings.PRACTICE:
        links.append((_("Practice city"), settings.PRACTICE_URL))
    return links


provide("user_links", _links_of_user)
provide("session", _session_of)
_FRESHNESS = "citydesk.city.staff.views.freshness"
provide_step_up(StepUp(f"{_FRESHNESS}.is_proved_again", f"{_FRESHNESS}.confirm_address"))
registries.add(
    Decision(
        "staff.roles",
        _("Roles for people"),
        "citydesk.city.staff.queries.decisions.roles",
        "staff.manage",
        "staff:people",
        order=70,
    ),
)

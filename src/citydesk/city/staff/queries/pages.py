"""Reads for the room's own pages: each in a number of statements that does not grow with the rows."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Q
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from citydesk.city.profile.queries import entries
from citydesk.city.staff.choices import ABSENCES, MANAGE, AbsenceKind, GrantRequestState
from citydesk.city.staff.models import (
    Absence,
    AuthorityLimit,
    Department,
    Role,
    RoleGrant,
    RoleGrantRequest,
    Skill,
    Team,
    TeamMembership,
    User,
    UserSkill,
)
from citydesk.city.staff.queries.days import city_date
from citydesk.city.staff.queries.people import absences_at
from citydesk.city.staff.queries.sign_in import Factors, factors_of
from citydesk.city.staff.rules import in_language
from citydesk.kernel.actors import Access
from citydesk.kernel.audit import HistoryLine, history_of
from citydesk.kernel.errors import NotFound
from citydesk.kernel.registries import registries
from citydesk.kernel.versions import mark_of

MOST_PEOPLE = 500


@dataclass
class PersonRow:
    """A line of the list of people."""

    id: int
    username: str
    name: str
    desk: str
    is_active: bool
    is_sample: bool
    last_seen_at: datetime | None
    roles: list[str] = field(default_factory=list)
    teams: list[str] = field(default_factory=list)
    away_until: datetime | None = None
    is_away: bool = False


@dataclass(frozen=True)
class Grant:
    id: int
    role: str
    name: str
    department: str
    first: date
    last: date | None
    is_in_force: bool


@dataclass(frozen=True)
class Membership:
    team: str
    name: str
    is_lead: bool
    first: date
    until: date | None
    is_in_force: bool


@dataclass(frozen=True)
class AbsenceRow:
    id: int
    starts_at: datetime
    ends_at: datetime | None
    kind: str  # empty when the reader may not see it
    is_running: bool


@dataclass(frozen=True)
class PersonPage:
    """One person as the page shows them; what the reader may do with the account decides what is drawn."""

    id: int
    username: str
    name: str
    email: str
    phone: str
    desk: str
    language: str
    is_active: bool
    disabled_at: datetime | None
    is_sample: bool
    last_seen_at: datetime | None
    has_password: bool
    factors: Factors
    grants: list[Grant]
    memberships: list[Membership]
    skills: list[tuple[str, str]]
    absences: list[AbsenceRow]
    history: list[HistoryLine]
    may_manage: bool
    may_enter_absences: bool
    is_self: bool

    @property
    def seen(self) -> str:
        """The mark of the particulars as they stand, which the form carries: nobody writes over others unseen."""
        return mark_of({"name": self.name, "desk": self.desk, "phone": self.phone, "email": self.email})


@dataclass(frozen=True)
class WaitingGrant:
    """A role that waits for a second person."""

    id: int
    username: str
    person: str
    role: str
    department: str
    reason: str
    requested_by: str
    requested_by_id: int
    user_id: int
    requested_at: datetime


@dataclass(frozen=True)
class RoleRow:
    code: str
    name: str
    permissions: list[tuple[str, str]]
    limits: list[tuple[str, Any]]
    is_sensitive: bool
    requires_mfa: bool
    holders: int


@dataclass
class TeamPage:
    code: str
    name: str
    department: str
    kind: str
    calendar_code: str
    people: list[tuple[str, str, bool, bool]] = field(default_factory=list)  # username, name, is lead, is away


def list_people_page(access: Access, *, text: str, state: str, now: datetime) -> list[PersonRow]:
    """People by name: `state` is active, away, disabled or all. Four statements."""
    users = User.objects.visible_to(access).order_by("name", "id")
    if state in ("active", "away"):
        users = users.filter(is_active=True)
    elif state == "disabled":
        users = users.filter(is_active=False)
    if text.strip():
        users = users.filter(Q(name__icontains=text.strip()) | Q(username__icontains=text.strip()))
    away = dict(absences_at(now).values_list("user_id", "ends_at"))
    if state == "away":
        users = users.filter(pk__in=list(away))
    columns = ("id", "username", "name", "desk", "is_active", "is_sample", "last_seen_at")
    rows = {row["id"]: PersonRow(**row) for row in users.values(*columns)[:MOST_PEOPLE]}
    _add_roles_and_teams(rows, city_date(now))
    for user_id, row in rows.items():
        row.is_away, row.away_until = user_id in away, away.get(user_id)
    return list(rows.values())


def get_person_page(access: Access, username: str, now: datetime) -> PersonPage:
    """One person with everything the page shows. Raises `NotFound` for whom the reader may not see."""
    user = User.objects.visible_to(access).filter(username=username.lower()).first()
    if user is None:
        raise NotFound(_("There is no such person."))
    may_manage, is_self = access.may(MANAGE), access.actor.staff_id == user.pk
    may_enter = access.may(ABSENCES) or may_manage
    return PersonPage(
        id=user.pk,
        username=user.username,
        name=user.name,
        email=user.email,
        phone=user.phone,
        desk=user.desk,
        language=user.language,
        is_active=user.is_active,
        disabled_at=user.disabled_at,
        is_sample=user.is_sample,
        last_seen_at=user.last_seen_at,
        has_password=user.has_usable_password(),
        factors=factors_of(user.pk),
        grants=_grants(user, city_date(now)),
        memberships=_memberships(user, city_date(now)),
        skills=_skills(user, city_date(now)),
        absences=_absences(user, now, sees_kind=may_enter or is_self),
        history=history_of("staff.User", user.pk, limit=60) if may_manage or is_self else [],
        may_manage=may_manage,
        may_enter_absences=may_enter,
        is_self=is_self,
    )


def access_choices() -> dict[str, list[tuple[str, str]]]:
    """(code, name) of roles, departments, teams, skills and absence kinds for the person page's forms."""
    language = get_language() or "en"
    named = {"roles": Role, "departments": Department, "teams": Team, "skills": Skill}
    found = {
        key: sorted(
            (
                (code, in_language(names, language, default=name))
                for code, name, names in model.objects.filter(is_active=True).values_list("code", "name", "names")  # type: ignore[attr-defined]  # any of three models
            ),
            key=lambda one: one[1],
        )
        for key, model in named.items()
    }
    found["absence_kinds"] = absence_kinds()
    return found


def absence_kinds() -> list[tuple[str, str]]:
    """The profile's kinds of absence; the house's own before a profile is loaded."""
    language = get_language() or "en"
    kinds = entries("absence_kinds", date.max)
    if kinds:
        return [(code, in_language(body["name"], language)) for code, body in kinds.items()]
    words = {
        AbsenceKind.SICK: _("Sick"),
        AbsenceKind.VACATION: _("Vacation"),
        AbsenceKind.TRAINING: _("Training"),
        AbsenceKind.OTHER: pgettext("absence", "Other"),
    }
    return [(kind.value, word) for kind, word in words.items()]


def waiting_grants() -> list[WaitingGrant]:
    """Roles that wait for a second person, the oldest first."""
    rows = RoleGrantRequest.objects.filter(state=GrantRequestState.WAITING).select_related(
        "user", "role", "department", "requested_by"
    )
    return [
        WaitingGrant(
            id=row.pk,
            username=row.user.username,
            person=row.user.name,
            role=in_language(row.role.names, get_language() or "en", default=row.role.name),
            department=row.department.name if row.department else "",
            reason=row.reason,
            requested_by=row.requested_by.name,
            requested_by_id=row.requested_by_id,
            user_id=row.user_id,
            requested_at=row.requested_at,
        )
        for row in rows.order_by("requested_at", "id")
    ]


def list_roles(now: datetime) -> list[RoleRow]:
    """Roles with their rights in words, limits and number of holders today. Two statements."""
    language = get_language() or "en"
    limits: dict[int, list[tuple[str, Any]]] = defaultdict(list)
    for role_id, code, amount in AuthorityLimit.objects.order_by("code").values_list("role_id", "code", "amount"):
        limits[role_id].append((code, amount))
    held = RoleGrant.objects.filter(valid__contains=city_date(now), user__is_active=True)
    holders = dict(held.order_by().values_list("role_id").annotate(n=Count("user_id", distinct=True)))
    return [
        RoleRow(
            code=role.code,
            name=in_language(role.names, language, default=role.name),
            permissions=[(code, _label_of(code)) for code in role.permissions],
            limits=limits[role.pk],
            is_sensitive=role.is_sensitive,
            requires_mfa=role.requires_mfa,
            holders=holders.get(role.pk, 0),
        )
        for role in Role.objects.filter(is_active=True).order_by("position", "code")
    ]


def teams_with_people(now: datetime) -> list[TeamPage]:
    """Teams by department with today's members; who is away is marked. Three statements."""
    language = get_language() or "en"
    away = set(absences_at(now).values_list("user_id", flat=True))
    teams = Team.objects.filter(is_active=True).select_related("department").order_by("department__position", "name")
    pages = {
        team.pk: TeamPage(
            team.code, team.name_in(language), team.department.name_in(language), team.kind, team.calendar_code
        )
        for team in teams
    }
    members = TeamMembership.objects.filter(valid__contains=city_date(now), user__is_active=True)
    columns = ("team_id", "user__username", "user__name", "is_lead", "user_id")
    for team_id, username, name, is_lead, user_id in members.order_by("-is_lead", "user__name").values_list(*columns):
        if team_id in pages:
            pages[team_id].people.append((username, name, is_lead, user_id in away))
    return list(pages.values())


def _label_of(code: str) -> str:
    declared = registries.permissions.get(code)
    return str(declared.label) if declared else code


def _add_roles_and_teams(rows: dict[int, PersonRow], on: date) -> None:
    language = get_language() or "en"
    grants = RoleGrant.objects.filter(user_id__in=list(rows), valid__contains=on, role__is_active=True)
    order = ("role__position", "role__code")
    for user_id, name, names in grants.order_by(*order).values_list("user_id", "role__name", "role__names"):
        rows[user_id].roles.append(in_language(names, language, default=name))
    members = TeamMembership.objects.filter(user_id__in=list(rows), valid__contains=on, team__is_active=True)
    for user_id, name, names in members.order_by("team__name").values_list("user_id", "team__name", "team__names"):
        rows[user_id].teams.append(in_language(names, language, default=name))


def _grants(user: User, on: date) -> list[Grant]:
    language = get_language() or "en"
    found = []
    rows = RoleGrant.objects.filter(user=user, valid__isempty=False).select_related("role", "department")
    for row in rows.order_by("role__position", "id"):
        if row.valid.upper and row.valid.upper <= on:
            continue
        found.append(
            Grant(
                id=row.pk,
                role=row.role.code,
                name=in_language(row.role.names, language, default=row.role.name),
                department=row.department.name_in(language) if row.department else "",
                first=row.valid.lower,
                last=row.valid.upper,
                is_in_force=on in row.valid,
            )
        )
    return found


def _memberships(user: User, on: date) -> list[Membership]:
    language = get_language() or "en"
    rows = TeamMembership.objects.filter(user=user, valid__isempty=False).select_related("team").order_by("team__name")
    return [
        Membership(
            row.team.code, row.team.name_in(language), row.is_lead, row.valid.lower, row.valid.upper, on in row.valid
        )
        for row in rows
        if not row.valid.upper or row.valid.upper > on
    ]


def _skills(user: User, on: date) -> list[tuple[str, str]]:
    language = get_language() or "en"
    rows = UserSkill.objects.filter(user=user, valid__contains=on).select_related("skill").order_by("skill__name")
    return [(row.skill.code, in_language(row.skill.names, language, default=row.skill.name)) for row in rows]


def _absences(user: User, now: datetime, *, sees_kind: bool) -> list[AbsenceRow]:
    kinds = dict(absence_kinds())
    rows = Absence.objects.filter(Q(ends_at=None) | Q(ends_at__gt=now), user=user, is_cancelled=False)
    return [
        AbsenceRow(
            row.pk, row.starts_at, row.ends_at, kinds.get(row.kind, row.kind) if sees_kind else "", row.starts_at <= now
        )
        for row in rows.order_by("starts_at")
    ]

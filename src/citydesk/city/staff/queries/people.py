"""Who works here: people, teams, absences, for other rooms' screens and decisions."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from citydesk.city.staff.models import Absence, Department, RoleGrant, Skill, Team, TeamMembership, User, UserSkill
from citydesk.city.staff.queries.days import city_date
from citydesk.city.staff.rules import in_language
from citydesk.kernel.errors import NotFound


@dataclass(frozen=True)
class Person:
    """A member of staff as other rooms show them."""

    id: int
    username: str
    name: str
    desk: str
    phone: str
    email: str
    language: str
    languages: tuple[str, ...]
    is_active: bool


@dataclass(frozen=True)
class TeamRow:
    """A team with its department, as other rooms show it. `name` is in the language of who reads, whoever asked first:
    rows are kept for all; `city_name` is in the city's first language, for what is written down."""

    id: int
    code: str
    city_name: str
    names: dict[str, str]
    kind: str
    calendar_code: str
    mail: str
    skill_codes: tuple[str, ...]
    department_id: int
    department_code: str
    department_names: dict[str, str]
    is_active: bool

    @property
    def name(self) -> str:
        return in_language(self.names, get_language() or "", default=self.city_name)

    @property
    def department_name(self) -> str:
        return in_language(self.department_names, get_language() or "")


@dataclass(frozen=True)
class DepartmentRow:
    """A department, as other rooms show it; `name` in the language of who reads, `city_name` in the city's first."""

    id: int
    code: str
    city_name: str
    names: dict[str, str]
    mail: str
    is_active: bool

    @property
    def name(self) -> str:
        return in_language(self.names, get_language() or "", default=self.city_name)


@dataclass(frozen=True)
class AbsentPerson:
    """Somebody who is away now; `ends_at` None means until further notice. The kind is nobody else's business."""

    absence_id: int
    user_id: int
    name: str
    starts_at: datetime
    ends_at: datetime | None


def get_user(user_id: int) -> Person:
    """One person, active or not. Raises `NotFound`."""
    return _one_person(Q(pk=user_id))


def user_by_username(username: str) -> Person:
    """One person by sign-in name, in any case of letters. Raises `NotFound`."""
    return _one_person(Q(username=username.strip().lower()))


def names_of(user_ids: Iterable[int]) -> dict[int, str]:
    """Names for a list's column, in one statement."""
    return dict(User.objects.filter(pk__in=set(user_ids)).values_list("pk", "name"))


def list_people(*, only_active: bool = True) -> list[Person]:
    """Everybody who works here, by name. The caller has authorised."""
    users = User.objects.order_by("name", "id")
    return [_person(user) for user in (users.filter(is_active=True) if only_active else users)]


def get_team(team_id: int) -> TeamRow:
    """One team, active or not. Raises `NotFound`."""
    return _one_team(Q(pk=team_id))


def team(code: str) -> TeamRow:
    """One team by its profile code. Raises `NotFound`."""
    return _one_team(Q(code=code))


def list_teams(*, kind: str = "", only_active: bool = True) -> list[TeamRow]:
    """Teams by department and name."""
    teams = Team.objects.select_related("department").order_by("department__name", "name", "id")
    if only_active:
        teams = teams.filter(is_active=True)
    return [_team(row) for row in (teams.filter(kind=kind) if kind else teams)]


def list_departments(*, only_active: bool = True) -> list[DepartmentRow]:
    """Departments by name."""
    rows = Department.objects.order_by("name", "id")
    return [_department(row) for row in (rows.filter(is_active=True) if only_active else rows)]


def department(code: str) -> DepartmentRow:
    """One department by its profile code. Raises `NotFound`."""
    row = Department.objects.filter(code=code).first()
    if row is None:
        raise NotFound(_("There is no such department."))
    return _department(row)


def people_of_team(team_id: int, now: datetime) -> list[Person]:
    """Active members of a team on the city's date, leads first."""
    members = memberships_in_force(now).filter(team_id=team_id, user__is_active=True)
    return [_person(row.user) for row in members.select_related("user").order_by("-is_lead", "user__name", "user_id")]


def leads_of_team(team_id: int, now: datetime) -> list[Person]:
    """The people who answer for a team on the city's date."""
    members = memberships_in_force(now).filter(team_id=team_id, is_lead=True, user__is_active=True)
    return [_person(row.user) for row in members.select_related("user").order_by("user__name", "user_id")]


def people_with_role(code: str, now: datetime, *, department_id: int | None = None) -> list[Person]:
    """Active people who hold a role on the city's date; for a department those who hold it there, or hold it
    everywhere and belong to one of its teams."""
    grants = RoleGrant.objects.filter(role__code=code, role__is_active=True, valid__contains=city_date(now))
    if department_id is not None:
        members = memberships_in_force(now).filter(team__department_id=department_id).values("user_id")
        grants = grants.filter(Q(department_id=department_id) | Q(department=None, user_id__in=members))
    users = User.objects.filter(pk__in=grants.values("user_id"), is_active=True).order_by("name", "id")
    return [_person(user) for user in users]


def is_member(user_id: int, team_id: int, now: datetime) -> bool:
    """Whether the person belongs to the team on the city's date."""
    return memberships_in_force(now).filter(user_id=user_id, team_id=team_id).exists()


def memberships_in_force(now: datetime) -> QuerySet[TeamMembership]:
    """Memberships of the city's date."""
    return TeamMembership.objects.filter(valid__contains=city_date(now))


def absences_at(now: datetime) -> QuerySet[Absence]:
    """Absences that cover `now`."""
    running = Q(ends_at=None) | Q(ends_at__gt=now)
    return Absence.objects.filter(running, starts_at__lte=now, is_cancelled=False)


def absent_now(now: datetime, *, team_ids: Iterable[int] | None = None) -> list[AbsentPerson]:
    """Who is away at `now`, of everybody or of some teams, by name."""
    rows = absences_at(now).filter(user__is_active=True)
    if team_ids is not None:
        rows = rows.filter(user_id__in=memberships_in_force(now).filter(team_id__in=set(team_ids)).values("user_id"))
    values = rows.order_by("user__name", "id").values_list("id", "user_id", "user__name", "starts_at", "ends_at")
    return [AbsentPerson(*row) for row in values]


def is_absent(user_id: int, now: datetime) -> bool:
    """Whether the person is away at `now`."""
    return absences_at(now).filter(user_id=user_id).exists()


def people_with_skill(code: str, now: datetime) -> list[Person]:
    """Active people who have a skill on the city's date and are not away."""
    holders = UserSkill.objects.filter(skill__code=code, valid__contains=city_date(now)).values("user_id")
    away = absences_at(now).values("user_id")
    users = User.objects.filter(pk__in=holders, is_active=True).exclude(pk__in=away).order_by("name", "id")
    return [_person(user) for user in users]


def skills_of(user_ids: Iterable[int], now: datetime) -> dict[int, frozenset[str]]:
    """Codes of the skills people have on the city's date, for schedules. One statement."""
    rows = UserSkill.objects.filter(user_id__in=set(user_ids), valid__contains=city_date(now), skill__is_active=True)
    found: dict[int, set[str]] = {}
    for user, code in rows.values_list("user_id", "skill__code"):
        found.setdefault(user, set()).add(code)
    return {user: frozenset(codes) for user, codes in found.items()}


def list_skills() -> list[tuple[str, str]]:
    """Skill codes and names, by name."""
    return list(Skill.objects.filter(is_active=True).order_by("name").values_list("code", "name"))


def _one_person(condition: Q) -> Person:
    user = User.objects.filter(condition).first()
    if user is None:
        raise NotFound(_("There is no such person."))
    return _person(user)


def _one_team(condition: Q) -> TeamRow:
    row = Team.objects.select_related("department").filter(condition).first()
    if row is None:
        raise NotFound(_("There is no such team."))
    return _team(row)


def _person(user: Any) -> Person:
    return Person(
        id=user.pk,
        username=user.username,
        name=user.name,
        desk=user.desk,
        phone=user.phone,
        email=user.email,
        language=user.language,
        languages=tuple(user.languages),
        is_active=user.is_active,
    )


def _team(row: Team) -> TeamRow:
    return TeamRow(
        id=row.pk,
        code=row.code,
        city_name=row.name,
        names=row.names,
        kind=row.kind,
        calendar_code=row.calendar_code,
        mail=row.mail,
        skill_codes=tuple(row.skill_codes),
        department_id=row.department_id,
        department_code=row.department.code,
        department_names=row.department.names or {"": row.department.name},
        is_active=row.is_active,
    )


def _department(row: Department) -> DepartmentRow:
    return DepartmentRow(row.pk, row.code, row.name, row.names, row.mail, row.is_active)

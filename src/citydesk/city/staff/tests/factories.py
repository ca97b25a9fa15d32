"""People, teams and roles for tests of this room and of every room above."""

import tomllib
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import encrypt
from django.db.backends.postgresql.psycopg_any import DateRange

from citydesk.city.staff.choices import TeamKind
from citydesk.city.staff.models import (
    AuthorityLimit,
    Department,
    Office,
    Role,
    RoleGrant,
    Skill,
    Team,
    TeamMembership,
    User,
    UserSkill,
)
from citydesk.city.staff.queries import access_for
from citydesk.city.staff.rules import search_text
from citydesk.kernel.actors import Access
from citydesk.kernel.clock import utc_now

_numbers = count(1)
ALWAYS = DateRange(date(2000, 1, 1), None)
ROLES_FILE = Path(__file__).parents[5] / "profiles/riverton/roles.toml"
PASSWORD = "kettle-orbit-walnut-stair"


@cache
def standard_role_data() -> dict[str, dict[str, Any]]:
    """The standard roles as the demo city's profile has them: code -> name, permissions, limits, sensitive, mfa."""
    return tomllib.loads(ROLES_FILE.read_text(), parse_float=Decimal)["role"]


def make_department(code: str = "", **fields: Any) -> Department:
    """A department, found again by its code."""
    code = code or f"department{next(_numbers)}"
    name = fields.pop("name", code.replace("_", " ").capitalize())
    return Department.objects.get_or_create(
        code=code, defaults={"name": name, "names": {"en": name, "es": name}, **fields}
    )[0]


def make_team(code: str = "", *, department: Department | str = "", **fields: Any) -> Team:
    """A team, found again by its code; its department is made when only a code is given."""
    code = code or f"team{next(_numbers)}"
    name = fields.pop("name", code.replace("_", " ").capitalize())
    found = Team.objects.filter(code=code).first()
    if found:
        return found
    if not isinstance(department, Department):
        department = make_department(department)
    return Team.objects.create(
        code=code,
        department=department,
        name=name,
        names={"en": name, "es": name},
        **{"kind": TeamKind.OFFICE, **fields},
    )


def make_role(code: str, permissions: list[str] | tuple[str, ...] | None = None, **fields: Any) -> Role:
    """A role; a standard one (by code) when no permissions are given. `limits` is code -> amount."""
    standard = standard_role_data().get(code, {}) if permissions is None else {}
    limits = fields.pop("limits", standard.get("limits", {}))
    values = {
        "name": standard.get("name", {}).get("en", code),
        "names": standard.get("name", {}),
        "permissions": list(permissions if permissions is not None else standard.get("permissions", [])),
        "is_sensitive": standard.get("sensitive", False),
        "requires_mfa": standard.get("mfa", False),
        **fields,
    }
    role, is_new = Role.objects.get_or_create(code=code, defaults=values)
    if not is_new and (permissions is not None or fields):
        Role.objects.filter(pk=role.pk).update(**values)
        role.refresh_from_db()
    for limit, amount in limits.items():
        AuthorityLimit.objects.update_or_create(role=role, code=limit, defaults={"amount": amount})
    return role


def standard_roles() -> dict[str, Role]:
    """All standard roles, made once; code -> role."""
    return {code: make_role(code) for code in standard_role_data()}


def make_user(
    username: str | None = None,
    roles: list[str | Role] | tuple[str | Role, ...] = (),
    teams: list[str | Team] | tuple[str | Team, ...] = (),
    *,
    password: str = "",
    **fields: Any,
) -> User:
    """A person with roles and teams in force for ever. Role and team codes are made when missing."""
    username = (username or f"person{next(_numbers)}").lower()
    user = User(**{"name": username.replace("_", " ").title(), "username": username, **fields})
    if password:
        user.set_password(password)
    else:
        user.set_unusable_password()
    user.save()
    for role in roles:
        give_role(user, role)
    if any(grant.role.requires_mfa for grant in RoleGrant.objects.filter(user=user).select_related("role")):
        add_second_factor(user)
    for team in teams:
        join_team(user, team)
    return user


def add_second_factor(user: User, secret: str = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP") -> Authenticator:
    """An authenticator app, so that duties which ask for a second factor are open to the person."""
    return Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": encrypt(secret)})


def give_role(user: User, role: str | Role, *, valid: DateRange = ALWAYS, department: Any = None) -> RoleGrant:
    """Grant a role directly, without the second person the service asks for."""
    role = role if isinstance(role, Role) else make_role(role)
    return RoleGrant.objects.create(user=user, role=role, valid=valid, department=department)


def join_team(user: User, team: str | Team, *, valid: DateRange = ALWAYS, is_lead: bool = False) -> TeamMembership:
    """Make the person a member."""
    team = team if isinstance(team, Team) else make_team(team)
    return TeamMembership.objects.create(user=user, team=team, valid=valid, is_lead=is_lead)


def leave_teams(*user_ids: int) -> None:
    """These people belong to no team any more, and never did."""
    TeamMembership.objects.filter(user_id__in=user_ids).delete()


def give_skill(user_id: int, code: str) -> None:
    """A person has a skill for ever; it is made when missing."""
    skill, _made = Skill.objects.get_or_create(
        code=code, defaults={"name": code.title(), "names": {"en": code.title()}}
    )
    UserSkill.objects.create(user_id=user_id, skill=skill, valid=ALWAYS)


def access_of(user: User, now: datetime | None = None) -> Access:
    """What the person may do at `now` (default: this moment)."""
    return access_for(user, now or utc_now())


def access_with(*permissions: str, **fields: Any) -> Access:
    """Access of a new person who holds just these permissions."""
    number = next(_numbers)
    return access_of(make_user(f"holder{number}", [make_role(f"role{number}", permissions)], **fields))


def make_office(code: str = "", **fields: Any) -> Office:
    """An office of the transfer directory, found by its name and subjects."""
    code = code or f"office{next(_numbers)}"
    name = fields.pop("name", code.replace("_", " ").capitalize())
    subjects = fields.pop("subjects", {"en": [], "es": []})
    names = {"en": name, "es": name}
    return Office.objects.create(
        code=code, name=name, names=names, subjects=subjects, search_text=search_text(names, subjects), **fields
    )

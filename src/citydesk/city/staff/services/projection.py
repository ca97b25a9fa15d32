"""The profile's departments, teams, roles, skills, offices and sample people, mirrored into this room's tables.

Each function gets the entries in force today and may run any number of times. What the profile no longer has is
switched off, never deleted: old requests name it.
"""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from allauth.account.models import EmailAddress
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import F, Model

from citydesk.city.staff.models import (
    AuthorityLimit,
    Department,
    Office,
    OfficePerson,
    Role,
    RoleGrant,
    Skill,
    Team,
    TeamMembership,
    User,
    UserSkill,
)
from citydesk.city.staff.rules import search_text
from citydesk.kernel.actors import Actor

Entries = Mapping[str, Mapping[str, Any]]
SINCE_EVER = date(1970, 1, 1)


def project_departments(*, entries: Entries, actor: Actor, now: datetime) -> None:
    """Mirror the section `departments`."""
    for code, body in entries.items():
        values = {
            **_names(body),
            "mail": body.get("email", ""),
            "phone": body.get("phone", ""),
            "position": body.get("order", 100),
        }
        Department.objects.update_or_create(code=code, defaults={**values, "is_active": True})
    _switch_off(Department, entries)


def project_teams(*, entries: Entries, actor: Actor, now: datetime) -> None:
    """Mirror the section `teams`; a crew's office team is linked when all teams are there."""
    departments = dict(Department.objects.values_list("code", "id"))
    for code, body in entries.items():
        values = {
            **_names(body),
            "department_id": departments[body["department"]],
            "kind": body["kind"],
            "calendar_code": body["calendar"],
            "mail": body.get("email", ""),
            "phone": body.get("phone", ""),
            "skill_codes": body.get("skills", []),
        }
        Team.objects.update_or_create(code=code, defaults={**values, "is_active": True})
    ids = dict(Team.objects.values_list("code", "id"))
    for code, body in entries.items():
        Team.objects.filter(code=code).update(part_of_id=ids.get(body.get("part_of", "")))
    _switch_off(Team, entries)


def project_roles(*, entries: Entries, actor: Actor, now: datetime) -> None:
    """Mirror the section `roles` with their authority limits; holders get a new session id if rights changed."""
    for code, body in entries.items():
        before = Role.objects.filter(code=code).values_list("permissions", flat=True).first()
        values = {
            **_names(body),
            "permissions": sorted(body["permissions"]),
            "is_sensitive": body.get("sensitive", False),
            "requires_mfa": body.get("mfa", False),
            "position": body.get("order", 100),
        }
        role, _is_new = Role.objects.update_or_create(code=code, defaults={**values, "is_active": True})
        _limits(role, body.get("limits", {}))
        if before is not None and sorted(before) != role.permissions:
            holders = RoleGrant.objects.filter(role=role).values("user_id")
            User.objects.filter(pk__in=holders).update(access_version=F("access_version") + 1)
    _switch_off(Role, entries)


def project_skills(*, entries: Entries, actor: Actor, now: datetime) -> None:
    """Mirror the section `skills`."""
    for code, body in entries.items():
        values = {**_names(body), "language": body.get("language", ""), "is_active": True}
        Skill.objects.update_or_create(code=code, defaults=values)
    _switch_off(Skill, entries)


def project_directory(*, entries: Entries, actor: Actor, now: datetime) -> None:
    """Mirror the section `directory`, with the people who answer for each office in their order."""
    departments = dict(Department.objects.values_list("code", "id"))
    people = {row.username: row for row in User.objects.all()}
    for code, body in entries.items():
        values = {
            **_names(body),
            "department_id": departments.get(body.get("department", "")),
            "subjects": body["subjects"],
            "search_text": search_text(body["name"], body["subjects"]),
            "phone": body.get("phone", ""),
            "mail": body.get("email", ""),
            "address": body.get("address", ""),
            "calendar_code": body.get("calendar", ""),
            "after_hours": body.get("after_hours_phone", ""),
            "emergency": body.get("emergency_phone", ""),
            "notes": body.get("note", {}),
            "is_city": body.get("is_city", True),
            "on_duty_skill": body.get("on_duty_skill", ""),
            # An office that was imported before is the profile's from now on.
            "source": "",
            "hours": None,
        }
        office, _is_new = Office.objects.update_or_create(code=code, defaults={**values, "is_active": True})
        OfficePerson.objects.filter(office=office).delete()
        named = [people[username] for username in body.get("people", []) if username in people]
        OfficePerson.objects.bulk_create(
            OfficePerson(office=office, user=user, name=user.name, phone=user.phone, position=position)
            for position, user in enumerate(named)
        )
    Office.objects.filter(source="", is_active=True).exclude(code__in=list(entries)).update(is_active=False)


def project_people(*, entries: Entries, actor: Actor, now: datetime) -> None:
    """Make the sample people of a demo city, with roles, teams and skills; those known already keep what changed.

    They have no password until one is set; a real account of the same name is left alone.
    """
    for code, body in entries.items():
        user = User.objects.filter(username=code.lower()).first()
        if user is not None and not user.is_sample:
            continue
        if user is None:
            user = User(username=code.lower(), is_sample=True)
            user.set_unusable_password()
        user.name, user.email, user.desk = body["name"], body.get("email", ""), body.get("desk", "")
        user.phone, user.language = body.get("phone", ""), body.get("language", "en")
        user.languages = body.get("languages", [])
        user.save()
        if user.email:
            defaults = {"verified": True, "primary": True}
            EmailAddress.objects.get_or_create(user=user, email=user.email.lower(), defaults=defaults)
        _give(user, body)


def _give(user: User, body: Mapping[str, Any]) -> None:
    """Roles, teams and skills the person never had; what a supervisor ended since is not given again."""
    valid = DateRange(SINCE_EVER, None)
    held = set(RoleGrant.objects.filter(user=user).values_list("role__code", flat=True))
    for role in Role.objects.filter(code__in=set(body.get("roles", [])) - held):
        RoleGrant.objects.create(user=user, role=role, valid=valid)
    joined = set(TeamMembership.objects.filter(user=user).values_list("team__code", flat=True))
    for team in Team.objects.filter(code__in=set(body.get("teams", [])) - joined):
        is_lead = team.code in body.get("lead_of", [])
        TeamMembership.objects.create(user=user, team=team, is_lead=is_lead, valid=valid)
    able = set(UserSkill.objects.filter(user=user).values_list("skill__code", flat=True))
    for skill in Skill.objects.filter(code__in=set(body.get("skills", [])) - able):
        UserSkill.objects.create(user=user, skill=skill, valid=valid)


def _names(body: Mapping[str, Any]) -> dict[str, Any]:
    """The profile's first language is the first of the texts."""
    names = dict(body["name"])
    return {"name": next(iter(names.values())), "names": names}


def _limits(role: Role, limits: Mapping[str, Any]) -> None:
    AuthorityLimit.objects.filter(role=role).exclude(code__in=list(limits)).delete()
    for code, amount in limits.items():
        AuthorityLimit.objects.update_or_create(role=role, code=code, defaults={"amount": Decimal(str(amount))})


def _switch_off(model: type[Model], entries: Entries) -> None:
    model.objects.exclude(code__in=list(entries)).filter(is_active=True).update(is_active=False)  # type: ignore[attr-defined]  # any of three models

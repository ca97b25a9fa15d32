"""From role grants and memberships in force to the frozen `Access`, in one statement."""

import json
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import Exists, OuterRef, TextField
from django.db.models.functions import Cast, JSONObject

from citydesk.city.staff.choices import OWN_ACCOUNT
from citydesk.city.staff.models import AuthorityLimit, RoleGrant, TeamMembership, User
from citydesk.city.staff.queries.days import city_date
from citydesk.kernel.actors import NOBODY, Access
from citydesk.kernel.statements import run

# Stand-ins for the two values that change, found again in the parameters of the compiled statement.
_SOME_DAY, _SOME_USER = date(1, 1, 2), -41


def user_with_rights(user_id: int, now: datetime) -> User | None:
    """The user with all that `access_for` needs, in one statement; None if there is no such user.

    Every request asks this, and Django spends 10 ms of every request on writing the same SQL: it is written once a
    process, from the query below, and run with the day and the person of the moment.
    """
    sql, given, names = _statement()
    real: dict[Any, Any] = {_SOME_DAY: city_date(now), _SOME_USER: user_id}
    rows = run(sql, [real.get(one, one) if isinstance(one, date | int) else one for one in given])
    return _user(dict(zip(names, rows[0], strict=True))) if rows else None


@cache
def _statement() -> tuple[str, tuple[Any, ...], tuple[str, ...]]:
    """(the statement, its values, the names of its columns)."""
    query = _with_rights(_SOME_DAY).filter(pk=_SOME_USER).query
    sql, given = query.sql_with_params()
    columns = [str(field.column) for field in User._meta.concrete_fields]
    return sql, tuple(given), (*columns, *query.annotation_select)


def _user(values: dict[str, Any]) -> User:
    """The row as Django would have made it, with the three annotations read from JSON."""
    fields = User._meta.concrete_fields
    columns = [_from_database(field, values[str(field.column)]) for field in fields]
    user: Any = User.from_db(connection.alias, [field.attname for field in fields], columns)
    user.grants_in_force = [json.loads(one) if isinstance(one, str) else one for one in values["grants_in_force"]]
    user.teams_in_force = [json.loads(one) if isinstance(one, str) else one for one in values["teams_in_force"]]
    user.has_second_factor = values["has_second_factor"]
    return user


def _from_database(field: Any, value: Any) -> Any:
    convert = getattr(field, "from_db_value", None)
    return convert(value, field, connection) if convert and value is not None else value


def access_for(user: Any, now: datetime) -> Access:
    """What the person may do at `now`: the union of role grants in force and the teams of the day.

    Nobody signed in, or a disabled person, gets `NOBODY`. One statement, none if the user came from
    `user_with_rights`.
    """
    if not getattr(user, "is_authenticated", False) or not user.is_active:
        return NOBODY
    if not hasattr(user, "grants_in_force"):
        user = user_with_rights(user.pk, now)
    return _access(user)


def must_set_up_mfa(user: Any) -> bool:
    """Whether a role of the person asks for a second factor that the person has not set up."""
    return any(grant["mfa"] for grant in user.grants_in_force) and not user.has_second_factor


def _with_rights(on: date) -> Any:
    limits = AuthorityLimit.objects.filter(role_id=OuterRef("role_id")).values(
        data=JSONObject(code="code", amount=Cast("amount", TextField()))
    )
    grants = RoleGrant.objects.filter(user_id=OuterRef("pk"), valid__contains=on, role__is_active=True).values(
        data=JSONObject(
            role="role__code",
            permissions="role__permissions",
            department="department_id",
            mfa="role__requires_mfa",
            limits=ArraySubquery(limits),
        )
    )
    teams = TeamMembership.objects.filter(user_id=OuterRef("pk"), valid__contains=on, team__is_active=True).values(
        data=JSONObject(team="team_id", department="team__department_id", is_lead="is_lead")
    )
    factors = Authenticator.objects.filter(
        user_id=OuterRef("pk"), type__in=[Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
    )
    return User.objects.annotate(
        grants_in_force=ArraySubquery(grants), teams_in_force=ArraySubquery(teams), has_second_factor=Exists(factors)
    )


def _access(user: Any) -> Access:
    grants, teams = user.grants_in_force, user.teams_in_force
    permissions = {permission for grant in grants for permission in grant["permissions"]}
    departments = {team["department"] for team in teams} | {g["department"] for g in grants if g["department"]}
    return _same(
        actor=user.actor,
        permissions=frozenset(permissions | {OWN_ACCOUNT}),
        team_ids=frozenset(team["team"] for team in teams),
        department_ids=frozenset(departments),
        roles=frozenset(grant["role"] for grant in grants),
        limits=_highest_limits(grants),
    )


_MOST_KEPT = 1000
_kept: dict[Any, Access] = {}


def _same(*, limits: dict[str, str], **parts: Any) -> Access:
    """The one `Access` of equal parts: much is kept by it, and one object is found faster than its equal."""
    access = Access(limits=limits, **parts)
    key = (access, tuple(limits.items()))
    if len(_kept) >= _MOST_KEPT:
        _kept.clear()
    return _kept.setdefault(key, access)


def _highest_limits(grants: list[dict[str, Any]]) -> dict[str, str]:
    """Limit code -> the highest amount any role gives, as text."""
    highest: dict[str, Decimal] = {}
    for grant in grants:
        for limit in grant["limits"]:
            amount = Decimal(limit["amount"])
            highest[limit["code"]] = max(amount, highest.get(limit["code"], amount))
    return {code: str(amount) for code, amount in highest.items()}

"""From role grants and memberships in force to the frozen `Access`."""

import json
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import Exists, OuterRef, Subquery, TextField
from django.db.models.functions import Cast, JSONObject

from citydesk.city.staff.choices import OWN_ACCOUNT
from citydesk.city.staff.models import AuthorityLimit, RightsVersion, RoleGrant, TeamMembership, User
from citydesk.city.staff.queries.days import city_date
from citydesk.kernel.actors import NOBODY, Access
from citydesk.kernel.statements import Later, run

# Stand-ins for the two values that change, found again in the parameters of a compiled statement.
_SOME_DAY, _SOME_USER = date(1, 1, 2), -41
_MOST_KEPT = 1000


@dataclass(frozen=True)
class Rights:
    """What a person's roles and teams give on one day, as the database said it at `version`."""

    version: UUID | None
    grants: list[dict[str, Any]]
    teams: list[dict[str, Any]]

    @property
    def asks_for_second_factor(self) -> bool:
        return any(grant["mfa"] for grant in self.grants)


_kept_rights: dict[tuple[int, date], Rights] = {}


def user_with_rights(user_id: int, now: datetime) -> User | None:
    """The user with all that `access_for` needs; None if there is no such user.

    The person is read each time, with the version of everybody's rights; the rights themselves only where that version
    is another than when this process read them last: one statement, two after a change.
    """
    asked, person = _ahead.get(), _person()
    _ahead.set(None)
    is_asked = asked is not None and asked[0] == user_id
    rows = asked[1].rows() if asked and is_asked else _rows(person, user_id, now)
    return _user(dict(zip(person[2], rows[0], strict=True)), city_date(now)) if rows else None


# Who was asked for before the session said who it is of; taken by the first who wants that person.
_ahead: ContextVar[tuple[int, Later] | None] = ContextVar("person_ahead", default=None)


def ask_person(user_id: int | None) -> None:
    """Ask for a person by the journey to the database that somebody else makes next; whoever was asked for before is
    forgotten."""
    _ahead.set(None if user_id is None else (user_id, Later(_person()[0], _given(_person(), user_id, None))))


def _user(values: dict[str, Any], on: date) -> User:
    """The row as Django would have made it, with the rights of the day."""
    fields = User._meta.concrete_fields
    columns = [_from_database(field, values[str(field.column)]) for field in fields]
    user: Any = User.from_db(connection.alias, [field.attname for field in fields], columns)
    user.has_second_factor = values["has_second_factor"]
    user.rights = _rights_of(user.pk, on, values["rights_version"])
    return user


def _rights_of(user_id: int, on: date, version: UUID | None) -> Rights:
    known = _kept_rights.get((user_id, on))
    if known is not None and known.version == version:
        return known
    grants, teams, read_at = _rows(_rights(), user_id, on)[0]
    if len(_kept_rights) >= _MOST_KEPT:
        _kept_rights.clear()
    # By the version that was read together with them: another change may have come between the two statements.
    found = _kept_rights[user_id, on] = Rights(read_at, [_read(one) for one in grants], [_read(one) for one in teams])
    return found


def _read(told: Any) -> Any:
    return json.loads(told) if isinstance(told, str) else told


Statement = tuple[str, tuple[Any, ...], tuple[str, ...]]


@cache
def _person() -> Statement:
    """(the statement, its values, the names of its columns): a person, by the columns of the table."""
    factors = Authenticator.objects.filter(
        user_id=OuterRef("pk"), type__in=[Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
    )
    query = User.objects.annotate(has_second_factor=Exists(factors), rights_version=_version()).filter(pk=_SOME_USER)
    return _written(query, *(str(field.column) for field in User._meta.concrete_fields))


@cache
def _rights() -> Statement:
    """As `_person`: roles and teams in force on a day."""
    limits = AuthorityLimit.objects.filter(role_id=OuterRef("role_id")).values(
        data=JSONObject(code="code", amount=Cast("amount", TextField()))
    )
    grants = RoleGrant.objects.filter(user_id=OuterRef("pk"), valid__contains=_SOME_DAY, role__is_active=True).values(
        data=JSONObject(
            role="role__code",
            permissions="role__permissions",
            department="department_id",
            mfa="role__requires_mfa",
            limits=ArraySubquery(limits),
        )
    )
    teams = TeamMembership.objects.filter(
        user_id=OuterRef("pk"), valid__contains=_SOME_DAY, team__is_active=True
    ).values(data=JSONObject(team="team_id", department="team__department_id", is_lead="is_lead"))
    return _written(
        User.objects.filter(pk=_SOME_USER).values_list(ArraySubquery(grants), ArraySubquery(teams), _version())
    )


def _version() -> Any:
    return Subquery(RightsVersion.objects.values("version"))


def _written(query: Any, *columns: str) -> Statement:
    """Django spends milliseconds on writing the same SQL: it is written once a process."""
    sql, given = query.query.sql_with_params()
    return sql, tuple(given), (*columns, *query.query.annotation_select)


def _rows(statement: Statement, user_id: int, when: date) -> list[tuple[Any, ...]]:
    day = city_date(when) if isinstance(when, datetime) else when
    return run(statement[0], _given(statement, user_id, day))


def _given(statement: Statement, user_id: int, day: date | None) -> list[Any]:
    real: dict[Any, Any] = {_SOME_DAY: day, _SOME_USER: user_id}
    return [real.get(one, one) if isinstance(one, date | int) else one for one in statement[1]]


def _from_database(field: Any, value: Any) -> Any:
    convert = getattr(field, "from_db_value", None)
    return convert(value, field, connection) if convert and value is not None else value


def access_for(user: Any, now: datetime) -> Access:
    """What the person may do at `now`: the union of role grants in force and the teams of the day.

    Nobody signed in, or a disabled person, gets `NOBODY`. No statement if the user came from `user_with_rights`.
    """
    if not getattr(user, "is_authenticated", False) or not user.is_active:
        return NOBODY
    if not hasattr(user, "rights"):
        user = user_with_rights(user.pk, now)
    return _access(user)


def must_set_up_mfa(user: Any) -> bool:
    """Whether a role of the person asks for a second factor that the person has not set up."""
    return user.rights.asks_for_second_factor and not user.has_second_factor


def _access(user: Any) -> Access:
    grants, teams = user.rights.grants, user.rights.teams
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

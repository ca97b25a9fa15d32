"""Mirroring the profile's catalog into the table that lists and joins read."""

from datetime import datetime
from typing import Any

from django.db import transaction

from citydesk.city.staff import queries as staff
from citydesk.contact.service_requests.models import ServiceCode
from citydesk.contact.service_requests.queries import policy
from citydesk.contact.service_requests.rules import catalog
from citydesk.kernel.actors import Actor

_FIELDS = (
    "group_code",
    "name",
    "names",
    "position",
    "department_id",
    "team_id",
    "sla_code",
    "urgency",
    "public_text",
    "public_place",
    "photos",
    "is_confidential",
    "is_internal",
    "is_coding_queue",
    "is_active",
    "is_from_profile",
)


def project_services(*, entries: dict[str, dict[str, Any]], actor: Actor, now: datetime) -> None:
    """Bring the catalog's rows to what the profile has in force today; codes no longer named are switched off."""
    teams = {team.code: team.id for team in staff.list_teams(only_active=False)}
    departments = {one.code: one.id for one in staff.list_departments()}
    with transaction.atomic():
        known = {row.code: row for row in ServiceCode.objects.select_for_update()}
        for code, body in entries.items():
            values = _values(catalog.service_of(code, body), teams, departments)
            row = known.pop(code, None)
            if row is None:
                ServiceCode.objects.create(code=code, projected_at=now, **values)
            elif any(getattr(row, name) != values[name] for name in _FIELDS):
                ServiceCode.objects.filter(pk=row.pk).update(projected_at=now, **values)
        gone = [row.pk for row in known.values() if row.is_from_profile and row.is_active]
        ServiceCode.objects.filter(pk__in=gone).update(is_active=False, projected_at=now)
    policy.forget()


def ensure_imported_code(*, code: str, name: str, group: str = "", actor: Actor, now: datetime) -> int:
    """The row of a code an import met, made if it is not there; returns its id. It has no targets and no questions."""
    row, _ = ServiceCode.objects.get_or_create(
        code=code,
        defaults={
            "name": name[:160],
            "names": {"en": name[:160]},
            "group_code": group,
            "is_from_profile": False,
            "projected_at": now,
        },
    )
    return row.pk


def _values(one: catalog.Service, teams: dict[str, int], departments: dict[str, int]) -> dict[str, Any]:
    return {
        "group_code": one.group,
        "name": next(iter(one.names.values()), one.code),
        "names": dict(one.names),
        "position": one.position,
        "department_id": departments.get(one.department),
        "team_id": teams.get(one.team),
        "sla_code": one.sla,
        "urgency": one.urgency,
        "public_text": one.public.text,
        "public_place": one.public.place,
        "photos": one.public.photos,
        "is_confidential": one.is_confidential,
        "is_internal": one.is_internal,
        "is_coding_queue": one.is_coding_queue,
        "is_active": True,
        "is_from_profile": True,
    }

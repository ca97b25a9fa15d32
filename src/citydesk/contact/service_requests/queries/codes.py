"""The catalog for the desk: groups with their codes, one code with all that is decided by it, codes by words."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from citydesk.city.profile import queries as profile
from citydesk.contact.service_requests import labels
from citydesk.contact.service_requests.queries import policy
from citydesk.contact.service_requests.rules import catalog, codes, sla
from citydesk.kernel.errors import NotFound


@dataclass(frozen=True)
class CatalogGroup:
    """A group of the catalog with its services in order."""

    code: str
    name: str
    services: list[catalog.Service]


@dataclass(frozen=True)
class ServiceFacts:
    """A service with the classes it may fall into and where its values come from."""

    service: catalog.Service
    group_name: str
    team_name: str
    department_name: str
    classes: list[sla.SlaClass]
    sources: list[tuple[str, Mapping[str, Any]]]
    calendars: dict[str, str]


def list_catalog(on: date, *, language: str = "", with_internal: bool = True) -> list[CatalogGroup]:
    """The catalog of a day, groups and services in the city's order. Residents are not offered internal codes."""
    language = language or (get_language() or "en").split("-")[0]
    by_group: dict[str, list[catalog.Service]] = defaultdict(list)
    for one in policy.services(on).values():
        if with_internal or not one.is_internal:
            by_group[one.group].append(one)
    return [
        CatalogGroup(code, labels.in_language(body["name"], language), _sorted(by_group[code], language))
        for code, body in policy.groups(on).items()
        if by_group.get(code)
    ]


def _sorted(services: list[catalog.Service], language: str) -> list[catalog.Service]:
    return sorted(services, key=lambda one: (one.position, one.name_in(language).lower()))


def get_service(code: str, on: date) -> ServiceFacts:
    """One service of the catalog. Raises `NotFound`."""
    service = policy.services(on).get(code)
    if service is None:
        raise NotFound(_("There is no such service code."))
    language = (get_language() or "en").split("-")[0]
    wanted = dict.fromkeys([service.sla, *(rule.sla for rule in service.urgency_rules if rule.sla)])
    classes = [found for one in wanted if (found := policy.sla_class(one, on)) is not None]
    team = policy.teams_by_code().get(service.team)
    department = policy.departments_by_code().get(service.department)
    group = policy.groups(on).get(service.group, {"name": {}})
    return ServiceFacts(
        service=service,
        group_name=labels.in_language(group["name"], language),
        team_name=(labels.in_language(team.names, language) or team.name) if team else service.team,
        department_name=(labels.in_language(department.names, language) or department.name) if department else "",
        classes=classes,
        sources=list(service.provenance.items()),
        calendars={
            code: labels.in_language(given["name"], language)
            for code, given in profile.entries("calendars", on).items()
        },
    )


def suggest_codes(
    text: str, *, language: str, now: datetime, limit: int = 3, with_internal: bool = True
) -> list[codes.Suggestion]:
    """The codes that fit a resident's words best, best first, the matched words of each name marked."""
    on = policy.today(now)
    offered = policy.services(on)
    found = codes.find_codes(policy.code_index(on), text, language, limit=limit * 3)
    return [one for one in found if with_internal or not offered[one.code].is_internal][:limit]

"""Short lists of requests for opening pages, other rooms' pages and the find box."""

from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import get_language

from citydesk.city.customers import queries as customers
from citydesk.contact.service_requests import choices, labels
from citydesk.contact.service_requests.models import Follower, ServiceRequest
from citydesk.contact.service_requests.queries import policy
from citydesk.contact.service_requests.queries.queue import FIELDS, QueueRow, prepare
from citydesk.contact.service_requests.queries.words import by_words
from citydesk.kernel.actors import Access


def list_mine(access: Access, *, limit: int = 10) -> list[QueueRow]:
    """The reader's own open requests, soonest due first."""
    rows = ServiceRequest.objects.visible_to(access).open().filter(owner_id=access.actor.staff_id)
    return prepare(list(rows.order_by("queue_at", "id").values(*FIELDS)[:limit]), access)


def list_of_customer(access: Access, customer_id: int, *, limit: int = 10) -> list[QueueRow]:
    """Requests of a customer (and of those merged into it) that the reader sees, newest first.

    Who may not know who reported a confidential request does not find it by its reporter either.
    """
    rows = ServiceRequest.objects.visible_to(access).filter(customer_id__in=customers.ids_of(customer_id))
    if not access.may(choices.CONFIDENTIAL):
        rows = rows.filter(is_confidential=False)
    return prepare(list(rows.order_by("-received_at", "-id").values(*FIELDS)[:limit]), access)


def customers_in_sight(access: Access) -> tuple[QuerySet[Any, int], ...]:
    """Ids of the people of those requests the reader sees: who reported, and who is told. What was said in confidence
    names nobody here. For `kernel.registries.Sight`."""
    seen = ServiceRequest.objects.visible_to(access).filter(is_confidential=False)
    followed = seen.filter(pk=OuterRef("request_id"))
    told = Follower.objects.filter(Exists(followed), is_active=True, customer__isnull=False)
    reported = seen.filter(customer__isnull=False)
    return reported.order_by().values_list("customer_id", flat=True), told.values_list("customer_id", flat=True)


def list_at_address(access: Access, address_id: int, *, limit: int = 10) -> list[QueueRow]:
    """Requests at an address, newest first."""
    rows = ServiceRequest.objects.visible_to(access).filter(address_id=address_id)
    return prepare(list(rows.order_by("-received_at", "-id").values(*FIELDS)[:limit]), access)


def find_requests(access: Access, text: str, *, limit: int = 20) -> list[QueueRow]:
    """Requests by number or words, newest first."""
    rows = by_words(ServiceRequest.objects.visible_to(access), text)
    return prepare(list(rows.order_by("-received_at", "-id").values(*FIELDS)[:limit]), access)


def list_map(access: Access, *, team_ids: tuple[int, ...] = (), limit: int = 2000) -> list[dict[str, Any]]:
    """Open requests with a point, for the map and the list beside it: soonest due first."""
    rows = ServiceRequest.objects.visible_to(access).open().filter(lat__isnull=False)
    if team_ids:
        rows = rows.filter(team_id__in=team_ids)
    columns = ("id", "number", "state", "due_at", "lat", "lon", "place_label", "service_id", "team_id")
    names = {row.pk: row.name for row in policy.code_rows().values()}
    return [
        {**row, "service": names.get(row["service_id"], "")}
        for row in rows.order_by("queue_at", "id").values(*columns)[:limit]
    ]


def count_watch(access: Access, *, now: datetime) -> dict[str, Any]:
    """Figures for a supervisor: open and late by team, to rule, held, escalated. Bounded by what is open."""
    opened = ServiceRequest.objects.visible_to(access).open()
    is_late = Q(due_at__lt=now, paused_since__isnull=True)
    language = (get_language() or "en").split("-")[0]
    teams = {
        team.id: labels.in_language(team.names or {}, language) or team.name for team in policy.teams_by_code().values()
    }
    by_team = opened.values("team_id").annotate(open=Count("id"), late=Count("id", filter=is_late)).order_by()
    rows = [
        {"team_id": one["team_id"], "team": teams.get(one["team_id"], ""), "open": one["open"], "late": one["late"]}
        for one in by_team
    ]
    held = ServiceRequest.objects.visible_to(access).filter(is_held=True, is_open=True).count()
    return {
        "by_team": sorted(rows, key=lambda one: (-one["late"], -one["open"])),
        "late": sum(one["late"] for one in rows),
        "open": sum(one["open"] for one in rows),
        "disputed": opened.filter(is_disputed=True).count(),
        "escalated": opened.filter(escalation__gt=0).count(),
        "unassigned": opened.filter(owner_id__isnull=True, accepted_at__isnull=True).count(),
        "held": held,
    }

"""Short lists of requests for opening pages, other rooms' pages and the find box."""

from contextlib import suppress
from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import get_language

from citydesk.city.customers import queries as customers
from citydesk.city.profile import queries as profile
from citydesk.city.profile.rules import UnknownEntry
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
    language = (get_language() or "en").split("-")[0]
    names = {row.pk: row.name_in(language) for row in policy.code_rows().values()}
    return [
        {**row, "service": names.get(row["service_id"], "")}
        for row in rows.order_by("queue_at", "id").values(*columns)[:limit]
    ]


def _desk_closed_at(now: datetime) -> datetime | None:
    """When the desk last closed; None in a city whose desk never does, or without a calendar of that code."""
    with suppress(UnknownEntry):
        return profile.calendar("desk", profile.city_today(now)).last_close(now)
    return None


def count_watch(access: Access, *, now: datetime) -> dict[str, Any]:
    """Figures for a supervisor: open, late and due today by team, unassigned since the desk closed, to rule, held,
    escalated. Bounded by what is open."""
    opened = ServiceRequest.objects.visible_to(access).open()
    is_late = Q(due_at__lt=now, paused_since__isnull=True)
    language = (get_language() or "en").split("-")[0]
    teams = {
        team.id: labels.in_language(team.names or {}, language) or team.name for team in policy.teams_by_code().values()
    }
    ends = datetime.combine(profile.city_today(now) + timedelta(days=1), time.min, profile.local_zone())
    is_due = Q(due_at__gte=now, due_at__lt=ends, paused_since__isnull=True)
    counted = {"open": Count("id"), "late": Count("id", filter=is_late), "today": Count("id", filter=is_due)}
    by_team = opened.values("team_id").annotate(**counted).order_by()
    rows = [{**one, "team": teams.get(one["team_id"], "")} for one in by_team]
    closed_at = _desk_closed_at(now)
    unassigned = Q(owner_id__isnull=True, accepted_at__isnull=True)
    of_night = unassigned & Q(received_at__gte=closed_at) if closed_at else Q(pk__in=[])
    lying = opened.aggregate(unassigned=Count("id", filter=unassigned), of_night=Count("id", filter=of_night))
    held = ServiceRequest.objects.visible_to(access).filter(is_held=True, is_open=True).count()
    return {
        "by_team": sorted(rows, key=lambda one: (-one["late"], -one["today"], -one["open"])),
        "late": sum(one["late"] for one in rows),
        "open": sum(one["open"] for one in rows),
        "disputed": opened.filter(is_disputed=True).count(),
        "escalated": opened.filter(escalation__gt=0).count(),
        "due_today": sum(one["today"] for one in rows),
        "closed_at": closed_at,
        **lying,
        "held": held,
    }

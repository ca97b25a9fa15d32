"""What lies with people: for the supervisor who must move it when they are away."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Count, Q

from citydesk.contact.service_requests.models import ServiceRequest
from citydesk.kernel.actors import Access


def count_owned(access: Access, user_ids: Sequence[int], *, now: datetime) -> dict[int, tuple[int, int]]:
    """Open requests of each person, and those due within a day or late: `{user_id: (open, due)}`. One statement."""
    rows = (
        ServiceRequest.objects.visible_to(access)
        .open()
        .filter(owner_id__in=list(user_ids))
        .values("owner_id")
        .annotate(all=Count("id"), due=Count("id", filter=Q(due_at__lt=now + timedelta(days=1))))
        .order_by()
    )
    return {row["owner_id"]: (row["all"], row["due"]) for row in rows}


def list_owned_ids(access: Access, user_id: int) -> list[tuple[int, int | None]]:
    """Open requests of one person with their teams, soonest due first: `(request_id, team_id)`."""
    rows = ServiceRequest.objects.visible_to(access).open().filter(owner_id=user_id).order_by("due_at", "id")
    return list(rows.values_list("id", "team_id"))

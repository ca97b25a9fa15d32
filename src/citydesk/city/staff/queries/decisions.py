"""Roles that wait for a second person."""

from datetime import datetime

from citydesk.city.staff.choices import MANAGE, GrantRequestState
from citydesk.city.staff.models import RoleGrantRequest
from citydesk.kernel.actors import Access
from citydesk.kernel.decisions import Waiting
from citydesk.kernel.waiting import oldest_of


def roles(access: Access, now: datetime) -> Waiting | None:
    """Sensitive roles that others asked for, for others."""
    me = access.actor.staff_id
    if me is None or not access.may(MANAGE):
        return None
    rows = RoleGrantRequest.objects.filter(state=GrantRequestState.WAITING)
    return oldest_of(rows.exclude(requested_by_id=me).exclude(user_id=me), "requested_at")

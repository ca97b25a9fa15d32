"""Complaints that lie with people: for whoever must move them when they are away."""

from collections.abc import Collection

from django.db.models import Count

from citydesk.contact.complaints.models import Complaint
from citydesk.kernel.actors import Access


def count_handled(access: Access, user_ids: Collection[int]) -> dict[int, int]:
    """Open complaints of each handler, as a number alone. One statement, none for nobody."""
    if not user_ids:
        return {}
    rows = Complaint.objects.filter(handler_id__in=list(user_ids), is_open=True)
    return dict(rows.values_list("handler_id").annotate(n=Count("id")).order_by())

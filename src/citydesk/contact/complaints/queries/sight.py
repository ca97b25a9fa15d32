"""Who sees a complaint: whoever sees its request, as that room decides, and the people it was given to."""

from django.db.models import Q, QuerySet

from citydesk.contact.complaints.choices import VIEW
from citydesk.contact.complaints.models import Complaint
from citydesk.contact.service_requests.queries import ids_in_sight
from citydesk.kernel.actors import Access


def seen(access: Access) -> QuerySet[Complaint]:
    """The complaints the reader may know of; every other one does not exist for them.

    Who sees the request is the service requests' rule and asked there. Added are the handler and the handling team,
    the approvers from the first thing that waited for them on, and the people of the appeal once there is one.
    """
    if not access.may(VIEW):
        return Complaint.objects.none()
    teams = sorted(access.team_ids)
    given = (
        Q(team_id__in=teams)
        | Q(approvers_id__in=teams, is_with_approvers=True)
        | Q(appeal_team_id__in=teams, appealed_at__isnull=False)
    )
    if access.actor.staff_id:
        given |= Q(handler_id=access.actor.staff_id)
    return Complaint.objects.filter(given | Q(request_id__in=ids_in_sight(access)))


def is_theirs(row: Complaint, access: Access) -> bool:
    """Whether the reader works on a complaint they see: its handler, or one of the handling team."""
    return row.team_id in access.team_ids or (row.handler_id is not None and row.handler_id == access.actor.staff_id)

"""Who may know of which swaps."""

from django.db.models import Q, QuerySet

from citydesk.kernel.actors import Access
from citydesk.management.workforce.choices import OWN, PLAN
from citydesk.management.workforce.models import SwapRequest


def seen_swaps(access: Access) -> QuerySet[SwapRequest]:
    """One's own swaps, and those of the teams one plans for."""
    me = access.actor.staff_id or 0
    own = Q(giver_id=me) | Q(taker_id=me) if access.may(OWN) else Q(pk=0)
    planned = Q(group__team_id__in=sorted(access.team_ids)) if access.may(PLAN) else Q(pk=0)
    return SwapRequest.objects.filter(own | planned)

"""Open shifts and their bids: who may know of which, in which order bids stand."""

from datetime import datetime, timedelta

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from citydesk.kernel.actors import Access
from citydesk.kernel.errors import NotFound
from citydesk.management.workforce.choices import OWN, PLAN
from citydesk.management.workforce.models import OpenShift, StaffingGroup
from citydesk.management.workforce.queries.published import PublishedPlan
from citydesk.management.workforce.rules.bids import Bid, RankedBid, rank_bids
from citydesk.management.workforce.rules.roster.shifts import Pattern

_FAIR = timedelta(weeks=8)


def seen_open_shifts(access: Access) -> QuerySet[OpenShift]:
    """Open shifts of the teams one belongs to or plans for."""
    if not (access.may(OWN) or access.may(PLAN)):
        return OpenShift.objects.none()
    return OpenShift.objects.filter(group__team_id__in=sorted(access.team_ids))


def group_in_reach(access: Access, group_id: int) -> StaffingGroup:
    """A group that the reader plans for. Raises `NotAllowed`, `NotFound`."""
    access.require(PLAN)
    row = StaffingGroup.objects.filter(pk=group_id, team_id__in=sorted(access.team_ids)).first()
    if row is None:
        raise NotFound(_("There is no such group."))
    return row


def pattern_of(row: OpenShift) -> Pattern:
    """An open shift as rosters know it."""
    return Pattern(row.template, row.start_minute, row.length, row.meal_start, row.meal_length)


def ranked_bids(plan: PublishedPlan, row: OpenShift, now: datetime) -> list[RankedBid]:
    """The bids that stand, the best first. Three statements."""
    people = list(row.bids.filter(withdrawn_at=None).values_list("person_id", flat=True))
    given = (
        OpenShift.objects.filter(given_to_id__in=people, decided_at__gte=now - _FAIR)
        .values_list("given_to_id")
        .annotate(times=Count("pk"))
    )
    known = {plan.code_of(user or 0): times for user, times in given.order_by()}
    codes = {one.code for one in plan.problem.people}
    bids = [Bid(plan.code_of(user), n) for n, user in enumerate(people) if plan.code_of(user) in codes]
    return rank_bids(plan.problem, plan.roster, plan.day_of(row.day), pattern_of(row), bids, known)


def open_shifts_to_bid(access: Access, now: datetime) -> QuerySet[OpenShift]:
    """Open shifts of one's teams that have not begun, with whether one has a bid on them."""
    me = access.actor.staff_id or 0
    mine = Count("bids", filter=Q(bids__person_id=me, bids__withdrawn_at=None))
    rows = seen_open_shifts(access).filter(state="open", starts_at__gt=now)
    return rows.annotate(mine=mine).select_related("group").order_by("starts_at", "id")

"""What waits for who plans: swaps both agreed to, hours people said, solved weeks nobody has published."""

from datetime import datetime

from citydesk.city.profile import queries as profile
from citydesk.kernel.actors import Access
from citydesk.kernel.decisions import Waiting
from citydesk.kernel.waiting import oldest_of
from citydesk.management.workforce.choices import PLAN, ScheduleState, StatementState
from citydesk.management.workforce.models import AvailabilityStatement, Schedule, SwapRequest
from citydesk.management.workforce.queries.contracts import planned_people
from citydesk.management.workforce.queries.seen import monday_of
from citydesk.management.workforce.rules.swaps import SwapState


def swaps(access: Access, now: datetime) -> Waiting | None:
    """Swaps of one's groups that the colleague accepted and that are not one's own."""
    me = access.actor.staff_id
    if me is None or not access.may(PLAN):
        return None
    rows = SwapRequest.objects.filter(
        group__team_id__in=sorted(access.team_ids), group__is_active=True, state=SwapState.ACCEPTED
    )
    return oldest_of(rows.exclude(giver_id=me).exclude(taker_id=me), "answered_at", "pk")


def hours(access: Access, now: datetime) -> Waiting | None:
    """What people of one's groups said of when they can work; not what one said oneself."""
    if not access.may(PLAN):
        return None
    people = planned_people(access, now) - {access.actor.staff_id or 0}
    rows = AvailabilityStatement.objects.filter(state=StatementState.WAITING, user_id__in=sorted(people))
    return oldest_of(rows, "said_at", "user_id") if people else None


def schedules(access: Access, now: datetime) -> Waiting | None:
    """Weeks of one's groups, this one or later, that are solved and wait to be published."""
    if not access.may(PLAN):
        return None
    rows = Schedule.objects.filter(
        group__team_id__in=sorted(access.team_ids),
        group__is_active=True,
        state=ScheduleState.SOLVED,
        week_start__gte=monday_of(profile.city_today(now)),
    )
    return oldest_of(rows, "made_at", "pk")

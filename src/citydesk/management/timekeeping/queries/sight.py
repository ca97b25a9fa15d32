"""Who sees whose time: the person, who approves for them, the pay office once a sheet is approved, the auditor.

The administrator holds none of the rights. What somebody may not know of does not exist for them.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from citydesk.city.profile import queries as profile
from citydesk.city.staff import queries as staff
from citydesk.city.staff.queries.people import memberships_in_force
from citydesk.kernel.actors import Access
from citydesk.management.timekeeping.choices import APPROVE, AUDIT, OWN, PAYROLL, TEAM, Refusal, SheetState
from citydesk.management.timekeeping.models import AttendanceOccurrence, Delegation, LeaveRequest, Timesheet
from citydesk.management.timekeeping.rules import sheets


@dataclass(frozen=True)
class Reach:
    """Whose time somebody approves: people of their teams, people reached for others, and those others."""

    me: int | None
    own: frozenset[int] = frozenset()
    delegated: frozenset[int] = frozenset()
    principals: frozenset[int] = frozenset()

    @property
    def people(self) -> frozenset[int]:
        return (self.own | self.delegated) - {self.me or 0}

    def why_not(self, owner: int) -> Refusal | None:
        """The reason somebody may not approve for a person; None where they may."""
        return sheets.why_not_approve(
            self.me, owner, own=self.own, delegated=self.delegated, principals=self.principals
        )


def reach_of(access: Access, now: datetime) -> Reach:
    """Whose time the reader approves now. Nobody's without the right."""
    me = access.actor.staff_id
    if me is None or not access.may(APPROVE):
        return Reach(me)
    own = members_of(access.team_ids, now) if access.may(TEAM) else frozenset()
    today = profile.city_today(now)
    given = Delegation.objects.filter(delegate_id=me, first__lte=today, last__gte=today, ended_at=None)
    principals = frozenset(given.values_list("principal_id", flat=True))
    teams = {team for one in principals for team in _teams_of(one, now)}
    delegated = members_of(teams, now) - principals - {me} if teams else frozenset()
    return Reach(me, own, delegated, principals)


def members_of(team_ids: frozenset[int] | set[int], now: datetime) -> frozenset[int]:
    """Everybody who belongs to one of the teams on the city's date."""
    if not team_ids:
        return frozenset()
    rows = memberships_in_force(now).filter(team_id__in=sorted(team_ids), user__is_active=True)
    return frozenset(rows.values_list("user_id", flat=True))


def _teams_of(principal: int, now: datetime) -> frozenset[int]:
    """The teams somebody approves for by their own right, as long as they hold it."""
    access = staff.access_for(staff.user_with_rights(principal, now), now)
    return access.team_ids if access.may(TEAM) and access.may(APPROVE) else frozenset()


def seen_sheets(access: Access, now: datetime) -> QuerySet[Timesheet]:
    """The time sheets the reader may know of."""
    if access.may(AUDIT):
        return Timesheet.objects.all()
    given = _own(access) | Q(user_id__in=sorted(reach_of(access, now).people))
    if access.may(PAYROLL):
        given |= Q(state__in=[SheetState.APPROVED, SheetState.LOCKED])
    return Timesheet.objects.filter(given)


def seen_requests(access: Access, now: datetime) -> QuerySet[LeaveRequest]:
    """The requests for leave the reader may know of; drafts are the person's own business."""
    if access.may(AUDIT):
        return LeaveRequest.objects.exclude(~_own(access), state="draft")
    reached = Q(user_id__in=sorted(reach_of(access, now).people)) & ~Q(state="draft")
    return LeaveRequest.objects.filter(_own(access) | reached)


def seen_occurrences(access: Access, now: datetime) -> QuerySet[AttendanceOccurrence]:
    """The attendance exceptions the reader may know of."""
    if access.may(AUDIT):
        return AttendanceOccurrence.objects.all()
    return AttendanceOccurrence.objects.filter(_own(access) | Q(user_id__in=sorted(reach_of(access, now).people)))


def _own(access: Access) -> Q:
    return Q(user_id=access.actor.staff_id or 0) if access.may(OWN) else Q(pk=0)

"""Time sheets and leave that wait for a reader's yes or no."""

from datetime import datetime

from citydesk.kernel.actors import Access
from citydesk.kernel.decisions import Waiting
from citydesk.kernel.waiting import oldest_of
from citydesk.management.timekeeping.choices import RequestState, SheetState
from citydesk.management.timekeeping.models import LeaveRequest, Timesheet
from citydesk.management.timekeeping.queries.sight import reach_of


def sheets(access: Access, now: datetime) -> Waiting | None:
    """Submitted sheets of the people the reader approves for, never their own."""
    people = sorted(reach_of(access, now).people)
    rows = Timesheet.objects.filter(user_id__in=people, state=SheetState.SUBMITTED)
    return oldest_of(rows, "submitted_at", "pk") if people else None


def leave(access: Access, now: datetime) -> Waiting | None:
    """Leave that those people asked for."""
    people = sorted(reach_of(access, now).people)
    rows = LeaveRequest.objects.filter(user_id__in=people, state=RequestState.SUBMITTED)
    return oldest_of(rows, "submitted_at", "pk") if people else None

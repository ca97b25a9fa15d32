"""What opening pages say of time: a person's own week, what waits for who approves, the hours of the whole."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from citydesk.city.profile import queries as profile
from citydesk.kernel.actors import Access
from citydesk.management.timekeeping.choices import OccurrenceState, RequestState, SheetState
from citydesk.management.timekeeping.models import AttendanceOccurrence, LeaveRequest, Timesheet
from citydesk.management.timekeeping.queries.hours import week_facts, week_of
from citydesk.management.timekeeping.queries.report import (
    Hours,
    ReportSpan,
    expected_since,
    span_of_day,
    team_report,
    total,
)
from citydesk.management.timekeeping.queries.sheets import ClockNow, clock_now
from citydesk.management.timekeeping.queries.sight import reach_of
from citydesk.management.timekeeping.rules.spans import Span

_WEEK = timedelta(days=7)
_TOLD = 3


@dataclass(frozen=True)
class OwnWeek:
    """This week so far, in seconds, with what the running clock adds; weeks that are over and not submitted."""

    clock: ClockNow
    worked: int
    usual: int
    leave: int
    unsubmitted: tuple[date, ...]


@dataclass(frozen=True)
class WaitingForMe:
    """How much waits for who approves. `week` is the week `unsubmitted` is about."""

    sheets: int
    requests: int
    unsubmitted: int
    exceptions: int
    week: date

    @property
    def is_nothing(self) -> bool:
        return not (self.sheets or self.requests or self.unsubmitted or self.exceptions)


def own_week(access: Access, now: datetime) -> OwnWeek:
    """The reader's own week. Six statements."""
    person = access.actor.staff_id or 0
    week = week_of(profile.city_today(now))
    facts = week_facts(person, week.first_day)
    clock = clock_now(access, now)
    late = Timesheet.objects.filter(user_id=person, state=SheetState.OPEN, week_start__lt=week.first_day)
    return OwnWeek(
        clock,
        facts.hours.worked + _running(clock, week.span, now),
        facts.terms.weekly,
        facts.leave_seconds,
        tuple(late.order_by("-week_start").values_list("week_start", flat=True)[:_TOLD]),
    )


def _running(clock: ClockNow, week: Span, now: datetime) -> int:
    """Seconds the clock counts as work and nobody wrote down yet. Pauses count once it is known how long they were."""
    if clock.since is None or clock.is_forgotten or clock.state in ("break", "meal"):
        return 0
    return Span(max(clock.since, week.start), max(now, week.start)).seconds


def waiting_for(access: Access, now: datetime) -> WaitingForMe:
    """What waits for the reader. The same number of statements for one person and for many."""
    people = sorted(reach_of(access, now).people)
    week = week_of(profile.city_today(now) - _WEEK).first_day
    if not people:
        return WaitingForMe(0, 0, 0, 0, week)
    sheets = Timesheet.objects.filter(user_id__in=people)
    given = sheets.filter(week_start=week).exclude(state=SheetState.OPEN).count()
    return WaitingForMe(
        sheets.filter(state=SheetState.SUBMITTED).count(),
        LeaveRequest.objects.filter(user_id__in=people, state=RequestState.SUBMITTED).count(),
        max(sum(first <= week for first in expected_since(people).values()) - given, 0),
        AttendanceOccurrence.objects.filter(user_id__in=people, state=OccurrenceState.OPEN).count(),
        week,
    )


def hours_of_all(access: Access, now: datetime) -> tuple[ReportSpan, Hours, int]:
    """The pay period that ended last: its span, the sums of the teams that are shown, how many are hidden."""
    today = span_of_day(profile.city_today(now))
    span = span_of_day(today.first_day - timedelta(days=1))
    rows = team_report(access, span.weeks, now)
    return span, total(one.hours for one in rows if one.hours), sum(one.hours is None for one in rows)

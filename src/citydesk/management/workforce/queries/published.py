"""The published week of a group as the rules see it: what amendments, swaps and new plans start from."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from citydesk.city.staff import queries as staff
from citydesk.management.workforce.choices import ScheduleState
from citydesk.management.workforce.models import Schedule
from citydesk.management.workforce.queries.groups import get_group
from citydesk.management.workforce.queries.weeks import PlannedWeek, planned_week
from citydesk.management.workforce.rules.roster.problem import Problem
from citydesk.management.workforce.rules.roster.shifts import Assignment


@dataclass(frozen=True)
class PublishedPlan:
    """The published version of a week with its problem and roster. People are known by their id as text."""

    schedule_id: int
    version: int
    week: PlannedWeek

    @property
    def problem(self) -> Problem:
        return self.week.problem

    @property
    def roster(self) -> tuple[Assignment, ...]:
        return self.week.roster

    @property
    def shift_of(self) -> dict[tuple[str, int], int]:
        """Person and day to the shift's row."""
        return self.week.shift_ids

    def code_of(self, user_id: int) -> str:
        return str(user_id)

    def user_of(self, code: str) -> int:
        return int(code)

    def date_of(self, number: int) -> date:
        return self.week.day(number)

    def day_of(self, day: date) -> int:
        return self.week.number(day)

    def name_of(self, code: str) -> str:
        return self.week.names.get(code, code)


def week_of(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def published_plan(group_id: int, monday: date, *, now: datetime) -> PublishedPlan | None:
    """What is published for a group's week; None where nothing is. For callers that have authorised."""
    row = (
        Schedule.objects.select_related("group")
        .filter(group_id=group_id, week_start=monday, state=ScheduleState.PUBLISHED)
        .first()
    )
    if row is None:
        return None
    week = planned_week(get_group(row.group.code), monday, schedule=row, now=now)
    return PublishedPlan(row.pk, row.version, week)


def planners_of(team_id: int, now: datetime) -> list[int]:
    """Who leads a team, and so is told what happens to its schedule."""
    return [one.id for one in staff.leads_of_team(team_id, now)]

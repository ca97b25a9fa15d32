"""Trainings and meetings that wait for a place in a week."""

from collections.abc import Iterable
from datetime import date

from citydesk.management.workforce.models import Gathering
from citydesk.management.workforce.queries.weeks import PlannedWeek
from citydesk.management.workforce.rules.roster.shifts import Kind, Training


def trainings_of(week: PlannedWeek, gatherings: Iterable[Gathering]) -> tuple[Training, ...]:
    """Those that each of some people takes for themselves, a training for each person with a contract in the week."""
    found = []
    for one in gatherings:
        if not one.is_together:
            first, last, kind = week.number(one.first), week.number(one.last), Kind(one.kind)
            for code in people_of(week, one):
                found.append(Training(code, one.minutes, first, last, kind, one.title, one.may_split))
    return tuple(found)


def people_of(week: PlannedWeek, one: Gathering) -> tuple[str, ...]:
    """Whom of a week's people something is for: those it names, or the whole group."""
    named = [str(key) for key in one.people] or [it.code for it in week.problem.people]
    return tuple(code for code in named if code in week.problem.person_of)


def gatherings_of(group_id: int, monday: date) -> list[Gathering]:
    """What a week's schedule is to find a place for, in order. For callers that have authorised."""
    return list(Gathering.objects.filter(group_id=group_id, week_start=monday, dropped_at=None))

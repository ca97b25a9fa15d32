"""Hours that a group's people are paid for, week by week. Sums of the group alone: nobody is named."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Count

from citydesk.city.profile import queries as profile
from citydesk.city.staff import queries as staff
from citydesk.management.timekeeping import queries as timekeeping
from citydesk.management.timekeeping.queries.hours import WeekFacts
from citydesk.management.workforce.choices import ScheduleState
from citydesk.management.workforce.models import Shift
from citydesk.management.workforce.queries.groups import GroupRow
from citydesk.management.workforce.rules.coverage_cost import WEEK, Paid, paid_by_week

GroupWeek = tuple[int, date]


@dataclass
class GroupTime:
    """What a group's week was paid, and how many people were in the group."""

    paid: Paid = field(default_factory=Paid)
    people: int = 0


def group_of_people(groups: Sequence[GroupRow], mondays: Collection[date]) -> dict[GroupWeek, set[int]]:
    """Who counts for which group in a week: that of their published shifts (the one with most), else the first group of
    a team they belong to in the week. Everybody counts once. Two statements."""
    if not mondays:
        return {}
    first, last = min(mondays), max(mondays) + timedelta(days=6)
    homes: dict[tuple[int, date], int] = {}
    members = staff.memberships_between({one.team_id for one in groups}, first, last)
    by_team: dict[int, list[GroupRow]] = defaultdict(list)
    for group in groups:
        by_team[group.team_id].append(group)
    place = {one.id: number for number, one in enumerate(groups)}
    for member in members:
        home = min(by_team[member.team_id], key=lambda one: place[one.id]).id
        for monday in mondays:
            if any(member.holds(monday + timedelta(days=day)) for day in range(7)):
                key = (member.user_id, monday)
                homes[key] = min(homes.get(key, home), home, key=lambda one: place[one])
    homes |= _rostered(place, first, last)
    found: dict[GroupWeek, set[int]] = defaultdict(set)
    for (user, monday), group_id in homes.items():
        if monday in mondays:
            found[group_id, monday].add(user)
    return found


def _rostered(place: Mapping[int, int], first: date, last: date) -> dict[tuple[int, date], int]:
    rows = Shift.objects.filter(
        schedule__group_id__in=list(place), schedule__state=ScheduleState.PUBLISHED, day__gte=first, day__lte=last
    )
    most: dict[tuple[int, date], tuple[int, int, int]] = {}
    columns = ("user_id", "schedule__week_start", "schedule__group_id")
    for user, monday, group, count in rows.values_list(*columns).annotate(n=Count("id")).order_by():
        rank = (count, -place[group], group)
        most[user, monday] = max(most.get((user, monday), rank), rank)
    return {key: rank[2] for key, rank in most.items()}


def paid_of_groups(groups: Sequence[GroupRow], mondays: Sequence[date]) -> dict[GroupWeek, GroupTime]:
    """What each group's weeks were paid. The same number of statements for one week and for a year."""
    whose = group_of_people(groups, mondays)
    found = {(group.id, monday): GroupTime() for group in groups for monday in mondays}
    people = sorted({user for some in whose.values() for user in some})
    weeks = _paid_of_people(people, mondays) if people else {}
    for key, some in whose.items():
        found[key].people = len(some)
        found[key].paid = sum((weeks.get((user, key[1]), Paid()) for user in some), Paid())
    return found


def _paid_of_people(people: Collection[int], mondays: Sequence[date]) -> dict[tuple[int, date], Paid]:
    """Planning weeks begin on Monday, workweeks when the city's do: hours lie on their days, overtime on the last."""
    first, last = min(mondays), max(mondays) + timedelta(days=6)
    start, workweeks = timekeeping.week_of(first).first_day, []
    while start <= last:
        workweeks.append(start)
        start += WEEK
    by_user: dict[int, list[WeekFacts]] = defaultdict(list)
    for (user, _start), facts in timekeeping.weeks_of([(user, week) for user in people for week in workweeks]).items():
        by_user[user].append(facts)
    return {(user, monday): paid for user, some in by_user.items() for monday, paid in _weeks(some).items()}


def _weeks(some: Iterable[WeekFacts]) -> dict[date, Paid]:
    worked: dict[date, int] = defaultdict(int)
    leave: dict[date, int] = defaultdict(int)
    overtime: dict[date, int] = defaultdict(int)
    for one in some:
        for day, seconds in one.hours.by_day.items():
            worked[day] += seconds
        for gone in one.leave:
            leave[gone.day] += gone.seconds if gone.is_paid else 0
        overtime[one.week.last_day] += one.hours.overtime
    return paid_by_week(worked, leave, overtime)


def few() -> int:
    """Sums of fewer people are not shown: they would tell of one of them."""
    return profile.city().small_cell

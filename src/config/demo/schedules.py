"""The desk's schedules: contracts, and some weeks up to the next solved and published, as who supervises would."""

import os
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from citydesk.city.profile import queries as profile
from citydesk.kernel.actors import SYSTEM, Access
from citydesk.kernel.errors import CitydeskError, Conflict
from citydesk.kernel.registries import load_dotted
from citydesk.management.workforce import services
from citydesk.management.workforce.choices import TEMPLATE_SECTION
from citydesk.management.workforce.queries.groups import GroupRow, all_groups, queues_of
from citydesk.management.workforce.queries.requirement import required_slots
from citydesk.management.workforce.queries.seen import monday_of
from config.demo import told

WEEK = timedelta(days=7)
# Weeks behind this one that were planned; what became of them is measured.
PAST = 4
# Work that is the same on any machine: a week of this desk takes some seconds. Weeks behind need no better roster, and
# one that is only looked at for being there asks for less.
TICKS = int(os.environ.get("CITYDESK_DEMO_TICKS", "12"))
FEWER_TICKS = min(5, TICKS)
AHEAD = timedelta(days=10)
# In this process; loaded when it is needed, as the worker does.
SOLVER = "citydesk.management.workforce.tasks.solving.solve_here"
# Every fourth person works half days; the others full time.
FULL, HALF = (2100, 2400, 5), (1200, 1440, 5)


def first_planned(last: date) -> date:
    """The Monday of the first week that is published, for a year that ends on a day."""
    return monday_of(last) - PAST * WEEK


def plan_past(year: Any) -> None:
    """The desk's contracts, and the weeks up to this one; a week for which nothing was foretold has none."""
    for group in _groups(year):
        weeks = _Weeks(year, group)
        weeks.make_contracts()
        weeks.make([weeks.this - back * WEEK for back in range(PAST, -1, -1)])


def plan_next(year: Any) -> None:
    """The week to come, with the leave that was granted; and what became of the weeks behind, as shrinkage."""
    for group in _groups(year):
        weeks = _Weeks(year, group)
        weeks.make([weeks.this + WEEK])
        services.measure_shrinkage(group_code=group.code, now=year.end)
        services.measure_months(group_code=group.code, now=year.end)


def _groups(year: Any) -> list[GroupRow]:
    """The supervisor's groups; of some that share people the first: who is planned there has no time left."""
    found: list[GroupRow] = []
    planned: set[int | None] = set()
    for group in all_groups():
        people = {one.actor.staff_id for one in clerks_of(year, group)}
        if people and group.team_id in year.office.supervisor.team_ids and not people & planned:
            found.append(group)
            planned |= people
    return found


def clerks_of(year: Any, group: GroupRow) -> list[Access]:
    """Who is planned in a group."""
    return [one for one in year.office.clerks if group.team_id in one.team_ids]


def desk_clerks(year: Any) -> list[Access]:
    """Who is planned at the desk that answers calls: the first group's people, or everybody where there is no group."""
    first = next(iter(all_groups()), None)
    return clerks_of(year, first) if first else list(year.office.clerks)


def _shifts(on: date, *, is_half: bool) -> tuple[str, ...]:
    """The profile's shifts up to six hours, or the longer ones of a day of nine hours at most."""
    known = profile.entries(TEMPLATE_SECTION, on)
    return tuple(
        code for code, body in known.items() if (body["length"] <= 360 if is_half else 360 < body["length"] <= 540)
    )


class _Weeks:
    """The weeks around the end of the demo year."""

    def __init__(self, year: Any, group: GroupRow) -> None:
        self.boss: Access = year.office.supervisor
        self.end: datetime = year.end
        self.group = group
        self.clerks = [one.actor.staff_id or 0 for one in clerks_of(year, group)]
        self.this = monday_of(profile.city_today(year.end))

    def make(self, mondays: Sequence[date]) -> None:
        """Week after week, so that each knows the one before."""
        for monday in mondays:
            self._foretell(monday)
            # A small year may foretell of a week that nobody is needed.
            if any(slot.scheduled for slot in required_slots(self.group.id, monday, monday + timedelta(days=6))):
                self._publish(monday)

    def make_contracts(self) -> None:
        """Everybody's hours, and what one of them likes."""
        first = self.this - 10 * WEEK
        for at, clerk in enumerate(self.clerks):
            least, most, days = HALF if at % 4 == 3 else FULL
            new = services.NewContract(
                first,
                least,
                most,
                days,
                (0, 1, 2, 3, 4),
                earliest=7 * 60,
                latest=19 * 60,
                overtime_after=2400,
                templates=_shifts(first + 10 * WEEK, is_half=at % 4 == 3),
            )
            services.set_contract(user_id=clerk, new=new, access=self.boss, now=self.end)
        wish = services.NewAvailability("prefers", weekday=4, starts=7 * 60, ends=16 * 60 + 30, weight=3)
        services.say_availability(user_id=self.clerks[0], new=wish, access=self.boss, now=self.end)

    def _foretell(self, monday: date) -> None:
        """The forecast and the staff required, where nobody reckoned them yet."""
        if required_slots(self.group.id, monday, monday + WEEK):
            return
        for queue in queues_of(self.group.id):
            try:
                services.forecast_queue(queue_code=queue.code, actor=SYSTEM, now=self.end, cutoff=monday)
            except CitydeskError:
                continue  # nothing came before: such a queue is foretold by nobody
        services.compute_requirement(group_code=self.group.code, first=monday, last=monday, now=self.end)

    def _publish(self, monday: date) -> None:
        at = min(self.end, self.end + (monday - self.this) - AHEAD + WEEK)
        pk = services.plan_week(group_id=self.group.id, day=monday, access=self.boss, now=at)
        if monday > self.this:
            label = told.story("week").get("meeting", "Team meeting")
            meeting = services.NewGathering("meeting", label, 30, monday, monday + timedelta(days=4), True)
            services.plan_gathering(group_id=self.group.id, new=meeting, access=self.boss, now=at)
        run = services.ask_solve(
            schedule_id=pk, ticks=TICKS if monday >= self.this else FEWER_TICKS, access=self.boss, now=at
        )
        services.run_solve(run_id=run, solver=load_dotted(SOLVER), clock=lambda: at)
        try:
            services.publish_schedule(schedule_id=pk, access=self.boss, now=at)
        except Conflict:
            services.publish_schedule(
                schedule_id=pk, is_anyway=True, reason="Nobody else can be had that week.", access=self.boss, now=at
            )

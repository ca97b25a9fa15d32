"""The desk's schedules: contracts, and last, this and next week solved and published, as who supervises would."""

from datetime import date, datetime, timedelta
from typing import Any

from citydesk.city.profile import queries as profile
from citydesk.kernel.actors import SYSTEM, Access
from citydesk.kernel.errors import CitydeskError
from citydesk.kernel.registries import load_dotted
from citydesk.management.workforce import services
from citydesk.management.workforce.choices import TEMPLATE_SECTION
from citydesk.management.workforce.queries.groups import GroupRow, all_groups, queues_of
from citydesk.management.workforce.queries.requirement import required_slots
from citydesk.management.workforce.queries.seen import monday_of

WEEK = timedelta(days=7)
# Work that is the same on any machine: a week of this desk takes about a second.
TICKS = 12
AHEAD = timedelta(days=10)
# In this process; loaded when it is needed, as the worker does.
SOLVER = "citydesk.management.workforce.tasks.solving.solve_here"
# Every fourth person works half days; the others full time.
FULL, HALF = (2100, 2400, 5), (1200, 1440, 5)


def make_schedules(year: Any) -> None:
    """Three weeks of the desk's group; a week for which nothing was foretold has none."""
    for group in all_groups():
        if group.team_id in year.office.supervisor.team_ids:
            _Weeks(year, group).make()


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
        self.clerks: list[int] = [one.actor.staff_id for one in year.office.clerks]
        self.this = monday_of(profile.city_today(year.end))

    def make(self) -> None:
        """Contracts first, then week after week, so that each knows the one before."""
        self._contracts(self.this - 10 * WEEK)
        for monday in (self.this - WEEK, self.this, self.this + WEEK):
            self._foretell(monday)
            # A small year may foretell of a week that nobody is needed.
            if any(slot.scheduled for slot in required_slots(self.group.id, monday, monday + timedelta(days=6))):
                self._publish(monday)

    def _contracts(self, first: date) -> None:
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
            meeting = services.NewGathering(
                "meeting", "Storm season huddle", 30, monday, monday + timedelta(days=4), True
            )
            services.plan_gathering(group_id=self.group.id, new=meeting, access=self.boss, now=at)
        run = services.ask_solve(schedule_id=pk, ticks=TICKS, access=self.boss, now=at)
        services.run_solve(run_id=run, solver=load_dotted(SOLVER), clock=lambda: at)
        services.publish_schedule(schedule_id=pk, access=self.boss, now=at)

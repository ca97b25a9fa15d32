"""A small desk with contracts and a requirement, and no schedule yet; a solver that works in this process."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from citydesk.city.staff.tests.factories import access_of, make_team, make_user
from citydesk.kernel.actors import Access
from citydesk.management.workforce import services
from citydesk.management.workforce.engines.roster.budget import Budget
from citydesk.management.workforce.engines.roster.solve import solve
from citydesk.management.workforce.models import Requirement, Schedule, Shift, SolveRun, StaffingGroup
from citydesk.management.workforce.tasks.solving import wanted_of
from citydesk.management.workforce.tests.life_cases import at, load

# A Tuesday of the week before; the Thursday of the planned week is like any other.
NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
MONDAY = date(2026, 11, 30)
PEOPLE = ("dana", "osei", "rosa", "theo")
FULL = services.NewContract(date(2026, 1, 1), 0, 2400, 5, (0, 1, 2, 3, 4), 420, 1200)


@dataclass(frozen=True)
class Planned:
    """Who is there, and the group."""

    who: dict[str, Access]
    boss: Access
    second: Access
    stranger: Access
    director: Access
    group: StaffingGroup

    def id_of(self, name: str) -> int:
        return int(self.who[name].actor.id)


def planned(*, required: int = 1, now: datetime = NOW) -> Planned:
    """Four people on full time, one slot after the other from nine to five asking for so many."""
    load(now)
    team, other = make_team("desk_311"), make_team("water_desk")
    who = {name: access_of(make_user(name, roles=["representative"], teams=[team]), now) for name in PEOPLE}
    boss = access_of(make_user("priscilla", roles=["supervisor"], teams=[team]), now)
    group = make_group("desk", team)
    for one in who.values():
        services.set_contract(user_id=int(one.actor.id), new=FULL, access=boss, now=now)
    ask(group, required)
    return Planned(
        who,
        boss,
        access_of(make_user("pedro", roles=["supervisor"], teams=[team]), now),
        access_of(make_user("stranger", roles=["supervisor"], teams=[other]), now),
        access_of(make_user("gideon", roles=["director"]), now),
        group,
    )


def make_group(code: str, team) -> StaffingGroup:
    """A group of a team."""
    names = {"en": code.title(), "es": code.title()}
    return StaffingGroup.objects.create(code=code, names=names, team=team, calendar_code="office")


def ask(group: StaffingGroup, required: int, *, days: int = 5, monday: date = MONDAY) -> None:
    """So many people in each half-hour from nine to five."""
    Requirement.objects.bulk_create(
        Requirement(
            group=group, day=monday + timedelta(days=day), starts_at=at(monday + timedelta(days=day), minute),
            minutes=30, contacts=10, high=14, handle_s=240, required=required,
            required_high=required + 1, scheduled=required, shrinkage=0, made_at=NOW,
        )
        for day in range(days)
        for minute in range(540, 1020, 30)
    )  # fmt: skip


def solver(week, gatherings, *, seconds, ticks, seed, tell, is_stopped):
    """The engine, in this process, with a little work that is the same on any machine."""
    tell(stage="in turn", cost=9, bound=0.0, seconds=0.1)
    found = solve(week.problem, Budget(ticks=2, is_canceled=is_stopped), seed, wanted_of(week, gatherings))
    return found, [(int(one.person), one.label) for one in found.unplaced]


def begun(desk: Planned, access: Access | None = None, group: StaffingGroup | None = None) -> int:
    """An open, empty version of the week."""
    return services.plan_week(group_id=(group or desk.group).pk, day=MONDAY, access=access or desk.boss, now=NOW)


def solved(desk: Planned, *, using=solver) -> Schedule:
    """The week as the solver leaves it."""
    pk = begun(desk)
    solve_now(desk, pk, using=using)
    return Schedule.objects.get(pk=pk)


def solve_now(desk: Planned, pk: int, *, using=solver) -> SolveRun:
    """Ask for the open version to be solved, and do what the worker does."""
    run = services.ask_solve(schedule_id=pk, access=desk.boss, now=NOW)
    services.run_solve(run_id=run, solver=using, clock=lambda: NOW)
    return SolveRun.objects.get(pk=run)


def give(desk: Planned, pk: int, name: str, day: int, start: int = 540, **more) -> None:
    """Set somebody's shift by hand."""
    given = {"access": desk.boss, **more}
    shift = services.HandShift(desk.id_of(name), MONDAY + timedelta(days=day), "day", start, 510)
    services.set_shift(schedule_id=pk, shift=shift, now=NOW, **given)


def shifts(pk: int) -> set[tuple[str, int]]:
    """Who works on which day of a version."""
    rows = Shift.objects.filter(schedule_id=pk).values_list("user__username", "day")
    return {(name, (day - MONDAY).days) for name, day in rows}


def pages() -> list[str]:
    """Addresses of a week with a chosen cell and a short slot, and of a contract, for who supervises the walkers."""
    from django.urls import reverse

    from citydesk.city.profile import queries as profile
    from citydesk.city.staff.tests.factories import access_with
    from citydesk.kernel.clock import utc_now
    from citydesk.management.workforce.choices import PLAN, SCHEDULES
    from citydesk.management.workforce.queries.seen import monday_of

    now = utc_now()
    team = make_team("walkers", kind="crew")
    clerk = make_user("rostered", roles=["representative"], teams=[team])
    boss = access_with(PLAN, SCHEDULES, teams=[team])
    group = make_group("walkers", team)
    monday = monday_of(profile.city_today(now)) + timedelta(days=7)
    new = services.NewContract(monday, 0, 2400, 5, (0, 1, 2, 3, 4), 420, 1200)
    services.set_contract(user_id=clerk.pk, new=new, access=boss, now=now)
    ask(group, 2, monday=monday, days=1)
    week = services.plan_week(group_id=group.pk, day=monday, access=boss, now=now)
    shift = services.HandShift(clerk.pk, monday, "day", 540, 510)
    services.set_shift(schedule_id=week, shift=shift, is_anyway=True, access=boss, now=now)
    address = f"{reverse('workforce:schedule', args=[week])}?cell={clerk.pk}-{monday.isoformat()}&slot=0-540"
    return [address, reverse("workforce:contract", args=[clerk.pk])]

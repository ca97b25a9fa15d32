"""Solving a week: asked for on the page, done by the worker in a process apart, kept once the verifier agrees.

The solver is handed in, so that this room's front doors never load it.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

from django.db import transaction
from django.utils.translation import gettext as _

from citydesk.kernel import outbox
from citydesk.kernel.actors import SYSTEM, Access
from citydesk.kernel.errors import CitydeskError, Conflict, Invalid, ManyInvalid
from citydesk.management.workforce import labels
from citydesk.management.workforce.choices import ScheduleState, SolveState
from citydesk.management.workforce.models import Gathering, Schedule, SolveRun
from citydesk.management.workforce.queries.gatherings import gatherings_of, trainings_of
from citydesk.management.workforce.queries.groups import GroupRow, all_groups
from citydesk.management.workforce.queries.weeks import PlannedWeek
from citydesk.management.workforce.rules.planning import Finding, troubles
from citydesk.management.workforce.rules.roster.cost import cost_of
from citydesk.management.workforce.rules.roster.shifts import Assignment
from citydesk.management.workforce.rules.roster.verifier import Breach, Rule, verify
from citydesk.management.workforce.services.schedules import (
    keep,
    note,
    take_away,
    take_schedule,
    week_of_row,
    write_shifts,
)

ENDINGS = (10, 30, 120, 600)  # CPU-seconds of one core that may be asked for
LIVE = (SolveState.WAITING, SolveState.RUNNING)
Clock = Callable[[], datetime]


class Found(Protocol):
    """What a solver answers: a roster, what none can cost less than, CPU-seconds, and who found no place."""

    @property
    def roster(self) -> tuple[Assignment, ...]: ...
    @property
    def bound(self) -> float: ...
    @property
    def seconds(self) -> float: ...


class Solver(Protocol):
    """Solves a problem with trainings and meetings; tells of progress, and asks now and then whether to stop."""

    def __call__(
        self,
        week: PlannedWeek,
        gatherings: Sequence[Gathering],
        *,
        seconds: float | None,
        ticks: float | None,
        seed: int,
        tell: Callable[..., None],
        is_stopped: Callable[[], bool],
    ) -> tuple[Found, list[tuple[int, str]]]: ...


class NoRoster(Exception):
    """The solver found no roster at all; `person` is whose week cannot be given, where that is known."""

    def __init__(self, person: str = "") -> None:
        super().__init__(person)
        self.person = person


def usual_limit(people: int) -> int:
    """CPU-seconds that a week of so many people is given: 20 people 10, 60 people 30, more 120."""
    return 10 if people <= 25 else 30 if people <= 80 else 120


def ask_solve(
    *,
    schedule_id: int,
    seconds: int = 0,
    ticks: int | None = None,
    seed: int = 1,
    access: Access,
    now: datetime,
    version: int | None = None,
) -> int:
    """Let the worker solve an open version; returns the run's id. Shifts that are pinned stay.

    Raises `Invalid` or `ManyInvalid`, a fact each, where the tables contradict themselves; `NotFound`, `NotAllowed`,
    `Conflict`, `StaleVersion`.
    """
    with transaction.atomic():
        row, group = take_schedule(schedule_id, access, version)
        week = week_of_row(row, group, now)
        refuse_troubles(week)
        limit = seconds if seconds in ENDINGS else usual_limit(len(week.problem.people))
        run = SolveRun.objects.create(
            schedule=row, state=SolveState.WAITING, asked_at=now, asked_by_id=access.actor.staff_id, limit_s=limit,
            ticks=ticks, seed=seed,
        )  # fmt: skip
        row.state = ScheduleState.SOLVING
        keep(row, ["state"])
        note(row, "schedule_solve_asked", access.actor, now)
        outbox.defer("workforce.solve", queue="heavy", run_id=run.pk)
        return run.pk


def refuse_troubles(week: PlannedWeek) -> None:
    """Raise what stands against solving a week, in words: one error for each fact."""
    found: list[CitydeskError] = [Invalid(_said(one, week)) for one in troubles(week.problem)]
    if len(found) == 1:
        raise found[0]
    if found:
        raise ManyInvalid(found)


def _said(one: Finding, week: PlannedWeek) -> str:
    facts = {
        "name": week.names.get(one.person, one.person),
        "asked": labels.hours(one.asked),
        "possible": labels.hours(one.possible),
    }
    return str(labels.TROUBLES[one.trouble]) % facts


def stop_solve(*, schedule_id: int, access: Access, now: datetime, version: int | None = None) -> None:
    """Ask the solver to stop; it keeps the best so far. A run that has not begun ends at once.

    Raises `NotFound`, `NotAllowed`, `Conflict`.
    """
    with transaction.atomic():
        row, _group = take_schedule(schedule_id, access, None, may_solve=True)
        run = SolveRun.objects.select_for_update().filter(schedule=row, state__in=LIVE).first()
        if run is None:
            raise Conflict(_("The solver is not at work."))
        run.stop_asked_at = run.stop_asked_at or now
        if run.state == SolveState.WAITING:
            run.state, run.finished_at = SolveState.FAILED, now
            run.problem = _("It was stopped before it began.")
            _give_back(row)
        run.save(update_fields=["stop_asked_at", "state", "finished_at", "problem"])
        note(row, "schedule_solve_stopped", access.actor, now)


def run_solve(*, run_id: int, solver: Solver, clock: Clock) -> None:
    """Solve what a run asks for and keep the roster, in the worker. A run that is over is left alone, one whose worker
    was killed begins anew. What the solver refuses is kept in words; a roster the verifier refuses is never kept."""
    with transaction.atomic():
        run = SolveRun.objects.select_for_update(of=("self",)).select_related("schedule").filter(pk=run_id).first()
        if run is None or run.state not in LIVE:
            return
        run.state, run.started_at = SolveState.RUNNING, clock()
        run.save(update_fields=["state", "started_at"])
        row = run.schedule
        group = _group_of(row)
        week = week_of_row(row, group, run.asked_at)
    gatherings = gatherings_of(row.group_id, row.week_start)
    try:
        found, unplaced = solver(
            week, gatherings, seconds=None if run.ticks else run.limit_s, ticks=run.ticks, seed=run.seed,
            tell=_teller(run_id, clock), is_stopped=_asker(run_id, clock),
        )  # fmt: skip
        asked = replace(week.problem, trainings=trainings_of(week, gatherings))
        refuse_breaches(replace(week, problem=asked), found.roster)
    except NoRoster as reason:
        _fail(run_id, _no_roster(week, reason.person), clock())
    else:
        _keep_roster(run_id, week, found, unplaced, clock())


def _group_of(row: Schedule) -> GroupRow:
    return next(one for one in all_groups() if one.id == row.group_id)


def refuse_breaches(week: PlannedWeek, roster: tuple[Assignment, ...]) -> None:
    """Raise `NoRoster` for a roster that breaks a rule nobody pinned. The verifier decides, never the solver.

    Fewer than must be there costs so much that it is chosen only where nobody can come: such a roster is kept, the page
    names each slot, and it is published only by who says so.
    """
    pinned = {one.person for one in week.problem.pinned}
    found = breaches_of(week, roster)
    wrong = [one for one in found if one.person not in pinned and one.rule != Rule.FLOOR]
    if wrong:
        raise NoRoster(wrong[0].person)


def breaches_of(week: PlannedWeek, roster: tuple[Assignment, ...]) -> list[Breach]:
    """What the independent verifier finds."""
    return verify(week.problem, roster)


def _no_roster(week: PlannedWeek, person: str) -> str:
    if not person:
        return _("The solver ended before it had any schedule.")
    return _("No week keeps the rules for %(name)s: look at contract, availability, leave and pinned shifts.") % {
        "name": week.names.get(person, person)
    }


def _teller(run_id: int, clock: Clock) -> Callable[..., None]:
    """Keeps the newest figures of a run, at most once a second."""
    last: list[datetime] = []

    def tell(*, stage: str, cost: int | None, bound: float, seconds: float) -> None:
        now = clock()
        if last and now - last[0] < timedelta(seconds=1):
            return
        last[:] = [now]
        SolveRun.objects.filter(pk=run_id).update(stage=stage[:40], cost=cost, bound=bound, seconds=seconds)

    return tell


def _asker(run_id: int, clock: Clock) -> Callable[[], bool]:
    """Whether somebody asked the run to stop; looks at most once a second."""
    last: list[tuple[datetime, bool]] = []

    def is_stopped() -> bool:
        now = clock()
        if not last or (not last[0][1] and now - last[0][0] >= timedelta(seconds=1)):
            asked = SolveRun.objects.filter(pk=run_id, stop_asked_at__isnull=False).exists()
            last[:] = [(now, asked)]
        return last[0][1]

    return is_stopped


def _fail(run_id: int, problem: str, now: datetime) -> None:
    with transaction.atomic():
        run, row = _both(run_id)
        run.state, run.finished_at, run.problem = SolveState.FAILED, now, problem[:600]
        run.save(update_fields=["state", "finished_at", "problem"])
        _give_back(row)
        note(row, "schedule_unsolved", SYSTEM, now, reason=problem[:400])


def _both(run_id: int) -> tuple[SolveRun, Schedule]:
    """The version and its run, held in the order everybody holds them."""
    found = SolveRun.objects.get(pk=run_id)
    row = Schedule.objects.select_for_update(of=("self",)).get(pk=found.schedule_id)
    return SolveRun.objects.select_for_update().get(pk=run_id), row


def _give_back(row: Schedule) -> None:
    """The version as it was before: solved where it has a bound."""
    row.state = ScheduleState.SOLVED if row.bound is not None else ScheduleState.DRAFT
    keep(row, ["state"])


def _keep_roster(run_id: int, week: PlannedWeek, found: Found, unplaced: list[tuple[int, str]], now: datetime) -> None:
    with transaction.atomic():
        run, row = _both(run_id)
        if run.state != SolveState.RUNNING or row.state != ScheduleState.SOLVING:
            return
        pinned = {(one.person, one.day) for one in week.problem.pinned}
        take_away(pk for key, pk in week.shift_ids.items() if key not in pinned)
        write_shifts(row, (one for one in found.roster if (one.person, one.day) not in pinned))
        cost = cost_of(week.problem, found.roster)
        run.state, run.finished_at, run.seconds = SolveState.DONE, now, found.seconds
        run.cost, run.bound = cost, found.bound
        run.save(update_fields=["state", "finished_at", "seconds", "cost", "bound"])
        row.state, row.cost, row.bound = ScheduleState.SOLVED, cost, min(found.bound, float(cost))
        row.seconds, row.seed, row.unplaced = found.seconds, run.seed, [list(one) for one in unplaced]
        row.asked = [[one.day, one.start, one.target, one.minimum] for one in week.problem.slot_needs]
        keep(row, ["state", "cost", "bound", "seconds", "seed", "unplaced", "asked"])
        note(row, "schedule_solved", SYSTEM, now, after={"cost": cost, "bound": round(found.bound)})

"""Solving a week in a process apart, with a limit on its memory."""

from collections.abc import Callable, Sequence
from typing import Any

from citydesk.kernel.clock import utc_now
from citydesk.kernel.jobs import job
from citydesk.management.workforce import services
from citydesk.management.workforce.engines.roster.apart import OutOfRoom, solve_apart
from citydesk.management.workforce.engines.roster.budget import Budget
from citydesk.management.workforce.engines.roster.generate import NoLine
from citydesk.management.workforce.engines.roster.meetings import Meeting
from citydesk.management.workforce.engines.roster.solve import Solution, Wanted, solve
from citydesk.management.workforce.queries.gatherings import people_of, trainings_of
from citydesk.management.workforce.queries.weeks import PlannedWeek
from citydesk.management.workforce.rules.roster.problem import Impossible
from citydesk.management.workforce.rules.roster.shifts import Kind

MEGABYTES = 2_048


@job("workforce.solve", queue="heavy")
def solve_schedule(*, run_id: int) -> None:
    """Solve what somebody asked for on the page."""
    services.run_solve(run_id=run_id, solver=solve_week, clock=utc_now)


def solve_week(
    week: PlannedWeek,
    gatherings: Sequence[Any],
    *,
    seconds: float | None,
    ticks: float | None,
    seed: int,
    tell: Callable[..., None],
    is_stopped: Callable[[], bool],
) -> tuple[Solution, list[tuple[int, str]]]:
    """The solver as `services.run_solve` takes it. Raises `NoRoster`."""
    try:
        found = solve_apart(
            week.problem,
            seconds=seconds,
            ticks=ticks,
            seed=seed,
            wanted=wanted_of(week, gatherings),
            megabytes=MEGABYTES,
            on_news=lambda news: tell(stage=news.stage, cost=news.cost, bound=news.bound, seconds=news.seconds),
            is_canceled=is_stopped,
        )
    except (NoLine, Impossible) as reason:
        code = str(reason).split(" ", 1)[0]
        raise services.NoRoster(code if code in week.problem.person_of else "") from reason
    except OutOfRoom as reason:
        raise services.NoRoster from reason
    return found, _left(found)


def solve_here(
    week: PlannedWeek, gatherings: Sequence[Any], *, ticks: float | None, seed: int, **more: Any
) -> tuple[Solution, list[tuple[int, str]]]:
    """The same in this process, by an amount of work that gives one roster on every machine: for the demo's weeks."""
    found = solve(week.problem, Budget(ticks=ticks), seed, wanted_of(week, gatherings))
    return found, _left(found)


def _left(found: Solution) -> list[tuple[int, str]]:
    """Whose training or meeting found no place."""
    left = [(int(one.person), one.label) for one in found.unplaced]
    return [*left, *((int(one.person), one.meeting.label) for one in found.unseated)]


def wanted_of(week: PlannedWeek, gatherings: Sequence[Any]) -> Wanted:
    """Trainings and meetings as the engines know them: a training each for themselves, a meeting in few sittings."""
    meetings = (
        Meeting(
            people_of(week, one), one.minutes, week.number(one.first), week.number(one.last), kind=Kind(one.kind),
            label=one.title,
        )
        for one in gatherings
        if one.is_together
    )  # fmt: skip
    return Wanted(trainings_of(week, gatherings), tuple(meetings))

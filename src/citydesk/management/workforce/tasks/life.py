"""What becomes of published schedules while nobody looks: plans made again, swaps that lapse, exceptions noted."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from citydesk.kernel.actors import SYSTEM
from citydesk.kernel.clock import utc_now
from citydesk.kernel.jobs import job, periodic
from citydesk.management.workforce import services
from citydesk.management.workforce.engines.roster.apart import OutOfRoom, solve_apart
from citydesk.management.workforce.engines.roster.generate import NoLine
from citydesk.management.workforce.queries.calls import Lost, is_stopped, lost_plan
from citydesk.management.workforce.rules.planning import new_breaches
from citydesk.management.workforce.rules.replans import proposal_of
from citydesk.management.workforce.rules.roster.problem import Impossible

SECONDS: float | None = 20.0
TICKS: float | None = None
MEGABYTES = 2_048
SECOND = timedelta(seconds=1)


@job("workforce.replan", queue="heavy")
def replan(*, call_id: int) -> None:
    """Look for a plan near the published one without whoever called in, and keep it beside the call. Pages that show
    the call hear how far it is; who stops it keeps the best so far."""
    lost = lost_plan(call_id, now=utc_now())
    if lost is None:
        return
    tell = _teller(call_id)
    tell(stage="", cost=None, seconds=0.0)
    proposal = plan_again(lost, tell, _asker(call_id))
    services.keep_proposal(call_id=call_id, proposal=proposal, actor=SYSTEM, now=utc_now())


def plan_again(lost: Lost, tell: Callable[..., None], is_canceled: Callable[[], bool]) -> dict[str, Any]:
    """What the solver proposes: the days that change, whom they touch, what the week then costs; or why nothing."""
    problem, left = lost.problem, lost.roster
    # Whoever has no contract any more is not among the people: the solver leaves their shifts where they are.
    moving = tuple(one for one in left if one.person in problem.person_of)
    stays = tuple(one for one in left if one.person not in problem.person_of)
    if not moving:
        return {"schedule": lost.schedule_id, "problem": "nobody"}
    try:
        found = solve_apart(
            problem,
            seconds=SECONDS,
            ticks=TICKS,
            before=moving,
            megabytes=MEGABYTES,
            on_news=lambda news: tell(stage=news.stage, cost=news.cost, seconds=news.seconds),
            is_canceled=is_canceled,
        )
    except (NoLine, Impossible, OutOfRoom):
        return {"schedule": lost.schedule_id, "problem": "none"}
    after = (*found.roster, *stays)
    if new_breaches(problem, left, after):
        return {"schedule": lost.schedule_id, "problem": "rules"}
    return {"schedule": lost.schedule_id, "seconds": found.seconds, **proposal_of(problem, left, after)}


def _teller(call_id: int) -> Callable[..., None]:
    """Tells how far the solver is, at most once a second."""
    last: list[datetime] = []

    def tell(*, stage: str, cost: int | None, seconds: float) -> None:
        now = utc_now()
        if not last or now - last[0] >= SECOND:
            last[:] = [now]
            progress = {"stage": stage[:40], "cost": cost, "seconds": round(seconds, 1), "limit": SECONDS}
            services.keep_progress(call_id=call_id, progress=progress, actor=SYSTEM, now=now)

    return tell


def _asker(call_id: int) -> Callable[[], bool]:
    """Whether somebody asked to stop; looks at most once a second, and not again once somebody did."""
    last: list[tuple[datetime, bool]] = []

    def asked() -> bool:
        now = utc_now()
        if not last or (not last[0][1] and now - last[0][0] >= SECOND):
            last[:] = [(now, is_stopped(call_id))]
        return last[0][1]

    return asked


@periodic("workforce.attendance", "15 9 * * *")
def attendance() -> dict[str, int]:
    """Note who was late, left early or did not come, of shifts that are over."""
    return services.record_exceptions(actor=SYSTEM, now=utc_now())


@periodic("workforce.lapse_swaps", "10 9 * * *")
def lapse_swaps() -> dict[str, int]:
    """Let swaps end that nobody decided before their day."""
    return {"lapsed": services.lapse_swaps(actor=SYSTEM, now=utc_now())}

"""Rosters whose needs are by day and shift: bound by column generation, found by diving, closed by neighborhoods."""

from dataclasses import dataclass
from functools import partial
from math import ceil
from random import Random

from citydesk.management.workforce.rules.roster.problem import Problem
from citydesk.management.workforce.rules.roster.shifts import Roster

from .budget import Budget
from .close import close
from .compact import is_small, prove
from .dive import dive
from .generate import Generated, Task, begin, generate, reduced
from .lines import Lines
from .master import choose

ROUNDS_AT_ONCE = 5
ROOT_SHARE, CLOSE_SHARE, DIVE_SHARE = 0.6, 0.7, 0.9
DIVES = 3
WHOLE_NODES = 400
NEAR = 1.01  # above the bound: so near, choosing among all known lines at once is worth it


@dataclass(frozen=True)
class Answer:
    """A roster, what it costs, and what none can cost less than."""

    roster: Roster
    cost: int
    bound: float


def solve_by_columns(problem: Problem, budget: Budget, seed: int = 1) -> Answer:
    """The best roster within the budget. The same seed and the same ticks give the same roster."""
    lines, chance = Lines(problem), Random(seed)  # noqa: S311 - chance that repeats
    task = begin(lines, list(range(len(problem.people))), lines.required)
    chosen = {person: min(task.used[person]) for person in task.people}
    found = _root(task, budget, lines.cost(chosen))
    goal = ceil(found.bound - 1e-3)
    chosen = _dives(task, found, chosen, goal, budget, chance)
    if lines.cost(chosen) > goal and is_small(lines) and budget.has_room:
        least, better = prove(lines, lines.cost(chosen), budget.wall_left(0.5))
        goal, chosen = max(goal, round(least)), better or chosen
    chosen = close(lines, found, chosen, goal * NEAR, budget, chance, share=CLOSE_SHARE)
    if lines.cost(chosen) > goal and not budget.is_over(DIVE_SHARE):
        chosen = _cheaper(lines, chosen, _whole(task, found, lines.cost(chosen), budget))
        budget.report(lines.cost(chosen), found.bound, "choosing", partial(lines.roster, chosen))
    chosen = close(lines, found, chosen, goal, budget, chance)
    return Answer(lines.roster(chosen), lines.cost(chosen), min(max(0.0, goal), float(lines.cost(chosen))))


def _dives(
    task: Task, found: Generated, chosen: dict[int, int], goal: int, budget: Budget, chance: Random
) -> dict[int, int]:
    """The best of a few dives, the first without chance."""
    for number in range(DIVES):
        if task.lines.cost(chosen) <= goal or budget.is_over(DIVE_SHARE):
            break
        chosen = _cheaper(task.lines, chosen, dive(task, found, budget, chance if number else None))
        budget.report(task.lines.cost(chosen), found.bound, "diving", partial(task.lines.roster, chosen))
    return chosen


def _root(task: Task, budget: Budget, cost: int) -> Generated:
    """Column generation for all people, reporting the bound as it rises."""
    found = generate(task, budget, rounds=ROUNDS_AT_ONCE)
    while not found.is_whole and not budget.is_over(ROOT_SHARE):
        earlier, found = found, generate(task, budget, rounds=ROUNDS_AT_ONCE, share=ROOT_SHARE)
        if earlier.bound > found.bound:
            found.bound, found.duals, found.person_best = earlier.bound, earlier.duals, earlier.person_best
        budget.report(cost, found.bound, "bound")
    return found


def _cheaper(lines: Lines, one: dict[int, int], other: dict[int, int] | None) -> dict[int, int]:
    return other if other is not None and lines.cost(other) < lines.cost(one) else one


def _whole(task: Task, found: Generated, cost: int, budget: Budget) -> dict[int, int] | None:
    """The best choice among all lines that could be part of something cheaper than what is known."""
    lines, gap = task.lines, cost - found.bound
    used = {
        person: sorted(
            line
            for line in range(len(lines.known[person].days))
            if reduced(lines, person, line, found.duals) - found.person_best[person] <= gap + 1e-6
        )
        for person in task.people
    }
    budget.work(2.0)
    return choose(
        lines, task.people, task.required, used,
        nodes=WHOLE_NODES, seconds=budget.wall_left(0.3), below=cost - 1 + 1e-6,
    ) if all(used.values()) else None  # fmt: skip

"""Closes the gap between a roster and the bound: open some people's lines again and choose theirs exactly.

A neighborhood is left as soon as its own bound says that nothing better is in it, so most cost a few rounds only.
"""

from functools import partial
from random import Random

import numpy as np

from .budget import Budget
from .generate import Generated, Task, generate, reduced
from .lines import Lines
from .master import choose

NODES = 300
KEPT = 40  # known lines a person brings into a neighborhood
FEW, MANY = 3, 9
PATIENCE = 12  # neighborhoods without success before they grow


def close(
    lines: Lines, found: Generated, chosen: dict[int, int], goal: int, budget: Budget, chance: Random
) -> dict[int, int]:
    """The best roster that neighborhoods lead to until it costs the goal or the budget is spent."""
    cost, size, missed = lines.cost(chosen), FEW, 0
    while cost > goal and not budget.is_over():
        people = _neighborhood(lines, found, chosen, min(size, len(chosen)), chance)
        better = _improve(lines, found, chosen, people, cost, budget)
        if better is not None:
            chosen = better
            missed = 0 if lines.cost(chosen) < cost else missed + 1
            cost = lines.cost(chosen)
            budget.report(cost, found.bound, "closing", partial(lines.roster, chosen))
        else:
            missed += 1
        if missed >= PATIENCE:
            size, missed = (size + 1 if size < MANY else FEW), 0
    return chosen


def _neighborhood(lines: Lines, found: Generated, chosen: dict[int, int], size: int, chance: Random) -> list[int]:
    """People with much to gain first: whose line costs more under the bound's prices than their cheapest would, and
    who could work where the needs are missed."""
    regret = {
        person: reduced(lines, person, line, found.duals) - found.person_best.get(person, 0.0)
        for person, line in chosen.items()
    }
    most = max(1.0, max(regret.values()))
    weight = {person: 0.15 + max(0.0, one) / most for person, one in regret.items()}
    picked = sorted(chosen, key=lambda one: chance.random() ** (1.0 / weight[one]), reverse=True)
    return sorted(picked[:size])


def _improve(
    lines: Lines, found: Generated, chosen: dict[int, int], people: list[int], cost: int, budget: Budget
) -> dict[int, int] | None:
    kept = {person: line for person, line in chosen.items() if person not in people}
    required = lines.left(kept)
    beside = sum(lines.known[person].costs[line] for person, line in kept.items())
    used = {person: _cheapest(lines, found.duals, person) | {chosen[person]} for person in people}
    task = Task(lines, people, required, used)
    inner = generate(task, budget, rounds=10, wanted=5)
    if inner.bound + beside > cost - 1 + 1e-4:
        return None
    # A line that costs more than this beyond the cheapest cannot be part of anything better.
    worth = cost - beside - inner.bound
    used = {
        person: {
            line
            for line in task.used[person] | {chosen[person]}
            if reduced(lines, person, line, inner.duals) - inner.person_best[person] <= worth + 1e-6
        }
        | {chosen[person]}
        for person in people
    }
    picked = choose(
        lines, people, required, {one: sorted(them) for one, them in used.items()},
        nodes=NODES, seconds=budget.wall_left(), below=cost - beside - 1 + 1e-6,
    )  # fmt: skip
    budget.work(0.5)
    return kept | picked if picked else None


def _cheapest(lines: Lines, duals: np.ndarray, person: int) -> set[int]:
    count = len(lines.known[person].days)
    order = sorted(range(count), key=lambda one: (reduced(lines, person, one, duals), one))
    return set(order[:KEPT])

"""Column generation: the linear program over *all* lines, without ever listing them.

Each round mixes the known lines, asks every person's dynamic program for lines that would improve the mixture, and
stops when nobody has one. Under any duals the sum of everybody's cheapest line and of what the needs are worth is less
than any roster costs; the best such sum is the bound that is shown, whenever the rounds end.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from .budget import CELLS_A_TICK, Budget
from .lines import Lines
from .master import Mixture, mix

SMALL = 1e-6
KEPT_LINES = 60  # lines a person keeps in the linear program beside those in use
SMOOTHING = 0.6  # share of the best duals so far in those that lines are asked for


class NoLine(ValueError):
    """Somebody has no line of days at all that their contract allows."""


def no_line(person: str) -> NoLine:
    return NoLine(f"{person} has no line of days that keeps to the contract, the days off and what is pinned")


@dataclass
class Generated:
    """Where column generation stands: the last mixture, the bound, and the duals that gave it."""

    mixture: Mixture
    bound: float
    duals: np.ndarray
    person_best: dict[int, float] = field(default_factory=dict)
    is_whole: bool = False  # nobody has a line left that would improve the mixture


@dataclass
class Task:
    """The people whose lines are open, and what is required beside everybody else's."""

    lines: Lines
    people: list[int]
    required: np.ndarray
    used: dict[int, set[int]]

    def add(self, person: int, numbers: Iterable[int]) -> int:
        before = len(self.used[person])
        self.used[person].update(numbers)
        return len(self.used[person]) - before


def begin(lines: Lines, people: list[int], required: np.ndarray, used: dict[int, set[int]] | None = None) -> Task:
    """A task in which everybody has at least one line."""
    task = Task(lines, people, required, used or {person: set() for person in people})
    empty = np.zeros(len(required))
    for person in people:
        if not task.used[person]:
            price, numbers = lines.find(person, empty)
            if not numbers or price == float("inf"):
                raise no_line(lines.problem.people[person].code)
            task.add(person, numbers)
    return task


def generate(task: Task, budget: Budget, *, rounds: int, wanted: int = 6, share: float = 1.0) -> Generated:
    """Rounds until nobody improves, the rounds are used up, or this share of the budget is."""
    found: Generated | None = None
    smoothing = SMOOTHING
    for number in range(rounds):
        mixture = mix(task.lines, task.people, task.required, {one: sorted(task.used[one]) for one in task.people})
        asked = mixture.duals if found is None else smoothing * found.duals + (1 - smoothing) * mixture.duals
        bound, best, fresh = _ask(task, mixture, asked, wanted, budget)
        if found is None or bound > found.bound:
            found = Generated(mixture, bound, asked, best)
        found.mixture = mixture
        if _meets(mixture.cost, found.bound) or (not fresh and smoothing == 0.0):
            found.is_whole = True
            break
        # Smoothed prices may miss what the mixture's own would find: ask with those before believing it.
        smoothing = SMOOTHING if fresh else 0.0
        if budget.is_over(share):
            break
        if number % 8 == 7:
            _forget(task, mixture)
    if found is None:
        raise ValueError("column generation needs a round")
    return found


def _meets(cost: float, bound: float) -> bool:
    return cost - bound < min(0.01, 1e-4 * max(1.0, abs(cost)))


def _ask(
    task: Task, mixture: Mixture, duals: np.ndarray, wanted: int, budget: Budget
) -> tuple[float, dict[int, float], int]:
    """Everybody's cheapest lines under these duals: the bound they prove, the least prices, how many lines are new."""
    lines, fresh, best = task.lines, 0, {}
    before = lines.cells()
    bounded = np.clip(duals, -lines.over, lines.under)  # outside the linear program's round-off proves nothing
    for person in task.people:
        price, numbers = lines.find(person, bounded, wanted)
        if not numbers:
            raise no_line(lines.problem.people[person].code)
        best[person] = price
        fresh += task.add(person, [one for one in numbers if _improves(lines, person, one, mixture)])
    budget.work((lines.cells() - before) / CELLS_A_TICK)
    return float(bounded @ task.required + sum(best.values())), best, fresh


def _improves(lines: Lines, person: int, line: int, mixture: Mixture) -> bool:
    return reduced(lines, person, line, mixture.duals) < mixture.person_duals[person] - SMALL


def reduced(lines: Lines, person: int, line: int, duals: np.ndarray) -> float:
    """What a line costs less what it covers is worth."""
    known = lines.known[person]
    return known.costs[line] - float(duals[known.covers[line]].sum())


def _forget(task: Task, mixture: Mixture) -> None:
    """Keep the linear program small: the lines in use and the next best of each person."""
    for person in task.people:
        if len(task.used[person]) > KEPT_LINES:
            order = sorted(task.used[person], key=lambda one: (reduced(task.lines, person, one, mixture.duals), one))
            in_use = {line for who, line in mixture.shares if who == person}
            task.used[person] = set(order[:KEPT_LINES]) | in_use

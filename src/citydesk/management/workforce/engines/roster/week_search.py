"""The best week within a budget: a dive, then some days at a time opened again and solved whole.

Everybody's outline stays open in each step; only what is worked on the other days is held. HiGHS, as scipy brings it,
solves such a part at its root, most of the time to the end.
"""

from collections.abc import Callable
from math import ceil
from random import Random

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from .budget import Budget
from .week_dive import dive
from .weeks import Week

FEW, MANY = 2, 3  # days opened together: two, and each third time in vain three
PATIENCE = 24  # parts in vain
NODES = 20
WITHIN = 0.98  # costs are whole, so a part that is so near to its bound is at its best
CELLS_A_PART = 500  # of the matrix, that count as a tick
BOUND_SHARE, LONGEST = 0.6, 0.4  # of the budget: until the bound is worked on; for one part at most
IN_REACH = 1.03  # times the bound: so near, a better bound is worth its time
Told = Callable[[np.ndarray, float, str], None]


class Search:
    """A week on its way to the best: the values so far, what they cost, and what no roster costs less than."""

    def __init__(self, week: Week, budget: Budget, chance: Random, tell: Told) -> None:
        self.week, self.budget, self.chance, self.tell = week, budget, chance, tell
        program = week.program
        self.matrix, self.prices, self.most = program.matrix(), np.array(program.prices), np.array(program.most)
        self.whole = np.array(program.whole)
        self.rule = LinearConstraint(self.matrix, np.array(program.low), np.array(program.high))
        self.sizes = np.asarray(self.matrix.getnnz(axis=0))
        self.columns = np.array([one.variable for one in week.columns])
        self.works = np.array(list(week.works.values()))
        self.days = np.array([day for _, day, _ in week.works])
        self.values: np.ndarray | None = None
        self.cost, self.bound = np.inf, 0.0

    def start(self, values: np.ndarray) -> None:
        """Begin with a roster's numbers, or with those of a dive where it finds better ones."""
        self.values, self.cost = values, float(self.prices @ values)
        least, chosen = dive(self.week, self.budget)
        self.bound = max(0.0, ceil(least - 1e-4))
        if chosen is not None and not self.budget.is_over():
            low, high = np.zeros(len(self.prices)), self.most.copy()
            low[self.columns] = high[self.columns] = chosen
            self._take(self._solve(low, high), "dive")

    def run(self, share: float, near: float) -> None:
        """Open days until the cost lies as near to the bound as wanted, many parts in a row are no better, or this
        share of the budget is spent."""
        days, misses = sorted(set(self.days.tolist())), 0
        while self.cost > self.bound * near and misses < PATIENCE and not self.budget.is_over(share):
            count = MANY if misses % 3 == 2 else FEW
            some = self.chance.sample(days, min(count, len(days)))
            misses = 0 if self._open(some) else misses + 1

    def _open(self, days: list[int]) -> bool:
        """Solve these days anew, with everybody's outline open; whether the cost is less."""
        if self.values is None:
            return False
        held = self.works[~np.isin(self.days, days)]
        low, high = np.zeros(len(self.prices)), self.most.copy()
        low[held] = high[held] = self.values[held]
        return self._take(self._solve(low, high), "days")

    def _solve(self, low: np.ndarray, high: np.ndarray) -> np.ndarray | None:
        self.budget.work(float(self.sizes[low < high].sum()) / CELLS_A_PART)
        answer = milp(
            self.prices, constraints=self.rule, integrality=self.whole, bounds=Bounds(low, high),
            options=self._options(WITHIN / max(1.0, self.cost)),
        )  # fmt: skip
        return None if answer.x is None else np.round(answer.x)

    def _options(self, gap: float) -> dict[str, float]:
        options: dict[str, float] = {"node_limit": NODES, "mip_rel_gap": gap}
        left = self.budget.wall_left(LONGEST)
        if left is not None:
            options["time_limit"] = max(1.0, left)
        return options

    def _take(self, values: np.ndarray | None, stage: str) -> bool:
        """Keep what costs no more (another roster of the same cost leads on as well); whether it costs less."""
        if values is None or float(self.prices @ values) > self.cost + 1e-6:
            return False
        is_better = float(self.prices @ values) < self.cost - 1e-6
        self.values, self.cost = values, float(self.prices @ values)
        if is_better:
            self.tell(values, self.bound, stage)
        return is_better

    def raise_bound(self) -> None:
        """A better bound: the program with whole patterns and begins, people in part, at its root."""
        whole = self.whole.copy()
        whole[self.columns] = 0
        whole[list(self.week.begins.values())] = 1
        self.budget.work(float(self.sizes.sum()) / CELLS_A_PART * 4)
        answer = milp(
            self.prices, constraints=self.rule, integrality=whole, bounds=Bounds(0, self.most),
            options=self._options(0.0) | {"node_limit": 1},
        )  # fmt: skip
        least = answer.mip_dual_bound
        if least is not None and np.isfinite(least):
            self.bound = max(self.bound, float(ceil(least - 1e-4)))


def search(
    week: Week, start: np.ndarray, budget: Budget, chance: Random, near: float, tell: Told
) -> tuple[np.ndarray, float]:
    """(the best numbers of a week, what no roster costs less than)."""
    found = Search(week, budget, chance, tell)
    found.start(start)
    found.run(BOUND_SHARE, near)
    if found.bound * near < found.cost < found.bound * IN_REACH and not budget.is_over():
        found.raise_bound()
    found.run(1.0, near)
    return (start if found.values is None else found.values), found.bound

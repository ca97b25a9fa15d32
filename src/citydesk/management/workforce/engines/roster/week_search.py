"""The best week within a budget: for few people the whole program at once; else a dive, then some days at a time opened
again and solved whole.

Everybody's outline stays open in each step; only what is worked on the other days is held. HiGHS, as scipy brings it,
solves such a part at its root, most of the time to the end. So it does the whole program of few people, once everything
is left out that the linear program's prices say is too dear to be part of anything better.
"""

from collections.abc import Callable
from functools import partial
from math import ceil
from random import Random

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, OptimizeResult, milp

from .budget import Budget
from .week_dive import LARGE, Relaxed, dive
from .week_whole import Rows, solve_whole
from .weeks import Week

FEW, MANY = 2, 3  # days opened together: two, and each third time in vain three
PATIENCE = 24  # parts in vain
NODES = 20
WITHIN = 0.98  # costs are whole, so a part that is so near to its bound is at its best
CELLS_A_PART = 500  # of the matrix, that count as a tick
BOUND_SHARE, LONGEST = 0.6, 0.4  # of the budget: until the bound is worked on; for one part at most
IN_REACH = 1.03  # times the bound: so near, a better bound is worth its time
# Few people. So many times the bound, good rosters are looked for, to within what nobody sees; shares of what is left.
LIKELY, MARGIN, NEARLY = 1.04, 2, 0.005
LIKELY_SHARE, BOUND_ROOM, LAST_ROOM = 0.65, 0.75, 0.97
WHOLE_NODES = 500
TINY = 1e-6
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
        self.least, self.dearer = 0.0, np.zeros(len(self.prices))  # of the linear program
        self.mixed = self.dearer
        self.rows = Rows(self.prices, self.matrix, np.array(program.low), np.array(program.high))
        self.counted = self.whole.copy()  # what is short is whole as well: HiGHS's cuts rest on it
        self.counted[[slack for *_, slack in week.shorts]] = 1

    def start(self, values: np.ndarray) -> None:
        """Begin with a roster's numbers, or for many people with those of a dive where it finds better ones."""
        self.values, self.cost = values, float(self.prices @ values)
        relaxed = Relaxed(self.week)
        best = relaxed.solve(self.budget)
        if best is None:
            return
        self.least, self.dearer, self.mixed = relaxed.value, relaxed.dearer(), best
        self.bound = max(0.0, ceil(self.least - 1e-4))
        chosen = None if self.is_small else dive(self.week, relaxed, best, self.budget)
        if chosen is not None and not self.budget.is_over():
            low, high = np.zeros(len(self.prices)), self.most.copy()
            low[self.columns] = high[self.columns] = chosen
            self._take(self._solve(low, high), "dive")

    @property
    def is_small(self) -> bool:
        """Whether so few people are there that the whole program is solved at once: they weigh so much that a dive
        leads to nothing good."""
        return len(self.week.problem.people) < LARGE

    def likely(self, *, is_wide: bool) -> None:
        """The program with only those begins that the linear program mixes; the wide one with those of the roster
        so far and a slot beside them as well. That is a third of all, and good rosters are among them."""
        if self.values is None:
            return
        used = self.mixed > TINY
        if is_wide:
            used |= self.values > TINY
        most = self._within(min(self.cost - 1.0, np.ceil(self.bound * LIKELY) + MARGIN))
        most[self.works[~self._begun(used, self.week.problem.slot if is_wide else 0)]] = 0.0
        self.budget.work(float(self.sizes[most > 0].sum()) / CELLS_A_PART * 10)
        options = {"node_limit": WHOLE_NODES, "mip_rel_gap": NEARLY} | self._time(LIKELY_SHARE)
        answer = milp(
            self.prices, constraints=self.rule, integrality=self.counted, bounds=Bounds(0, most), options=options
        )
        self._take(None if answer.x is None else np.round(answer.x), "likely begins")

    def _begun(self, used: np.ndarray, beside: int) -> np.ndarray:
        """Which patterns begin when some pattern of their team and template is used, or so many minutes beside."""
        patterns, keys = self.week.problem.patterns, list(self.week.works)
        begins = {
            (team, day, patterns[number].template, patterns[number].start + by)
            for (team, day, number), place in self.week.works.items() if used[place] for by in (-beside, 0, beside)
        }  # fmt: skip
        return np.array(
            [(team, day, patterns[one].template, patterns[one].start) in begins for team, day, one in keys], dtype=bool
        )

    def _within(self, goal: float) -> np.ndarray:
        """The most of each variable in a roster that costs no more than a goal: with more of it, the linear
        program's prices say, it costs more."""
        fits = np.full(len(self.most), np.inf)
        np.divide(max(0.0, goal + 1.0 - TINY - self.least), self.dearer, out=fits, where=self.dearer > TINY)
        return np.minimum(self.most, np.floor(fits + TINY))

    def all_at_once(self, share: float) -> None:
        """The whole program among all rosters that cost less than the best so far."""
        goal = round(self.cost) - 1.0
        self.budget.work(float(self.sizes.sum()) / CELLS_A_PART * 40)
        values, least = solve_whole(
            self.rows, self._within(goal), self.counted, gap=0.0, seconds=self._time(share).get("time_limit")
        )
        self._raise(min(goal + 1.0, least))
        self._take(None if values is None else np.round(values), "whole week")

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
        return {"node_limit": NODES, "mip_rel_gap": gap} | self._time(LONGEST)

    def _time(self, share: float) -> dict[str, float]:
        """This share of what is left, as an option; none where no clock counts."""
        left = self.budget.wall_left(share)
        return {} if left is None else {"time_limit": max(1.0, left)}

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
        self._raise(_bound(answer))

    def _raise(self, least: float) -> None:
        """What no roster costs less than, if that is more than was known. A roster that is held costs no less."""
        self.bound = max(self.bound, min(self.cost, float(ceil(least - 1e-4))))


def _bound(answer: OptimizeResult) -> float:
    """What a program's answer says that nothing costs less than."""
    least = answer.mip_dual_bound
    return float(least) if least is not None and np.isfinite(least) else 0.0


def search(
    week: Week, start: np.ndarray, budget: Budget, chance: Random, near: float, tell: Told
) -> tuple[np.ndarray, float]:
    """(the best numbers of a week, what no roster costs less than)."""
    found = Search(week, budget, chance, tell)
    found.start(start)
    if found.is_small and budget.has_room:
        _few(found, near)
    else:
        found.run(BOUND_SHARE, near)
    if not found.is_small and found.bound * near < found.cost < found.bound * IN_REACH and not budget.is_over():
        found.raise_bound()
    found.run(1.0, near)
    return (start if found.values is None else found.values), found.bound


def _few(found: Search, near: float) -> None:
    """Few people: likely rosters, the whole program for a bound, likely ones around the best, the whole again."""
    steps: tuple[Callable[[], None], ...] = (
        partial(found.likely, is_wide=False),
        partial(found.all_at_once, BOUND_ROOM),
        partial(found.likely, is_wide=True),
        partial(found.all_at_once, LAST_ROOM),
    )
    for step in steps:
        if found.cost > found.bound * near and not found.budget.is_over():
            step()

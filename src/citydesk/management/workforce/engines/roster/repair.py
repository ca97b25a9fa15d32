"""Third stage: one person's line at a time, exactly, beside everybody else's.

It mends what breaks a rule, betters what can be bettered, and re-plans after sickness: with a price on every day that
differs from what was published, it changes as little as possible.
"""

from random import Random

import numpy as np

from citydesk.management.workforce.rules.roster.cost import personal_slacks
from citydesk.management.workforce.rules.roster.problem import Problem
from citydesk.management.workforce.rules.roster.shifts import Assignment, Roster
from citydesk.management.workforce.rules.roster.verifier import verify_person

from .budget import CELLS_A_TICK, Budget
from .generate import no_line
from .line import OFF, Liner
from .lines import Lines
from .needs import Needs

MORE = (1, 3)  # prices of the second and the fourth burden, in which the price of the first has no part


class Bench:
    """A roster under work: everybody's line, who is there for each need, and what all of it costs."""

    def __init__(self, problem: Problem, needs: Needs, given: dict[int, list[int]]) -> None:
        self.problem, self.needs = problem, needs
        self.lines = Lines(problem)
        self.given = given
        self.there = np.zeros(len(needs.days), dtype=int)
        for person, days in given.items():
            self._count(person, days, 1)
        self.personal = {person: self._personal(person, days) for person, days in given.items()}
        weekends = np.array([problem.is_weekend(day) for day in range(problem.horizon)])
        self.burdens = problem.weights.fairness * (self.lines.lates[None, :].astype(float) + weekends[:, None])
        self.more = MORE if problem.weights.fairness else ()

    def _count(self, person: int, days: list[int], by: int) -> None:
        for day, pattern in enumerate(days):
            if pattern != OFF:
                self.needs.put(self.there, person, day, pattern, by)

    def assignments(self, person: int, days: list[int]) -> dict[int, Assignment]:
        code, patterns = self.problem.people[person].code, self.problem.patterns
        return {day: Assignment(code, day, patterns[one]) for day, one in enumerate(days) if one != OFF}

    def _personal(self, person: int, days: list[int]) -> int:
        code = self.problem.people[person].code
        return sum(one.cost for one in personal_slacks(self.problem, code, self.assignments(person, days)))

    def is_broken(self, person: int) -> bool:
        """Whether a rule stands against somebody's line."""
        given = self.assignments(person, self.given[person]).values()
        return bool(verify_person(self.problem, self.problem.people[person], given))

    @property
    def cost(self) -> int:
        return self.needs.cost(self.there) + sum(self.personal.values())

    def roster(self) -> Roster:
        pinned = {(one.person, one.day): one for one in self.problem.pinned}
        return tuple(
            pinned.get((one.person, one.day)) or one
            for person, days in sorted(self.given.items())
            for one in self.assignments(person, days).values()
        )

    def better(self, person: int, budget: Budget, *, must: bool) -> bool:
        """Give somebody their best line; without `must` only when it costs less than theirs. Says whether it is new."""
        old = self.given[person]
        self._count(person, old, -1)
        before = self.needs.cost(self.there)
        prices = self.needs.worth(self.there, person) + self.lines.wishes[person][0]
        found, least = None, np.inf
        for days in self._candidates(person, prices, budget):
            self._count(person, days, 1)
            cost = self.needs.cost(self.there) - before + self._personal(person, days)
            self._count(person, days, -1)
            if cost < least:
                found, least = days, cost
        if found is None:
            raise no_line(self.problem.people[person].code)
        self._count(person, old, 1)
        now = self.needs.cost(self.there) - before + self.personal[person]
        if found == old or not (must or least < now):
            return False
        self._count(person, old, -1)
        self._count(person, found, 1)
        self.given[person], self.personal[person] = found, self._personal(person, found)
        return True

    def _candidates(self, person: int, prices: np.ndarray, budget: Budget) -> list[list[int]]:
        """The best line, the best within each band of begins that no drift is paid for, and those with fewer burdens
        than the price of the first one alone would lead to."""
        liner = self.lines.liners[person]
        found = [self._best(liner, prices, budget)]
        if self._drifts(found[0]):
            found += [self._best(liner, np.where(band, prices, np.inf), budget) for band in self._bands(person)]
        found += [self._best(liner, prices + more * self.burdens, budget) for more in self.more]
        return [one for one in found if one]

    def _best(self, liner: Liner, prices: np.ndarray, budget: Budget) -> list[int]:
        before = liner.cells
        found = liner.best(prices)
        budget.work((liner.cells - before) / CELLS_A_TICK)
        return list(found[0][1]) if found else []

    def _drifts(self, days: list[int]) -> bool:
        weeks: dict[int, list[int]] = {}
        for day, pattern in enumerate(days):
            if pattern != OFF:
                weeks.setdefault(self.problem.week(day), []).append(self.problem.patterns[pattern].start)
        free = self.problem.weights.drift_free
        return self.problem.weights.drift > 0 and any(max(one) - min(one) > free for one in weeks.values())

    def _bands(self, person: int) -> list[np.ndarray]:
        allowed = self.lines.liners[person].terms.allowed.any(axis=0)
        starts = np.array([one.start for one in self.problem.patterns])
        free = self.problem.weights.drift_free
        return [(starts >= first) & (starts <= first + free) for first in np.unique(starts[allowed])]

    def copy(self) -> dict[int, list[int]]:
        """Everybody's line, to come back to."""
        return {person: list(days) for person, days in self.given.items()}

    def put(self, person: int, days: list[int]) -> None:
        """Give somebody a line."""
        self._count(person, self.given[person], -1)
        self.given[person] = list(days)
        self._count(person, days, 1)
        self.personal[person] = self._personal(person, self.given[person])

    def put_all(self, given: dict[int, list[int]]) -> None:
        """Give everybody their line of these."""
        for person, days in given.items():
            if days != self.given[person]:
                self.put(person, days)


def mend(bench: Bench, budget: Budget, bound: float) -> None:
    """Give everybody against whose line a rule stands a line that holds. Not cut short by the budget: a roster that
    breaks rules is no answer."""
    for person in range(len(bench.problem.people)):
        if bench.is_broken(person):
            bench.better(person, budget, must=True)
    budget.report(bench.cost, bound, "mended", bench.roster)


def polish(bench: Bench, budget: Budget, bound: float, chance: Random) -> None:
    """Go over everybody again and again until nobody's line can be bettered or the budget is spent."""
    people = list(range(len(bench.problem.people)))
    is_better = True
    while is_better and bench.cost > bound and not budget.is_over():
        is_better = False
        chance.shuffle(people)
        for person in people:
            if budget.is_over():
                return
            if bench.better(person, budget, must=False):
                is_better = True
                budget.report(bench.cost, bound, "polishing", bench.roster)


def shake(bench: Bench, budget: Budget, bound: float, chance: Random, goal: float) -> None:
    """Take some people out together and put them back one by one, each at their best; keep what is not worse."""
    people = list(range(len(bench.problem.people)))
    while bench.cost > goal and not budget.is_over():
        some = chance.sample(people, min(len(people), chance.choice((2, 2, 3, 3, 4))))
        before, lines = bench.cost, {person: list(bench.given[person]) for person in some}
        for person in some:
            bench.put(person, [OFF] * bench.problem.horizon)
        for person in chance.sample(some, len(some)):
            bench.better(person, budget, must=True)
        for person in some:
            bench.better(person, budget, must=False)
        if bench.cost > before:
            for person, days in lines.items():
                bench.put(person, days)
        elif bench.cost < before:
            budget.report(bench.cost, bound, "shaking", bench.roster)

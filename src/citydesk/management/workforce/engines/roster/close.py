"""Closes the gap between a roster and the bound: open some people's lines again and choose theirs exactly.

A neighborhood is left as soon as its own bound says that nothing better is in it, so most cost a few rounds only.
"""

from functools import partial
from random import Random

import numpy as np

from .budget import Budget
from .dive import dive
from .generate import Generated, Task, generate, reduced
from .lines import Lines
from .master import choose

NODES = 300
KEPT = 40  # known lines a person brings into a neighborhood
FEW, MANY = 4, 9
WIDE = 0.55  # share of the people in a neighborhood that is dived into again


def close(
    lines: Lines,
    found: Generated,
    chosen: dict[int, int],
    goal: float,
    budget: Budget,
    chance: Random,
    *,
    share: float = 1.0,
) -> dict[int, int]:
    """The best roster that neighborhoods lead to until it costs the goal or this share of the budget is spent.

    They are small ones, chosen from exactly, and every third time a wide one, dived into again.
    """
    cost, number = lines.cost(chosen), 0
    while cost > goal and not budget.is_over(share):
        number += 1
        is_wide = number % 3 == 0
        size = round(len(chosen) * WIDE) if is_wide else chance.randint(FEW, MANY)
        people = _neighborhood(lines, found, chosen, min(size, len(chosen)), chance)
        better = _Part(lines, found, chosen, people, cost, budget).better(chance if is_wide else None)
        if better is not None:
            chosen = better
            if lines.cost(chosen) < cost:
                cost = lines.cost(chosen)
                budget.report(cost, found.bound, "closing", partial(lines.roster, chosen))
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


class _Part:
    """Some people's lines opened beside everybody else's."""

    def __init__(
        self,
        lines: Lines,
        found: Generated,
        chosen: dict[int, int],
        people: list[int],
        cost: int,
        budget: Budget,
    ) -> None:
        self.lines, self.chosen, self.people, self.budget = lines, chosen, people, budget
        self.kept = {person: line for person, line in chosen.items() if person not in people}
        self.beside = sum(lines.known[person].costs[line] for person, line in self.kept.items())
        self.cost = cost - self.beside  # of these people and of the needs
        used = {person: _cheapest(lines, found.duals, person) | {chosen[person]} for person in people}
        self.task = Task(lines, people, lines.left(self.kept), used)

    def better(self, dives: Random | None) -> dict[int, int] | None:
        """A choice that costs less (a dive may also find another that costs the same); None when there is none."""
        inner = generate(self.task, self.budget, rounds=10, wanted=5)
        if inner.bound > self.cost - 1 + 1e-4:
            return None
        picked = dive(self.task, inner, self.budget, dives) if dives else self._exactly(inner)
        if picked is None:
            return None
        whole = self.kept | picked
        return whole if self.lines.cost(whole) <= self.cost + self.beside else None

    def _exactly(self, inner: Generated) -> dict[int, int] | None:
        # A line that costs more than this beyond the cheapest cannot be part of anything better.
        worth = self.cost - inner.bound + 1e-6
        used = {
            person: sorted(
                line
                for line in self.task.used[person]
                if line == self.chosen[person]
                or reduced(self.lines, person, line, inner.duals) - inner.person_best[person] <= worth
            )
            for person in self.people
        }
        self.budget.work(0.5)
        return choose(
            self.lines,
            self.people,
            self.task.required,
            used,
            nodes=NODES,
            seconds=self.budget.wall_left(),
            below=self.cost - 1 + 1e-6,
        )


def _cheapest(lines: Lines, duals: np.ndarray, person: int) -> set[int]:
    count = len(lines.known[person].days)
    order = sorted(range(count), key=lambda one: (reduced(lines, person, one, duals), one))
    return set(order[:KEPT])

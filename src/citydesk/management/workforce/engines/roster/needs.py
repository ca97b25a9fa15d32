"""All needs of a desk as rows: who counts for each, and what any number of people there costs."""

from collections.abc import Iterable

import numpy as np

from citydesk.management.workforce.rules.roster.problem import Problem
from citydesk.management.workforce.rules.roster.shifts import Assignment

Levels = tuple[tuple[int, int], ...]


class Needs:
    """Rows of a problem. Below each level of `under` a person missing costs its weight; above `over`, one too many."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        weights = problem.weights
        self.days: list[int] = []
        self.skills: list[str] = []
        self.under: list[Levels] = []
        self.over: list[tuple[int, int]] = []
        meets: list[np.ndarray] = []
        for shift in problem.shift_needs:
            self._add(shift.day, "", ((shift.required, shift.under),), (shift.required, shift.over))
            meets.append(np.array([one.template == shift.template for one in problem.patterns]))
        for slot in problem.slot_needs:
            levels = ((slot.target, weights.under), (slot.minimum, weights.below_minimum), (slot.floor, weights.floor))
            over = 0 if slot.skill else weights.over
            self._add(slot.day, slot.skill, tuple(one for one in levels if one[0]), (slot.target, over))
            end = slot.start + problem.slot
            meets.append(np.array([one.covers(slot.start, end) for one in problem.patterns]))
        self.meets = np.array(meets, dtype=bool).reshape(len(self.days), len(problem.patterns))
        self.rows_of = [np.flatnonzero(np.array(self.days) == day) for day in range(problem.horizon)]
        self.counts = np.array(
            [[self._counts(row, one.skills) for row in range(len(self.days))] for one in problem.people]
        )
        self.costs = self._costs(len(problem.people) + 1)

    def _add(self, day: int, skill: str, under: Levels, over: tuple[int, int]) -> None:
        self.days.append(day)
        self.skills.append(skill)
        self.under.append(under)
        self.over.append(over)

    def _counts(self, row: int, skills: frozenset[str]) -> bool:
        return not self.skills[row] or self.skills[row] in skills

    def _costs(self, most: int) -> np.ndarray:
        """Row x number of people there to cost."""
        there = np.arange(most + 1)
        found = np.zeros((len(self.days), most + 1))
        for row, levels in enumerate(self.under):
            for level, weight in levels:
                found[row] += np.maximum(0, level - there) * weight
            level, weight = self.over[row]
            found[row] += np.maximum(0, there - level) * weight
        return found

    def there(self, roster: Iterable[Assignment]) -> np.ndarray:
        """How many people count for each row."""
        number = {one: place for place, one in enumerate(self.problem.patterns)}
        person = {one.code: place for place, one in enumerate(self.problem.people)}
        found = np.zeros(len(self.days), dtype=int)
        for one in roster:
            self.put(found, person[one.person], one.day, number[one.pattern], 1)
        return found

    def put(self, there: np.ndarray, person: int, day: int, pattern: int, by: int) -> None:
        """Count somebody in, or out with `by` -1."""
        rows = self.rows_of[day]
        there[rows] += by * (self.meets[rows, pattern] & self.counts[person, rows])

    def cost(self, there: np.ndarray) -> int:
        return round(self.costs[np.arange(len(there)), there].sum())

    def worth(self, there: np.ndarray, person: int) -> np.ndarray:
        """Day x pattern: what the needs cost more (mostly less) when this person works it too."""
        at = np.arange(len(there))
        more = (self.costs[at, there + 1] - self.costs[at, there]) * self.counts[person]
        return np.array([more[rows] @ self.meets[rows] for rows in self.rows_of])

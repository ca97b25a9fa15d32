"""Who can be spared from the desk, slot by slot: what breaks, trainings and meetings are placed by."""

from collections.abc import Iterable

from citydesk.management.workforce.rules.roster.problem import Problem, SlotNeed
from citydesk.management.workforce.rules.roster.shifts import Assignment

Place = tuple[int, int, str]  # day, begin of the slot, skill


class Spare:
    """People above the target in each slot (of each skill that is asked for), going down as people are taken away."""

    def __init__(self, problem: Problem, roster: Iterable[Assignment]) -> None:
        self.problem, self.slot = problem, problem.slot
        self.spare: dict[Place, int] = {}
        self.lower: dict[Place, int] = {}  # how far below the target the least lies that must be there
        self.by_day: dict[int, list[SlotNeed]] = {}
        for need in problem.slot_needs:
            self.spare[need.day, need.start, need.skill] = -need.target
            self.lower[need.day, need.start, need.skill] = need.target - max(need.minimum, need.floor)
            self.by_day.setdefault(need.day, []).append(need)
        for one in roster:
            self._count(one)
            for it in one.activities:
                self.take(one.person, one.day, it.start, it.end)

    def _count(self, one: Assignment) -> None:
        for need in self.by_day.get(one.day, ()):
            if self._counts(one.person, need.skill) and one.pattern.covers(need.start, need.start + self.slot):
                self.spare[need.day, need.start, need.skill] += 1

    def _counts(self, person: str, skill: str) -> bool:
        return not skill or skill in self.problem.person_of[person].skills

    def _touched(self, person: str, day: int, start: int, end: int) -> list[Place]:
        return [
            (day, need.start, need.skill)
            for need in self.by_day.get(day, ())
            if need.start < end and start < need.start + self.slot and self._counts(person, need.skill)
        ]

    def least(self, person: str, day: int, start: int, end: int, *, is_minimum: bool = False) -> int:
        """The fewest to spare in any slot that a stretch of somebody touches, above the target or the minimum."""
        touched = self._touched(person, day, start, end)
        return min((self.spare[one] + (self.lower[one] if is_minimum else 0) for one in touched), default=0)

    def missed(self, person: str, day: int, start: int, end: int) -> int:
        """What it costs that somebody is gone for a stretch, at the problem's weights: below the target, and in
        addition below the minimum, slot by slot."""
        weights, touched = self.problem.weights, self._touched(person, day, start, end)
        short = sum(self.spare[one] < 1 for one in touched)
        fewer = sum(self.spare[one] + self.lower[one] < 1 for one in touched)
        return weights.under * short + weights.below_minimum * fewer

    def take(self, person: str, day: int, start: int, end: int, by: int = 1) -> None:
        """Somebody leaves the desk for a stretch (or comes back, with `by` -1)."""
        for one in self._touched(person, day, start, end):
            self.spare[one] -= by

"""The front of the roster engines: solve, plan again, and say whether the independent verifier agrees."""

from collections.abc import Iterable
from dataclasses import dataclass

from citydesk.management.workforce.rules.roster.cost import cost_of
from citydesk.management.workforce.rules.roster.problem import Problem, check
from citydesk.management.workforce.rules.roster.shifts import Roster
from citydesk.management.workforce.rules.roster.verifier import Breach, verify

from .breaks import Training, place
from .budget import Budget
from .columns import Answer, solve_by_columns
from .desk import replan, solve_desk


@dataclass(frozen=True)
class Solution:
    """A roster with what it costs (computed anew by the rules), what none can cost less than, CPU-seconds and ticks
    spent, every breach the verifier found, and the trainings that found no place."""

    roster: Roster
    cost: int
    bound: float
    seconds: float
    ticks: float
    breaches: tuple[Breach, ...]
    unplaced: tuple[Training, ...] = ()

    @property
    def is_verified(self) -> bool:
        return not self.breaches

    @property
    def gap(self) -> float:
        """How far the cost lies above the bound, as a share of the cost."""
        return (self.cost - self.bound) / self.cost if self.cost else 0.0


def solve(problem: Problem, budget: Budget, seed: int = 1, trainings: Iterable[Training] = ()) -> Solution:
    """The best roster within the budget. Raises Impossible or NoLine when no roster at all keeps the rules."""
    check(problem)
    solver = solve_desk if problem.slot_needs else solve_by_columns
    answer = solver(problem, budget, seed)
    return checked(problem, answer, budget.spent, budget.spent_ticks, trainings)


def solve_again(problem: Problem, before: Roster, budget: Budget, seed: int = 1) -> Solution:
    """A roster near the one `before`, with the problem's weight on each day that changes."""
    check(problem)
    answer = replan(problem, before, budget, seed) if problem.slot_needs else solve_by_columns(problem, budget, seed)
    return checked(problem, answer, budget.spent, budget.spent_ticks)


def checked(
    problem: Problem, answer: Answer, seconds: float, ticks: float, trainings: Iterable[Training] = ()
) -> Solution:
    """An answer with its breaks, its cost counted anew, and what the verifier says."""
    roster, unplaced = place(problem, answer.roster, trainings)
    cost, breaches = cost_of(problem, roster), verify(problem, roster)
    return Solution(roster, cost, answer.bound, round(seconds, 2), round(ticks, 2), tuple(breaches), tuple(unplaced))

"""The front of the roster engines: solve, plan again, and say whether the independent verifier agrees."""

from dataclasses import dataclass, replace

from citydesk.management.workforce.rules.roster.cost import cost_of
from citydesk.management.workforce.rules.roster.difference import Difference, difference
from citydesk.management.workforce.rules.roster.problem import Problem, check
from citydesk.management.workforce.rules.roster.shifts import Roster
from citydesk.management.workforce.rules.roster.verifier import Breach, verify

from .breaks import Training, place
from .budget import Budget
from .columns import Answer, solve_by_columns
from .desk import replan, solve_desk
from .meetings import Meeting, Sitting, Unseated, seat
from .pins import widened

A_CHANGE = 20  # what a changed day costs where the problem does not say: two people missing for half an hour


@dataclass(frozen=True)
class Wanted:
    """What is to lie inside the shifts beside breaks and meals."""

    trainings: tuple[Training, ...] = ()
    meetings: tuple[Meeting, ...] = ()


@dataclass(frozen=True)
class Solution:
    """A roster with what it costs (computed anew by the rules), what none can cost less than, CPU-seconds and ticks
    spent, every breach the verifier found, trainings that found no place, sittings of meetings, and who has no seat."""

    roster: Roster
    cost: int
    bound: float
    seconds: float
    ticks: float
    breaches: tuple[Breach, ...]
    unplaced: tuple[Training, ...] = ()
    sittings: tuple[Sitting, ...] = ()
    unseated: tuple[Unseated, ...] = ()

    @property
    def is_verified(self) -> bool:
        return not self.breaches

    @property
    def gap(self) -> float:
        """How far the cost lies above the bound, as a share of the cost."""
        return (self.cost - self.bound) / self.cost if self.cost else 0.0


def solve(problem: Problem, budget: Budget, seed: int = 1, wanted: Wanted | None = None) -> Solution:
    """The best roster within the budget. Raises Impossible or NoLine when no roster at all keeps the rules; what is
    pinned stays even where it breaks them, and `breaches` then names how."""
    check(problem)
    wide = widened(problem)
    answer = solve_desk(wide, budget, seed) if problem.slot_needs else solve_by_columns(wide, budget, seed)
    return checked(problem, answer, budget, wanted)


def near(problem: Problem, before: Roster) -> Problem:
    """The problem of planning again from a roster: it is what was published, and each changed day has its price."""
    weights = problem.weights
    return replace(problem, published=before, weights=replace(weights, change=weights.change or A_CHANGE))


def solve_again(
    problem: Problem, before: Roster, budget: Budget, seed: int = 1, wanted: Wanted | None = None
) -> Solution:
    """A roster near the one `before`, after people, leave or needs changed: a day changes only where a rule asks for
    it or where that is worth the price of a change (the problem's own, else A_CHANGE). `cost` is that of the problem
    with this price; `changes` tells what is different. What stays the same keeps its breaks and meetings."""
    problem = near(problem, before)
    check(problem)
    wide = widened(problem)
    answer = replan(wide, before, budget, seed) if problem.slot_needs else solve_by_columns(wide, budget, seed)
    kept = {(one.person, one.day, one.pattern): one for one in before}
    roster = tuple(kept.get((one.person, one.day, one.pattern), one) for one in answer.roster)
    return checked(problem, replace(answer, roster=roster), budget, wanted)


def changes(problem: Problem, before: Roster, after: Solution) -> Difference:
    """What planning again changed: days, people, minutes, and needs that are met less or more."""
    return difference(problem, before, after.roster)


def checked(problem: Problem, answer: Answer, budget: Budget, wanted: Wanted | None = None) -> Solution:
    """An answer with its meetings, trainings and breaks, its cost counted anew, and what the verifier says."""
    wanted = wanted or Wanted()
    roster, sittings, unseated = seat(problem, answer.roster, wanted.meetings)
    roster, unplaced = place(problem, roster, wanted.trainings)
    return Solution(
        roster, cost_of(problem, roster), answer.bound, round(budget.spent, 2), round(budget.spent_ticks, 2),
        tuple(verify(replace(problem, trainings=wanted.trainings), roster)), tuple(unplaced), sittings, unseated,
    )  # fmt: skip

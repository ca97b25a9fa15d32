"""A first good week: the linear program's, made whole step by step.

GLOP, as OR-Tools brings it, keeps its basis from one step to the next, so a step costs a fraction of the first one.
"""

import numpy as np
from ortools.linear_solver import pywraplp

from .budget import Budget
from .weeks import Week

SURE, AT_ONCE = 0.8, 6
LARGE = 40  # people: for fewer, whole people weigh so much that a dive leads to nothing good
TINY = 1e-6
CELLS_AN_ITERATION = 2_000  # of array work, for the budget


class Relaxed:
    """The linear program of a week, to be solved again and again under other bounds."""

    def __init__(self, week: Week) -> None:
        program, matrix = week.program, week.program.matrix()
        self.solver = pywraplp.Solver.CreateSolver("GLOP")
        far = self.solver.infinity()
        self.variables = [self.solver.NumVar(0, min(most, far), "") for most in program.most]
        for variable, price in zip(self.variables, program.prices, strict=True):
            self.solver.Objective().SetCoefficient(variable, float(price))
        for row, (low, high) in enumerate(zip(program.low, program.high, strict=True)):
            rule = self.solver.Constraint(max(low, -far), min(high, far))
            for cell in range(matrix.indptr[row], matrix.indptr[row + 1]):
                rule.SetCoefficient(self.variables[matrix.indices[cell]], float(matrix.data[cell]))
        self.value, self.iterations = 0.0, 0

    def solve(self, budget: Budget) -> np.ndarray | None:
        """The best values; None when there are none within the bounds."""
        status = self.solver.Solve()
        budget.work(self.solver.iterations() * CELLS_AN_ITERATION / 1e6)
        if status != pywraplp.Solver.OPTIMAL:
            return None
        self.value = self.solver.Objective().Value()
        return np.array([one.solution_value() for one in self.variables])

    def dearer(self) -> np.ndarray:
        """After `solve`: how much more than the best values a roster costs, at least, for each unit of a variable."""
        return np.maximum(0.0, np.array([one.reduced_cost() for one in self.variables]))


def dive(week: Week, relaxed: Relaxed, values: np.ndarray, budget: Budget) -> np.ndarray | None:
    """How many people live each outline in the end, from the linear program's best values; None when a step led
    nowhere, or when the budget ended."""
    columns = np.array([one.variable for one in week.columns])
    for column in columns:
        relaxed.variables[column].SetLb(float(np.floor(values[column] + TINY)))
    found: np.ndarray | None = values
    while found is not None and not budget.is_over():
        parts = found[columns] - np.floor(found[columns] + TINY)
        if parts.max() <= TINY:
            return np.round(found[columns])
        found = _step(relaxed, columns[np.argsort(-parts, kind="stable")], found, budget)
    return None


def _step(relaxed: Relaxed, order: np.ndarray, values: np.ndarray, budget: Budget) -> np.ndarray | None:
    """One more person in the outline that is used most in part, and in others that nearly are; where that cannot be,
    no more in the first."""
    floors = [float(one) for one in np.floor(values + TINY)]
    batch = [order[0], *(one for one in order[1:AT_ONCE] if values[one] - floors[one] > SURE)]
    for one in batch:
        relaxed.variables[one].SetLb(floors[one] + 1.0)
    found = relaxed.solve(budget)
    if found is not None:
        return found
    for one in batch:
        relaxed.variables[one].SetLb(floors[one])
    relaxed.variables[order[0]].SetUb(floors[order[0]])
    return relaxed.solve(budget)

"""A whole program at once, by HiGHS as OR-Tools brings it: unlike scipy it tells a bound even when it finds nothing."""

import sys
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
from absl import logging as absl_logging
from ortools.math_opt.python import mathopt
from ortools.math_opt.solvers import highs_pb2
from scipy.sparse import csr_matrix

NODES = 2_000

# absl, which OR-Tools brings along, logs to the error stream it finds when it is loaded, and closes that stream once
# logging is set up anew under another one. The process's own error stream it leaves alone.
absl_logging.get_absl_handler().python_handler.setStream(sys.__stderr__)


@dataclass(frozen=True)
class Rows:
    """A program's rules and prices."""

    prices: np.ndarray
    matrix: csr_matrix
    low: np.ndarray
    high: np.ndarray


def solve_whole(
    rows: Rows, most: np.ndarray, whole: np.ndarray, *, gap: float, seconds: float | None
) -> tuple[np.ndarray | None, float]:
    """(the best values found, what nothing costs less than: infinity where nothing at all keeps to the rules)."""
    model, cells = mathopt.Model(), rows.matrix
    variables = [
        model.add_variable(lb=0.0, ub=float(upper), is_integer=bool(kind))
        for upper, kind in zip(most, whole, strict=True)
    ]
    model.minimize(mathopt.LinearSum(float(rows.prices[one]) * variables[one] for one in np.flatnonzero(rows.prices)))
    for row, (low, high) in enumerate(zip(rows.low, rows.high, strict=True)):
        rule = model.add_linear_constraint(lb=float(low), ub=float(high))
        for cell in range(cells.indptr[row], cells.indptr[row + 1]):
            rule.set_coefficient(variables[cells.indices[cell]], float(cells.data[cell]))
    alone = highs_pb2.HighsOptionsProto(string_options={"parallel": "off"}, int_options={"mip_max_nodes": NODES})
    limit = None if seconds is None else timedelta(seconds=seconds)
    asked = mathopt.SolveParameters(time_limit=limit, relative_gap_tolerance=gap, highs=alone)
    found = mathopt.solve(model, mathopt.SolverType.HIGHS, params=asked)
    if found.termination.reason == mathopt.TerminationReason.INFEASIBLE:
        return None, float("inf")
    values = np.array(found.variable_values(variables)) if found.has_primal_feasible_solution() else None
    return values, float(found.termination.objective_bounds.dual_bound)

"""The choice among known lines as a linear program: a line for each person, with slacks for too few and too many."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csc_matrix

from .lines import Lines


@dataclass(frozen=True)
class Mixture:
    """The best mixture of known lines: its cost, what another unit of each need is worth, what each person's line
    costs in all, and how much of each line is used."""

    cost: float
    duals: np.ndarray
    person_duals: dict[int, float]
    shares: dict[tuple[int, int], float]


@dataclass(frozen=True)
class _Table:
    columns: list[tuple[int, int]]
    costs: np.ndarray
    matrix: csc_matrix


def mix(lines: Lines, people: list[int], required: np.ndarray, used: Mapping[int, Iterable[int]]) -> Mixture:
    """Solve the linear program over the lines in `used` of these people, for what is `required` beside the others."""
    table = _table(lines, people, used)
    rhs = np.concatenate([required, np.ones(len(people))])
    answer = linprog(table.costs, A_eq=table.matrix, b_eq=rhs, bounds=(0, None), method="highs")
    if answer.x is None:
        raise RuntimeError(f"the mixture of lines could not be found: {answer.message}")
    duals, first = answer.eqlin.marginals, len(required)
    shares = {
        column: float(share) for column, share in zip(table.columns, answer.x[2 * first :], strict=True) if share > 1e-7
    }
    person_duals = {person: float(duals[first + place]) for place, person in enumerate(people)}
    return Mixture(float(answer.fun), duals[:first], person_duals, shares)


def choose(
    lines: Lines,
    people: list[int],
    required: np.ndarray,
    used: Mapping[int, Iterable[int]],
    *,
    nodes: int,
    seconds: float | None = None,
    below: float | None = None,
) -> dict[int, int] | None:
    """The best whole choice among the lines in `used`, with an end after so many nodes; None when none was found
    that costs `below` (in all: lines of these people and the needs) or less."""
    table = _table(lines, people, used)
    count = len(required)
    rhs = np.concatenate([required, np.ones(len(people))])
    rules = [LinearConstraint(table.matrix, rhs, rhs)]
    if below is not None:
        rules.append(LinearConstraint(csc_matrix(table.costs[None, :]), -np.inf, below))
    whole = np.concatenate([np.zeros(2 * count), np.ones(len(table.columns))])
    options = {"node_limit": nodes, "mip_rel_gap": 0.0, "presolve": True}
    if seconds is not None:
        options["time_limit"] = max(1.0, seconds)
    answer = milp(table.costs, constraints=rules, integrality=whole, bounds=Bounds(0, np.inf), options=options)
    if answer.x is None:
        return None
    picked = [column for column, share in zip(table.columns, answer.x[2 * count :], strict=True) if share > 0.5]
    return dict(picked) if len(picked) == len(people) else None


def _table(lines: Lines, people: list[int], used: Mapping[int, Iterable[int]]) -> _Table:
    count = len(lines.required)
    columns = [(person, line) for person in people for line in used[person]]
    place = {person: count + at for at, person in enumerate(people)}
    rows = [np.arange(count), np.arange(count)]
    values = [np.ones(count), -np.ones(count)]
    lengths = [1] * (2 * count)
    for person, line in columns:
        covers = lines.known[person].covers[line]
        rows.append(np.append(covers, place[person]))
        lengths.append(len(covers) + 1)
        values.append(np.ones(len(covers) + 1))
    starts = np.concatenate([[0], np.cumsum(lengths)])
    shape = (count + len(people), 2 * count + len(columns))
    matrix = csc_matrix((np.concatenate(values), np.concatenate(rows), starts), shape=shape)
    personal = np.array([lines.known[person].costs[line] for person, line in columns])
    return _Table(columns, np.concatenate([lines.under, lines.over, personal]), matrix)

"""From a mixture to a roster: fix the line that is used most, let the others adapt, and go on until all are fixed.

Fixing a line may cost far more than it seemed. Then another one is tried at the same place before going on.
"""

from dataclasses import dataclass
from random import Random

from .budget import Budget
from .generate import Generated, Task, generate

NEARLY = 0.97
AT_ONCE = 8
ROUNDS = 4
TRIES, MOST_TRIES = 2, 5
DEAR, TOO_DEAR = 3.0, 30.0  # beyond the mixture: look at another line first; at several others


@dataclass(frozen=True)
class _State:
    """Who is fixed, what stays open for the others, and their mixture with what the fixed lines cost."""

    task: Task
    fixed: dict[int, int]
    shares: dict[tuple[int, int], float]
    cost: float


def dive(task: Task, found: Generated, budget: Budget, chance: Random | None = None) -> dict[int, int]:
    """A line for each person of a generated task; where the budget ends before, those left get the line they use most.
    With `chance`, lines that are used nearly as much as the most used may go first, so that another dive finds another
    roster."""
    state = _State(task, {}, found.mixture.shares, found.mixture.cost)
    while state.task.people:
        if budget.is_over():
            return state.fixed | _most_used(state.shares)
        best: _State | None = None
        for number, columns in enumerate(_steps(state.shares, chance), 1):
            after = _fix(state, columns, budget)
            if best is None or after.cost < best.cost:
                best = after
            if best.cost <= state.cost + (DEAR if number < TRIES else TOO_DEAR) or budget.is_over():
                break
        state = best or state
    return state.fixed


def _most_used(shares: dict[tuple[int, int], float]) -> dict[int, int]:
    """Each person's line with the largest share."""
    return dict(sorted(shares, key=lambda one: (shares[one], one)))


def _steps(shares: dict[tuple[int, int], float], chance: Random | None) -> list[list[tuple[int, int]]]:
    """What may be fixed next, the likeliest first: all that is used nearly whole, else single lines."""
    sure = [column for column, share in shares.items() if share > NEARLY]
    if sure:
        return [sure[:AT_ONCE]]
    noise = {column: chance.random() * 0.3 if chance else 0.0 for column in shares}
    order = sorted(shares, key=lambda one: (-shares[one] - noise[one], one))
    return [[one] for one in order[:MOST_TRIES]]


def _fix(state: _State, columns: list[tuple[int, int]], budget: Budget) -> _State:
    lines = state.task.lines
    fixed = state.fixed | dict(columns)
    people = [one for one in state.task.people if one not in fixed]
    required = state.task.required.copy()
    for person, line in columns:
        required[lines.known[person].covers[line]] -= 1
    task = Task(lines, people, required, {one: set(state.task.used[one]) for one in people})
    beside = sum(lines.known[person].costs[line] for person, line in fixed.items())
    if not people:
        return _State(task, fixed, {}, beside + lines.short_or_over(required))
    mixture = generate(task, budget, rounds=ROUNDS, wanted=4).mixture
    return _State(task, fixed, mixture.shares, beside + mixture.cost)

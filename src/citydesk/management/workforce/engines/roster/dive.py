"""From a mixture to a roster: fix the line that is used most, let the others adapt, and go on until all are fixed."""

from random import Random

from .budget import Budget
from .generate import Generated, Task, generate

NEARLY = 0.97
ROUNDS = 6


def dive(task: Task, found: Generated, budget: Budget, chance: Random | None = None) -> dict[int, int] | None:
    """A line for each person of a generated task; None when the budget ended before. With `chance`, lines that are
    used nearly as much as the most used may go first, so that another dive finds another roster."""
    lines, fixed = task.lines, dict[int, int]()
    task = Task(lines, list(task.people), task.required, {person: set(them) for person, them in task.used.items()})
    shares = found.mixture.shares
    while True:
        for person, line in _most_used(shares, chance):
            fixed[person] = line
            task.people.remove(person)
            task.required = task.required.copy()
            task.required[lines.known[person].covers[line]] -= 1
        if not task.people:
            return fixed
        if budget.is_over():
            return None
        shares = generate(task, budget, rounds=ROUNDS, wanted=4).mixture.shares


def _most_used(shares: dict[tuple[int, int], float], chance: Random | None) -> list[tuple[int, int]]:
    """The lines to fix next: all that are used nearly whole, else the most used one."""
    sure = [column for column, share in shares.items() if share > NEARLY]
    if sure:
        return sure[:8]
    noise = {column: chance.random() * 0.3 if chance else 0.0 for column in shares}
    return [max(shares, key=lambda one: (shares[one] + noise[one], one))]

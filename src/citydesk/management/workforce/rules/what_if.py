"""What if: other calls, other people, another goal. The answer beside the least number that would be enough."""

from dataclasses import dataclass
from decimal import Decimal

from citydesk.kernel.money import money
from citydesk.management.workforce.rules.erlang_a import wait_of_answered
from citydesk.management.workforce.rules.loads import Figures, Load
from citydesk.management.workforce.rules.requirement import Goal, Requirement, Row, neighbors, required
from citydesk.management.workforce.rules.shrinkage import rostered


@dataclass(frozen=True, slots=True)
class Choice:
    """So many at work: what they make of the load, how many are rostered and paid for that, what the interval costs.

    `wait_of_answered` in seconds; None where nobody is answered or the line grows without end.
    """

    row: Row
    rostered: int
    cost: Decimal | None
    wait_of_answered: float | None

    @property
    def figures(self) -> Figures:
        return self.row.figures


@dataclass(frozen=True, slots=True)
class Answer:
    """The least number and its neighbors, and the number that was asked about."""

    requirement: Requirement
    chosen: Choice
    table: tuple[Choice, ...]


def what_if(
    load: Load, goal: Goal, *, interval: float, shrinkage: float, people: int | None, hourly: Decimal | None
) -> Answer:
    """The answer for an interval of so many seconds; `people` None asks about the least number that is enough."""
    needed = required(load, goal, shrinkage)
    asked = needed.agents if people is None else people

    def choice(row: Row) -> Choice:
        paid = rostered(row.agents, shrinkage)
        cost = None if hourly is None else money(hourly * paid * Decimal(str(interval)) / 3600)
        return Choice(row, paid, cost, _answered(load, row))

    table = tuple(choice(row) for row in neighbors(load, goal, needed.agents))
    return Answer(needed, choice(neighbors(load, goal, asked, reach=0)[0]), table)


def _answered(load: Load, row: Row) -> float | None:
    return row.figures.wait if load.patience is None else wait_of_answered(load, row.agents)

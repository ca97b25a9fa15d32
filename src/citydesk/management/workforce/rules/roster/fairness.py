"""How evenly the burdens lie: weekends, late ends, requests that were not met, over eight weeks."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .people import SATURDAY, WEEK
from .problem import Problem
from .shifts import Assignment

WEEKS = 8
LATE = 18 * 60  # a shift that ends after six


@dataclass(frozen=True)
class Burden:
    """What one person carried: weekends worked, shifts that ended late, requests not met, paid minutes."""

    person: str
    weekends: int
    lates: int
    disappointed: int
    minutes: int


@dataclass(frozen=True)
class Fairness:
    """Everybody's burdens, and for each kind the most less the least: 0 is even."""

    burdens: tuple[Burden, ...]
    spread: Mapping[str, int]


def fairness(problem: Problem, roster: Iterable[Assignment], late: int = LATE) -> Fairness:
    """Burdens over the last eight weeks up to the end of the roster, what was worked before it included."""
    first = problem.horizon - WEEKS * WEEK
    worked = [one for one in (*problem.history, *roster) if first <= one.day < problem.horizon]
    burdens = tuple(_burden(problem, code, worked, late) for code in problem.person_of)
    spread = {
        "weekends": _spread([one.weekends for one in burdens]),
        "lates": _spread([one.lates for one in burdens]),
        "disappointed": _spread([one.disappointed for one in burdens]),
    }
    return Fairness(burdens, spread)


def _burden(problem: Problem, code: str, worked: list[Assignment], late: int) -> Burden:
    mine = [one for one in worked if one.person == code]
    weekends = {problem.week(one.day) for one in mine if problem.weekday(one.day) >= SATURDAY}
    held = {(one.day, one.pattern.template) for one in mine}
    missed = sum(((one.day, one.template) in held) != one.is_wanted for one in problem.person_of[code].requests)
    lates = sum(one.pattern.end > late for one in mine)
    return Burden(code, len(weekends), lates, missed, sum(one.pattern.paid for one in mine))


def _spread(numbers: list[int]) -> int:
    return max(numbers, default=0) - min(numbers, default=0)

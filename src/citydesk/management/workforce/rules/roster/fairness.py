"""How evenly the burdens lie: weekends, late ends, requests that were not met, over eight weeks."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .people import WEEK
from .problem import FAIR_WEEKS, Problem
from .shifts import Assignment


@dataclass(frozen=True)
class Burden:
    """What one person carried: weekends worked, late shifts, requests not met, paid minutes."""

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


def fairness(problem: Problem, roster: Iterable[Assignment]) -> Fairness:
    """Burdens over the last eight weeks up to the end of the roster, what was worked before it included."""
    first = problem.horizon - FAIR_WEEKS * WEEK
    worked = [one for one in (*problem.history, *roster) if first <= one.day < problem.horizon]
    burdens = tuple(_burden(problem, code, worked) for code in problem.person_of)
    spread = {
        "weekends": _spread([one.weekends for one in burdens]),
        "lates": _spread([one.lates for one in burdens]),
        "disappointed": _spread([one.disappointed for one in burdens]),
    }
    return Fairness(burdens, spread)


def _burden(problem: Problem, code: str, worked: list[Assignment]) -> Burden:
    mine = [one for one in worked if one.person == code]
    weekends = {problem.week(one.day) for one in mine if problem.is_weekend(one.day)}
    held = {(one.day, one.pattern.template) for one in mine}
    missed = sum(((one.day, one.template) in held) != one.is_wanted for one in problem.person_of[code].requests)
    lates = sum(problem.is_late(one.pattern) for one in mine)
    return Burden(code, len(weekends), lates, missed, sum(one.pattern.paid for one in mine))


def _spread(numbers: list[int]) -> int:
    return max(numbers, default=0) - min(numbers, default=0)

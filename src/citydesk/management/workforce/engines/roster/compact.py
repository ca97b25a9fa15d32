"""A small problem as one whole program, a variable for each person, day and shift.

Its relaxation is far weaker than that of the lines, but HiGHS branches on it by itself: for a handful of people that
proves what the lines leave open.
"""

from math import ceil

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_matrix

from citydesk.management.workforce.rules.roster.people import SATURDAY, SUNDAY, Contract

from .line import OFF
from .lines import Lines

LARGEST = 160  # people times days times shifts


def is_small(lines: Lines) -> bool:
    """Whether one whole program may be asked at all."""
    problem = lines.problem
    size = len(problem.people) * problem.horizon * len(problem.patterns)
    plain = not problem.history and not problem.weights.change and not problem.weights.fairness and not problem.pinned
    return size <= LARGEST and plain


def prove(lines: Lines, below: int, seconds: float | None, nodes: int = 5_000) -> tuple[float, dict[int, int] | None]:
    """(what no roster costs less than, a cheaper choice than `below` if there is one)."""
    model = _Model(lines)
    options: dict[str, float] = {"node_limit": nodes, "mip_rel_gap": 0.0}
    if seconds is not None:
        options["time_limit"] = max(1.0, seconds)
    answer = milp(
        np.array(model.prices),
        constraints=model.constraints(),
        integrality=np.array(model.whole),
        bounds=Bounds(0, np.array(model.most)),
        options=options,
    )
    least = answer.mip_dual_bound
    bound = 0.0 if least is None or not np.isfinite(least) else ceil(least + model.base - 1e-4)
    if answer.x is None or round(answer.fun + model.base) >= below:
        return float(bound), None
    return float(bound), model.choice(answer.x)


class _Model:
    def __init__(self, lines: Lines) -> None:
        self.lines, self.problem = lines, lines.problem
        self.prices: list[float] = []
        self.most: list[float] = []
        self.whole: list[int] = []
        self.cells: list[tuple[int, int, float]] = []
        self.low: list[float] = []
        self.high: list[float] = []
        self.base = float(sum(base for _, base in lines.wishes))
        self.works: list[dict[tuple[int, int], int]] = [self._person(one) for one in range(len(self.problem.people))]
        self._needs()

    def _variable(self, price: float, most: float, whole: int) -> int:
        self.prices.append(price)
        self.most.append(most)
        self.whole.append(whole)
        return len(self.prices) - 1

    def _rule(self, low: float, high: float, parts: list[tuple[int, float]]) -> None:
        self.cells += [(len(self.low), place, value) for place, value in parts]
        self.low.append(low)
        self.high.append(high)

    def _person(self, number: int) -> dict[tuple[int, int], int]:
        allowed, prices = self.lines.liners[number].terms.allowed, self.lines.wishes[number][0]
        must = self.lines.liners[number].terms.must
        works = {
            (int(day), int(pattern)): self._variable(float(prices[day, pattern]), 1, 1)
            for day, pattern in np.argwhere(allowed)
        }
        days = [[place for (day, _), place in works.items() if day == one] for one in range(self.problem.horizon)]
        for day, places in enumerate(days):
            self._rule(1 if day in must else 0, 1, [(one, 1.0) for one in places])
        self._counts(number, works)
        self._follows(number, works)
        self._runs(self.problem.people[number].contract, days)
        self._weekends(self.problem.people[number].contract, days)
        return works

    def _counts(self, number: int, works: dict[tuple[int, int], int]) -> None:
        """Minutes, days and shifts, as the person's terms count them."""
        terms = self.lines.liners[number].terms
        for one in terms.counted:
            if one.is_weekend:
                continue
            first = 0
            for end in sorted({*one.ends, terms.horizon - 1}):
                inside = [
                    (place, float(one.adds[terms.kind_of[pattern]]))
                    for (day, pattern), place in works.items()
                    if first <= day <= end
                ]
                self._rule(one.least if end in one.asked else 0, one.most, inside)
                first = end + 1

    def _follows(self, number: int, works: dict[tuple[int, int], int]) -> None:
        rest, patterns = self.problem.people[number].contract.min_rest, self.problem.patterns
        for (day, before), place in works.items():
            for after in range(len(patterns)):
                other = works.get((day + 1, after))
                if other is not None and not self.problem.may_follow(patterns[before], patterns[after], rest):
                    self._rule(0, 1, [(place, 1.0), (other, 1.0)])

    def _runs(self, terms: Contract, days: list[list[int]]) -> None:
        """Windows that may not be worked whole, and stretches too short between two days of the other kind."""
        last = len(days) - 1
        for first in range(len(days) - terms.max_run):
            window = [place for day in range(first, first + terms.max_run + 1) for place in days[day]]
            self._rule(0, terms.max_run, [(place, 1.0) for place in window])
        for first in range(1, last):
            for length in range(1, max(terms.min_run, terms.min_off)):
                if first + length > last:
                    break
                inside = [place for day in range(first, first + length) for place in days[day]]
                around = [*days[first - 1], *days[first + length]]
                parts = [(place, 1.0) for place in inside] + [(place, -1.0) for place in around]
                if length < terms.min_run:
                    self._rule(-2, length - 1, parts)
                if length < terms.min_off:
                    self._rule(-1, length, parts)

    def _weekends(self, terms: Contract, days: list[list[int]]) -> None:
        if terms.max_weekends is None:
            return
        worked: dict[int, int] = {}
        for day, places in enumerate(days):
            if self.problem.weekday(day) in (SATURDAY, SUNDAY):
                week = self.problem.week(day)
                if week not in worked:
                    worked[week] = self._variable(0, 1, 0)
                self._rule(-1, 0, [(place, 1.0) for place in places] + [(worked[week], -1.0)])
        self._rule(0, terms.max_weekends, [(place, 1.0) for place in worked.values()])

    def _needs(self) -> None:
        for row, required in enumerate(self.lines.required):
            parts = [
                (place, 1.0)
                for works in self.works
                for (day, pattern), place in works.items()
                if self.lines.row[day, pattern] == row
            ]
            short = self._variable(float(self.lines.under[row]), np.inf, 0)
            more = self._variable(float(self.lines.over[row]), np.inf, 0)
            self._rule(float(required), float(required), [*parts, (short, 1.0), (more, -1.0)])

    def constraints(self) -> LinearConstraint:
        rows, columns, values = zip(*self.cells, strict=True)
        matrix = coo_matrix((values, (rows, columns)), shape=(len(self.low), len(self.prices))).tocsc()
        return LinearConstraint(matrix, np.array(self.low), np.array(self.high))

    def choice(self, values: np.ndarray) -> dict[int, int]:
        """Person to the number of the line that was chosen."""
        found = {}
        for person, works in enumerate(self.works):
            days = [OFF] * self.problem.horizon
            for (day, pattern), place in works.items():
                if values[place] > 0.5:
                    days[day] = pattern
            found[person] = self.lines.keep(person, tuple(days))
        return found

"""Second stage: who works which of the patterns that the first stage wants.

First which days somebody works (a small whole program for each group), then which pattern on each day (an assignment
each day, gone over again until nothing gets better). What rules still stand against is left to the repair.
"""

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linear_sum_assignment, milp
from scipy.sparse import coo_matrix

from citydesk.management.workforce.rules.roster.problem import Problem

from .cover import Cover, Group, room_of_one
from .line import OFF

NEVER = 1e6
NEAR = 1e-3  # a minute that a begin lies away from the others: breaks ties towards steady weeks
OUTSIDE = 0.05  # a begin outside the band that the week was planned in
SWEEPS = 6


def names(problem: Problem, found: Cover) -> dict[int, list[int]]:
    """Person to a pattern's number for each day. It meets the cover wherever the days can be given out so."""
    lines = {number: [OFF] * problem.horizon for number in range(len(problem.people))}
    for group, wanted, counts in zip(found.groups, found.wanted, found.counts, strict=True):
        works = np.zeros(group.free.shape, dtype=bool)
        bands = np.zeros(group.free.shape, dtype=int)
        for week in sorted({problem.week(day) for day in range(problem.horizon)}):
            days = [day for day in range(problem.horizon) if problem.week(day) == week]
            _Week(problem, group, wanted, counts[:, days], days).fill(works, bands)
        _Patterns(problem, group, wanted, works, bands if len(counts) > 1 else None).fill(lines)
    return lines


@dataclass(frozen=True)
class _Alike:
    """People of a group who are free on the same days of a week, and the sets of days that they may work."""

    people: tuple[int, ...]  # places in the group
    choices: tuple[tuple[int, ...], ...]


class _Week:
    """Which days of a week who works, and in which band of begins: whole numbers of people who are alike."""

    def __init__(self, problem: Problem, group: Group, wanted: np.ndarray, count: np.ndarray, days: list[int]) -> None:
        self.problem, self.group, self.days = problem, group, days
        self.count = count  # band x day of the week
        self.prices = _day_prices(problem, group, wanted)
        lengths = {one.paid for number, one in enumerate(problem.patterns) if group.usable[:, number].any()}
        self.lengths = sorted(lengths)
        found: dict[tuple[tuple[int, ...], bytes], list[int]] = {}
        for place in range(len(group.people)):
            free = tuple(np.flatnonzero(group.free[place, days]).tolist())
            found.setdefault((free, self.prices[place, days].tobytes()), []).append(place)
        self.alike = [_Alike(tuple(them), self._choices(them[0], list(free))) for (free, _), them in found.items()]

    def _choices(self, place: int, free: list[int]) -> tuple[tuple[int, ...], ...]:
        """Sets of days of this week that meet the days and the minutes of the contract, as far as a week shows."""
        person = self.problem.people[self.group.people[place]]
        days = range(self.days[0], self.days[-1] + 1)
        _, _, least, most = room_of_one(self.problem, person, self.lengths, len(free), days)
        return tuple(
            chosen
            for count in range(least, most + 1)
            for chosen in combinations(free, count)
            if _longest(chosen) <= person.contract.max_run
        )

    def fill(self, works: np.ndarray, bands: np.ndarray) -> None:
        """Solve and write down who works when."""
        columns = [
            (kind, band, chosen)
            for kind, one in enumerate(self.alike)
            for band in range(len(self.count))
            for chosen in one.choices
        ]
        answer = self._solve(columns)
        left = [list(one.people) for one in self.alike]
        for (kind, band, chosen), value in zip(columns, answer if answer is not None else (), strict=False):
            for _ in range(min(round(value), len(left[kind]))):
                place = left[kind].pop()
                works[place, [self.days[one] for one in chosen]] = True
                bands[place, self.days] = band

    def _solve(self, columns: list[tuple[int, int, tuple[int, ...]]]) -> np.ndarray | None:
        """As many people as wanted in each band on each day, with slack where that cannot be; everybody once."""
        width, rows = len(self.days), self.count.size
        cells = [(rows + kind, place, 1.0) for place, (kind, _, _) in enumerate(columns)]
        cells += [(band * width + day, place, 1.0) for place, (_, band, chosen) in enumerate(columns) for day in chosen]
        for row in range(rows):
            cells += [(row, len(columns) + row, 1.0), (row, len(columns) + rows + row, -1.0)]
        prices = [self._price(kind, chosen) for kind, _, chosen in columns] + [1.0] * (2 * rows)
        at, column, value = zip(*cells, strict=True)
        wanted = np.array([*self.count.ravel(), *(len(one.people) for one in self.alike)], dtype=float)
        matrix = coo_matrix((value, (at, column)), shape=(len(wanted), len(prices))).tocsc()
        whole = np.array([1] * len(columns) + [0] * (2 * rows))
        options = {"node_limit": 100, "mip_rel_gap": 0.001}
        rule = LinearConstraint(matrix, wanted, wanted)
        answer = milp(np.array(prices), constraints=rule, integrality=whole, bounds=Bounds(0, np.inf), options=options)
        return answer.x

    def _price(self, kind: int, chosen: tuple[int, ...]) -> float:
        return float(sum(self.prices[self.alike[kind].people[0], self.days[one]] for one in chosen))


def _longest(days: tuple[int, ...]) -> int:
    longest = run = 0
    last = None
    for day in days:
        run = run + 1 if last is not None and day == last + 1 else 1
        longest, last = max(longest, run), day
    return longest


def _day_prices(problem: Problem, group: Group, wanted: np.ndarray) -> np.ndarray:
    """What requests make of working a day at all, by how likely the day brings the template asked about."""
    prices = np.zeros(group.free.shape)
    for place, number in enumerate(group.people):
        for request in problem.people[number].requests:
            same = [n for n, one in enumerate(problem.patterns) if one.template == request.template]
            share = wanted[request.day, same].sum() / max(1, wanted[request.day].sum())
            prices[place, request.day] += (-1 if request.is_wanted else 1) * request.weight * share
    return prices


class _Patterns:
    """The patterns of a group's days, one day at a time."""

    def __init__(
        self, problem: Problem, group: Group, wanted: np.ndarray, works: np.ndarray, bands: np.ndarray | None
    ) -> None:
        self.problem, self.group, self.wanted, self.works, self.bands = problem, group, wanted, works, bands
        self.starts = np.array([one.start for one in problem.patterns], dtype=float)
        self.chosen = np.full(works.shape, OFF)
        self.follows = {
            one.min_rest: np.array(
                [[problem.may_follow(a, b, one.min_rest) for b in problem.patterns] for a in problem.patterns]
            )
            for one in {problem.people[number].contract for number in group.people}
        }
        self.asked = np.zeros((*works.shape, len(problem.patterns)))
        for place, number in enumerate(group.people):
            for request in problem.people[number].requests:
                same = [n for n, one in enumerate(problem.patterns) if one.template == request.template]
                self.asked[place, request.day, same] += -request.weight if request.is_wanted else request.weight

    def fill(self, lines: dict[int, list[int]]) -> None:
        before = np.inf
        for _ in range(SWEEPS):
            cost = sum(self._day(day) for day in range(self.problem.horizon))
            if cost >= before - 1e-6:
                break
            before = cost
        for place, number in enumerate(self.group.people):
            lines[number] = [int(one) for one in self.chosen[place]]

    def _day(self, day: int) -> float:
        """Assign one day anew, given all others; what it costs."""
        wanted = np.repeat(np.arange(self.wanted.shape[1]), self.wanted[day])
        people = np.flatnonzero(self.works[:, day])
        if not len(wanted) or not len(people):
            self.chosen[people, day] = OFF
            return 0.0
        prices = np.array([self._prices(place, day)[wanted] for place in people.tolist()])
        rows, columns = linear_sum_assignment(prices)
        self.chosen[people, day] = OFF
        for row, column in zip(rows, columns, strict=True):
            if prices[row, column] < NEVER:
                self.chosen[people[row], day] = wanted[column]
        return float(prices[rows, columns].sum())

    def _prices(self, place: int, day: int) -> np.ndarray:
        """What each pattern costs one person on a day, beside what they work on the others."""
        line, weights = self.chosen[place], self.problem.weights
        week = [
            one
            for one in range(self.problem.horizon)
            if one != day and line[one] != OFF and self.problem.week(one) == self.problem.week(day)
        ]
        found = self.asked[place, day].copy()
        if self.bands is not None:
            found += OUTSIDE * ~self.group.bands[self.bands[place, day]]
        if week:
            others = self.starts[line[week]]
            span = np.maximum(self.starts, others.max()) - np.minimum(self.starts, others.min())
            found += weights.drift * (span > weights.drift_free) + NEAR * span
        follows = self.follows[self.problem.people[self.group.people[place]].contract.min_rest]
        if day and line[day - 1] != OFF:
            found = np.where(follows[line[day - 1]], found, NEVER)
        if day + 1 < self.problem.horizon and line[day + 1] != OFF:
            found = np.where(follows[:, line[day + 1]], found, NEVER)
        return np.where(self.group.usable[day], found, NEVER)

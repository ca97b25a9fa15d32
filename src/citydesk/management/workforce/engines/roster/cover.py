"""First stage: how many people of each kind work which pattern on which day, without names.

What this costs is a bound: every roster with names is one of these with people's own wishes on top. HiGHS, as scipy
brings it, solves it whole.
"""

from dataclasses import dataclass
from math import ceil

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_matrix

from citydesk.management.workforce.rules.roster.people import WEEK, Contract, Person
from citydesk.management.workforce.rules.roster.problem import Problem

from .needs import Needs
from .terms import terms_of

GAP = 0.002


@dataclass(frozen=True)
class Group:
    """People whom the first stage does not tell apart: one contract, the same needs they count for, no away times."""

    people: tuple[int, ...]
    usable: np.ndarray  # day x pattern, for whoever of them is free that day
    free: np.ndarray  # person of the group x day
    bands: tuple[np.ndarray, ...]  # patterns that begin near enough to be worked in one week without drift; last: all


@dataclass(frozen=True)
class Cover:
    """How many of each group work each pattern on each day; what it costs; what no roster costs less than."""

    groups: tuple[Group, ...]
    wanted: tuple[np.ndarray, ...]  # by group: day x pattern
    counts: tuple[np.ndarray, ...]  # by group: band x day
    cost: float
    bound: float


def groups_of(problem: Problem, needs: Needs) -> tuple[Group, ...]:
    """Who is alike. Days off and what is pinned only change who is free."""
    found: dict[tuple[object, ...], list[int]] = {}
    allowed: dict[int, np.ndarray] = {}
    pinned = {(one.person, one.day) for one in problem.pinned}
    for number, person in enumerate(problem.people):
        allowed[number] = terms_of(problem, person).allowed
        found.setdefault(_key(person, needs.counts[number]), []).append(number)
    groups, days = [], range(problem.horizon)
    for members in found.values():
        free = np.array([[_is_free(problem, one, day, allowed[one], pinned) for day in days] for one in members])
        usable = np.any([allowed[one] for one in members], axis=0)
        groups.append(Group(tuple(members), usable, free, _bands(problem, usable)))
    return tuple(groups)


def _is_free(problem: Problem, person: int, day: int, allowed: np.ndarray, pinned: set[tuple[str, int]]) -> bool:
    return bool(allowed[day].any()) and (problem.people[person].code, day) not in pinned


def _bands(problem: Problem, usable: np.ndarray) -> tuple[np.ndarray, ...]:
    """Every widest band of begins that costs no drift, then the one of all begins."""
    starts = np.array([one.start for one in problem.patterns])
    mine: np.ndarray = np.asarray(usable.any(axis=0))
    weights = problem.weights
    found: list[np.ndarray] = []
    for first in np.unique(starts[mine]) if weights.drift else []:
        band = mine & (starts >= first) & (starts <= first + weights.drift_free)
        if not any(np.array_equal(band & one, band) for one in found):
            found.append(band)
    return (*found, mine) if len(found) != 1 else (mine,)


def _key(person: Person, counts: np.ndarray) -> tuple[object, ...]:
    return (person.contract, counts.tobytes(), person.skills, person.away, person.is_minor, person.approved_overtime)


def cover(
    problem: Problem, needs: Needs, there: np.ndarray, seconds: float | None, *, steady: bool, nodes: int = 1_000
) -> Cover:
    """The cheapest cover beside who is pinned (`there`), within 0.2 % or as near as the seconds of the wall and the
    nodes allow. `steady` counts drift as well: a better bound and a harder program."""
    groups = groups_of(problem, needs)
    model = _Model(problem, needs, groups, there, steady=steady)
    options: dict[str, float] = {"mip_rel_gap": GAP, "node_limit": nodes}
    if seconds is not None:
        options["time_limit"] = max(1.0, seconds)
    limits = Bounds(0, model.most)
    answer = milp(
        model.prices, constraints=model.constraints(), integrality=model.whole, bounds=limits, options=options
    )
    bound = _bound(answer)
    if answer.x is None:
        wanted = tuple(np.zeros(group.usable.shape, dtype=int) for group in groups)
        return Cover(groups, wanted, tuple(np.zeros((1, problem.horizon), dtype=int) for _ in groups), np.inf, bound)
    return Cover(groups, *model.read(answer.x), float(answer.fun), bound)


def _bound(answer: object) -> float:
    least = getattr(answer, "mip_dual_bound", None)
    return 0.0 if least is None or not np.isfinite(least) else float(max(0, ceil(least - 1e-4)))


class _Model:
    """Variables: people of a group on a day's pattern; then, for steady weeks, people of a group in each band of each
    week and the shifts they begin; and the slacks of each need."""

    def __init__(
        self, problem: Problem, needs: Needs, groups: tuple[Group, ...], there: np.ndarray, *, steady: bool
    ) -> None:
        self.problem, self.needs, self.groups, self.there = problem, needs, groups, there
        self.columns = [
            (number, int(day), int(pattern))
            for number, group in enumerate(groups)
            for day, pattern in np.argwhere(group.usable)
        ]
        self.at: dict[tuple[int, int], list[int]] = {}
        for place, (number, day, _) in enumerate(self.columns):
            self.at.setdefault((number, day), []).append(place)
        self.cells: list[tuple[int, int, float]] = []
        self.low: list[float] = []
        self.high: list[float] = []
        self.others: list[tuple[float, float, int]] = []  # price, most, whole
        self.begun: list[tuple[int, int, int, int]] = []  # group, band, day, variable
        for row in range(len(needs.days)):
            self._need(row)
        for number, group in enumerate(groups):
            self._group(number, group)
            if steady and len(group.bands) > 1:
                for week in sorted({problem.week(day) for day in range(problem.horizon)}):
                    days = [day for day in range(problem.horizon) if problem.week(day) == week]
                    self._week(number, group, days)
        sizes = [float(groups[number].free[:, day].sum()) for number, day, _ in self.columns]
        self.prices = np.array([0.0] * len(self.columns) + [one[0] for one in self.others])
        self.most = np.array(sizes + [one[1] for one in self.others])
        self.whole = np.array([1] * len(self.columns) + [one[2] for one in self.others])

    def _row(self, low: float, high: float) -> int:
        self.low.append(low)
        self.high.append(high)
        return len(self.low) - 1

    def _other(self, price: float, most: float = np.inf, whole: int = 0) -> int:
        """The number of another variable."""
        self.others.append((price, most, whole))
        return len(self.columns) + len(self.others) - 1

    def _need(self, row: int) -> None:
        """One row for each level: people there, and what is missing of the level (or too much) as slack."""
        needs, there = self.needs, int(self.there[row])
        mine = [
            place
            for (number, day), places in self.at.items()
            if day == needs.days[row] and needs.counts[self.groups[number].people[0], row]
            for place in places
            if needs.meets[row, self.columns[place][2]]
        ]
        for level, price in needs.under[row]:
            number = self._row(level - there, np.inf)
            self.cells += [(number, place, 1.0) for place in mine]
            self.cells.append((number, self._other(price), 1.0))
        level, price = needs.over[row]
        if price:
            number = self._row(-np.inf, level - there)
            self.cells += [(number, place, 1.0) for place in mine]
            self.cells.append((number, self._other(price), -1.0))

    def _group(self, number: int, group: Group) -> None:
        for day in range(self.problem.horizon):
            row = self._row(0, float(group.free[:, day].sum()))
            self.cells += [(row, place, 1.0) for place in self._places(number, day)]
        terms = self.problem.people[group.people[0]].contract
        for first in range(0, self.problem.horizon, terms.period_days):
            self._period(number, group, terms, range(first, min(self.problem.horizon, first + terms.period_days)))

    def _places(self, number: int, day: int) -> list[int]:
        return self.at.get((number, day), [])

    def _period(self, number: int, group: Group, terms: Contract, days: range) -> None:
        """Minutes and days that the people of a group can and must give together."""
        inside = [place for day in days for place in self._places(number, day)]
        minutes, count = room_of(self.problem, group, terms, days)
        for (low, high), amount in ((minutes, self._paid), (count, lambda place: 1.0)):
            row = self._row(low, high)
            self.cells += [(row, place, amount(place)) for place in inside]

    def _week(self, number: int, group: Group, days: list[int]) -> None:
        """Who is in which band this week: nobody works more days than there are people in the band; the last band is
        for those whose begins wander, which costs."""
        most = max(group.free[:, days].sum(axis=1), default=0)
        terms = self.problem.people[group.people[0]].contract
        if terms.max_days is not None and terms.period_days <= len(days):
            most = min(most, terms.max_days)
        begins = {day: self._begins(number, day) for day in days}
        everybody = self._row(0, len(group.people))
        for band, inside in enumerate(group.bands):
            is_last = band == len(group.bands) - 1
            people = self._other(self.problem.weights.drift if is_last else 0.0, len(group.people), 1)
            self.cells.append((everybody, people, 1.0))
            together = self._row(-np.inf, 0)
            self.cells.append((together, people, -float(most)))
            for day in days:
                row = self._row(-np.inf, 0)
                self.cells.append((row, people, -1.0))
                for start, equal in begins[day].items():
                    if self._starts(inside, start):
                        shift = self._other(0.0, len(group.people), 1)
                        self.begun.append((number, band, day, shift))
                        self.cells += [(row, shift, 1.0), (together, shift, 1.0), (equal, shift, -1.0)]

    def _begins(self, number: int, day: int) -> dict[int, int]:
        """Begin of a shift to the row that makes its bands' people those of its patterns, wherever the meal lies."""
        found: dict[int, int] = {}
        for place in self._places(number, day):
            start = self.problem.patterns[self.columns[place][2]].start
            if start not in found:
                found[start] = self._row(0, 0)
            self.cells.append((found[start], place, 1.0))
        return found

    def _starts(self, inside: np.ndarray, start: int) -> bool:
        return any(inside[number] and one.start == start for number, one in enumerate(self.problem.patterns))

    def _paid(self, place: int) -> float:
        return float(self.problem.patterns[self.columns[place][2]].paid)

    def constraints(self) -> list[LinearConstraint]:
        if not self.low:
            return []
        rows, columns, values = zip(*self.cells, strict=True) if self.cells else ((), (), ())
        shape = (len(self.low), len(self.columns) + len(self.others))
        matrix = coo_matrix((values, (rows, columns)), shape=shape).tocsc()
        return [LinearConstraint(matrix, np.array(self.low), np.array(self.high))]

    def read(self, values: np.ndarray) -> tuple[tuple[np.ndarray, ...], tuple[np.ndarray, ...]]:
        """By group: people on each day's pattern, and people of each band on each day."""
        wanted = tuple(np.zeros(group.usable.shape, dtype=int) for group in self.groups)
        for (number, day, pattern), value in zip(self.columns, values, strict=False):
            wanted[number][day, pattern] = round(value)
        if not self.begun:
            return wanted, tuple(one.sum(axis=1)[None, :] for one in wanted)
        counts = tuple(np.zeros((len(group.bands), self.problem.horizon), dtype=int) for group in self.groups)
        for number, band, day, place in self.begun:
            counts[number][band, day] += round(values[place])
        for number, group in enumerate(self.groups):
            if len(group.bands) == 1:
                counts[number][0] = wanted[number].sum(axis=1)
        return wanted, counts


def room_of(
    problem: Problem, group: Group, terms: Contract, days: range
) -> tuple[tuple[float, float], tuple[float, float]]:
    """(least, most) minutes and (least, most) days that the people of a group have left in these days, beside what is
    pinned. A bound must not forbid what a roster may do, so each person's part is rounded outwards to whole shifts."""
    lengths = sorted({one.paid for number, one in enumerate(problem.patterns) if group.usable[:, number].any()})
    whole = np.zeros(4)
    for place, number in enumerate(group.people):
        whole += room_of_one(problem, problem.people[number], lengths, int(group.free[place, days].sum()), days)
    return (whole[0], whole[1]), (whole[2], whole[3])


def room_of_one(
    problem: Problem, person: Person, lengths: list[int], free: int, days: range
) -> tuple[int, int, int, int]:
    """Least and most minutes, least and most days, that one person still has to give in a period with free days."""
    if not lengths:
        return 0, 0, 0, 0
    terms = person.contract
    pinned = [one for one in problem.pinned if one.person == person.code and one.day in days]
    paid = sum(one.pattern.paid for one in pinned)
    high = terms.max_minutes
    if terms.overtime_after is not None and terms.period_days == WEEK and problem.first_weekday == 0:
        high = min(high, terms.overtime_after + person.approved_overtime)
    # Beside pins the least may have to give way (pins.py), so a bound cannot ask for it.
    is_asked = len(days) == terms.period_days and not pinned
    high, low = max(0, high - paid), max(0, terms.min_minutes - paid) if is_asked else 0
    most = min(free, high // lengths[0], free if terms.max_days is None else max(0, terms.max_days - len(pinned)))
    least = min(most, -(-low // lengths[-1]))
    return min(low, most * lengths[-1]), min(high, most * lengths[-1]), least, most

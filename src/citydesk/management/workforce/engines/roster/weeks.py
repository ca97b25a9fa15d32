"""A week of a desk as one program over outlines, for people who are alike: exact, and without names.

Variables: how many people of a kind live each outline in each band of begins; how many of them begin when; how many of
a team work each pattern on each day; what the needs are short of. An outline holds whatever pattern is worked on its
days, so whole numbers here are a roster: names only have to be written in. Its linear program is as tight as mixing
everybody's lines, and a bound on every roster.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from scipy.sparse import csr_matrix

from citydesk.management.workforce.rules.roster.problem import Problem

from .line import OFF
from .lines import Lines
from .needs import Needs
from .outlines import outlines
from .terms import Terms

MOST_COLUMNS = 60_000


@dataclass(frozen=True)
class Alike:
    """People whom nothing in the problem tells apart, with all outlines of their week."""

    people: tuple[int, ...]
    terms: Terms
    team: int
    outlines: np.ndarray


@dataclass(frozen=True)
class Column:
    """A number of people of one kind who live an outline, each day's pattern out of a set."""

    kind: int  # of people
    outline: tuple[int, ...]
    links: tuple[tuple[int, int], ...]  # day worked to the row that says which patterns
    variable: int


@dataclass
class Program:
    """A linear program in whole numbers: prices, bounds, rows."""

    prices: list[float] = field(default_factory=list)
    most: list[float] = field(default_factory=list)
    whole: list[int] = field(default_factory=list)
    low: list[float] = field(default_factory=list)
    high: list[float] = field(default_factory=list)
    cells: list[tuple[int, int, float]] = field(default_factory=list)

    def variable(self, price: float, most: float = np.inf, whole: int = 0) -> int:
        self.prices.append(price)
        self.most.append(most)
        self.whole.append(whole)
        return len(self.prices) - 1

    def row(self, low: float, high: float) -> int:
        self.low.append(low)
        self.high.append(high)
        return len(self.low) - 1

    def matrix(self) -> csr_matrix:
        rows, columns, values = zip(*self.cells, strict=True)
        return csr_matrix((values, (rows, columns)), shape=(len(self.low), len(self.prices)))


class Week:
    """The program of a problem, and what its variables mean."""

    def __init__(self, problem: Problem, needs: Needs, lines: Lines, alike: list[Alike]) -> None:
        self.problem, self.needs, self.lines, self.alike = problem, needs, lines, alike
        self.program = Program()
        self.inside: dict[int, np.ndarray] = {}  # link to the patterns that people choose a day's from
        self.works: dict[tuple[int, int, int], int] = {}  # team, day, pattern to variable
        self.begins: dict[tuple[int, int], int] = {}  # link, atom to variable
        self.link_of: dict[tuple[int, int, bytes], int] = {}  # team, day, set to row
        self.columns: list[Column] = []
        self.tables: list[list[np.ndarray]] = []  # kind of people, band to its links
        self.atom = _atoms(problem)
        self.equal: dict[tuple[int, int, int], int] = {}
        self.bands = _bands(problem)
        for kind in range(len(alike)):
            self._people(kind)
        self._slacks()

    # What people may live

    def _people(self, kind: int) -> None:
        one, program = self.alike[kind], self.program
        everybody = program.row(len(one.people), len(one.people))
        tables = [self._table(one, band) for band in self.bands]
        weekends = self._weekends(one.outlines)
        self.tables.append([link for link, _ in tables])
        seen: set[tuple[int, ...]] = set()
        for (link, price), drift in zip(tables, self._drifts(), strict=True):
            days = np.arange(self.problem.horizon)
            links = np.where(one.outlines == OFF, OFF, link[days, one.outlines])
            able = ((links != OFF) == (one.outlines != OFF)).all(axis=1)
            prices = np.where(one.outlines == OFF, 0.0, price[days, one.outlines]).sum(axis=1)
            prices += weekends + drift + self.lines.wishes[one.people[0]][1]
            for number in np.flatnonzero(able).tolist():
                key = tuple(links[number].tolist())
                if key not in seen:
                    seen.add(key)
                    self._column(kind, everybody, one.outlines[number], key, float(prices[number]))

    def _column(self, kind: int, everybody: int, outline: np.ndarray, links: tuple[int, ...], price: float) -> None:
        program = self.program
        variable = program.variable(price, len(self.alike[kind].people), 1)
        program.cells.append((everybody, variable, 1.0))
        worked = tuple((day, link) for day, link in enumerate(links) if link != OFF)
        program.cells += [(link, variable, -1.0) for _, link in worked]
        self.columns.append(Column(kind, tuple(outline.tolist()), worked, variable))

    def _table(self, one: Alike, band: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Day x kind of day: the row that links it to patterns within the band (OFF where there are none), and the
        least that any of them costs one of these people."""
        wishes = self.lines.wishes[one.people[0]][0]
        shape = (self.problem.horizon, len(one.terms.members) + 1)
        link, price = np.full(shape, OFF), np.zeros(shape)
        for day in range(self.problem.horizon):
            for kind, members in enumerate(one.terms.members):
                inside = members[one.terms.allowed[day, members] & (band[members] | (day in one.terms.must))]
                if len(inside):
                    link[day, kind] = self._link(one.team, day, inside)
                    price[day, kind] = wishes[day, inside].min()
        return link, price

    def _link(self, team: int, day: int, inside: np.ndarray) -> int:
        key = (team, day, inside.tobytes())
        if key not in self.link_of:
            program = self.program
            row = self.link_of[key] = program.row(0, 0)
            self.inside[row] = inside
            for atom in sorted(set(self.atom[inside].tolist())):
                begun = self.begins[row, atom] = program.variable(0.0, len(self.problem.people))
                program.cells += [(row, begun, 1.0), (self._equal(team, day, atom), begun, -1.0)]
        return self.link_of[key]

    def _equal(self, team: int, day: int, atom: int) -> int:
        """The row in which people who begin are those who work one of the atom's patterns."""
        key = (team, day, atom)
        if key not in self.equal:
            program, row = self.program, self.program.row(0, 0)
            self.equal[key] = row
            for pattern in np.flatnonzero(self.atom == atom).tolist():
                self.works[team, day, pattern] = program.variable(0.0, len(self.problem.people), 1)
                program.cells.append((row, self.works[team, day, pattern], 1.0))
        return self.equal[key]

    def _drifts(self) -> Iterator[float]:
        """What each band costs: only the last, of all begins, costs drift."""
        yield from [0.0] * (len(self.bands) - 1)
        yield float(self.problem.weights.drift) if len(self.bands) > 1 else 0.0

    def _weekends(self, rows: np.ndarray) -> np.ndarray:
        """What further weekend shifts add beyond the price of the first (lines.py)."""
        days = [day for day in range(self.problem.horizon) if self.problem.is_weekend(day)]
        worked = (rows[:, days] != OFF).sum(axis=1)
        return self.problem.weights.fairness * worked * (worked - 1) / 2.0

    # What is needed

    def _slacks(self) -> None:
        self.shorts: list[tuple[int, int, float, int]] = []  # need, level, sign, variable
        mine: list[list[int]] = [[] for _ in self.needs.days]
        somebody = {one.team: one.people[0] for one in self.alike}
        for (team, day, pattern), variable in self.works.items():
            person = somebody[team]
            rows = self.needs.rows_of[day]
            for row in rows[self.needs.meets[rows, pattern] & self.needs.counts[person, rows]].tolist():
                mine[row].append(variable)
        for need, variables in enumerate(mine):
            for level, price in self.needs.under[need]:
                self._slack(need, level, float(price), 1.0, variables)
            level, price = self.needs.over[need]
            if price:
                self._slack(need, level, float(price), -1.0, variables)

    def _slack(self, need: int, level: int, price: float, sign: float, variables: list[int]) -> None:
        program = self.program
        row = program.row(level, np.inf) if sign > 0 else program.row(-np.inf, level)
        slack = program.variable(price)
        program.cells += [(row, one, 1.0) for one in variables]
        program.cells.append((row, slack, sign))
        self.shorts.append((need, level, sign, slack))


def week_of(problem: Problem, needs: Needs, lines: Lines) -> Week | None:
    """The program of a problem of at most a week; None where it would be too large."""
    if problem.horizon > 7 or not problem.people:
        return None
    found: dict[tuple[object, ...], list[int]] = {}
    for person in range(len(problem.people)):
        found.setdefault(_key(problem, needs, lines, person), []).append(person)
    teams: dict[bytes, int] = {}
    alike, size = [], 0
    for people in found.values():
        terms = lines.liners[people[0]].terms
        rows = outlines(terms)
        if rows is None:
            return None
        size += len(rows) * len(_bands(problem))
        team = teams.setdefault(needs.counts[people[0]].tobytes(), len(teams))
        alike.append(Alike(tuple(people), terms, team, rows))
    return Week(problem, needs, lines, alike) if size <= MOST_COLUMNS else None


def _key(problem: Problem, needs: Needs, lines: Lines, person: int) -> tuple[object, ...]:
    terms, (prices, base) = lines.liners[person].terms, lines.wishes[person]
    run = (terms.max_run, terms.min_run, terms.min_off, terms.before, terms.must)
    return (
        needs.counts[person].tobytes(), terms.allowed.tobytes(), terms.kind_of.tobytes(), terms.after, terms.counted,
        run, prices.tobytes(), base,
    )  # fmt: skip


def _atoms(problem: Problem) -> np.ndarray:
    """Pattern to the number of its atom: patterns that differ in nothing but the meal."""
    found: dict[tuple[str, int, int], int] = {}
    return np.array(
        [found.setdefault((one.template, one.start, one.length), len(found)) for one in problem.patterns], dtype=int
    )


def _bands(problem: Problem) -> list[np.ndarray]:
    """Every widest band of begins that costs no drift, then the one of all begins. Where the days lie in more than one
    calendar week only that one, without a price: the bound is then weaker."""
    starts = np.array([one.start for one in problem.patterns])
    every, weights = np.ones(len(starts), dtype=bool), problem.weights
    if not weights.drift or problem.week(problem.horizon - 1) != problem.week(0):
        return [every]
    found: list[np.ndarray] = []
    for first in np.unique(starts):
        band = (starts >= first) & (starts <= first + weights.drift_free)
        if not any(np.array_equal(band & one, band) for one in found):
            found.append(band)
    return [*found, every] if len(found) > 1 else [every]

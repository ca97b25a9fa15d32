"""From a week's numbers to a line for everybody, and back."""

import numpy as np
from scipy.optimize import linear_sum_assignment

from .line import OFF
from .weeks import Alike, Week

NEVER = 1e6


def lines_of(week: Week, values: np.ndarray) -> dict[int, list[int]]:
    """Person to a pattern's number for each day: the roster that whole numbers stand for, at their cost or less."""
    given = {person: [OFF] * week.problem.horizon for one in week.alike for person in one.people}
    working: dict[tuple[int, int], list[tuple[int, int]]] = {}  # team, day to people with their links
    left = [list(reversed(one.people)) for one in week.alike]
    for column in week.columns:
        for _ in range(round(values[column.variable])):
            person = left[column.kind].pop()
            for day, link in column.links:
                working.setdefault((week.alike[column.kind].team, day), []).append((person, link))
    for (team, day), people in sorted(working.items()):
        wanted = [
            pattern
            for pattern in range(len(week.problem.patterns))
            for _ in range(round(values[week.works[team, day, pattern]]) if (team, day, pattern) in week.works else 0)
        ]
        _give(week, day, people, np.array(wanted, dtype=int), given)
    return given


def _give(week: Week, day: int, people: list[tuple[int, int]], wanted: np.ndarray, given: dict[int, list[int]]) -> None:
    """A day's patterns to those who work: an assignment, each out of the set that their week allows."""
    prices = np.full((len(people), len(wanted)), NEVER)
    for place, (person, link) in enumerate(people):
        able = np.isin(wanted, week.inside[link])
        prices[place, able] = week.lines.wishes[person][0][day, wanted[able]]
    for row, column in zip(*linear_sum_assignment(prices), strict=True):
        given[people[row][0]][day] = int(wanted[column])


def values_of(week: Week, given: dict[int, list[int]]) -> np.ndarray:
    """The numbers that a roster stands for."""
    values = np.zeros(len(week.program.prices))
    variable = {(one.kind, one.outline, one.links): one.variable for one in week.columns}
    there = np.zeros(len(week.needs.days), dtype=int)
    for kind, one in enumerate(week.alike):
        for person in one.people:
            outline, links = _column(week, kind, one, given[person])
            values[variable[kind, outline, links]] += 1
            for day, link in links:
                pattern = given[person][day]
                values[week.begins[link, int(week.atom[pattern])]] += 1
                values[week.works[one.team, day, pattern]] += 1
                week.needs.put(there, person, day, pattern, 1)
    for need, level, sign, slack in week.shorts:
        values[slack] = max(0.0, sign * (level - there[need]))
    return values


def _column(week: Week, kind: int, one: Alike, days: list[int]) -> tuple[tuple[int, ...], tuple[tuple[int, int], ...]]:
    """The outline of a line, and the links of the first band that holds all of its patterns."""
    outline = tuple(OFF if pattern == OFF else int(one.terms.kind_of[pattern]) for pattern in days)
    for table in week.tables[kind]:
        links = tuple((day, int(table[day, outline[day]])) for day, pattern in enumerate(days) if pattern != OFF)
        if all(link != OFF and days[day] in week.inside[link] for day, link in links):
            return outline, links
    raise ValueError("a line that no outline holds")

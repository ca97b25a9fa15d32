"""Rosters of a desk whose needs are by interval: a program of the whole week, or cover, names and repair."""

from random import Random

import numpy as np

from citydesk.management.workforce.rules.roster.problem import Problem
from citydesk.management.workforce.rules.roster.shifts import Roster

from .budget import Budget
from .columns import Answer
from .cover import Cover, cover
from .line import OFF
from .names import names
from .needs import Needs
from .repair import Bench, mend, polish, shake
from .week_names import lines_of, values_of
from .week_search import search
from .weeks import Week, week_of

FIRST_SHARE, STEADY_SHARE = 0.15, 0.5
NEAR_ENOUGH = 0.005  # of the bound: nobody sees the rest


def solve_desk(problem: Problem, budget: Budget, seed: int = 1) -> Answer:
    """The best roster within the budget, and a bound.

    First any roster that holds, everybody's best line in turn; then the program of the whole week, or for more than a
    week (or too many ways of living it) names for a cover; then single people and some together are gone over.
    """
    needs, chance = Needs(problem), Random(seed)  # noqa: S311 - chance that repeats
    bench = _in_turn(problem, needs, budget, chance)
    week = week_of(problem, needs, bench.lines) if budget.has_room else None
    bound = _by_week(week, bench, budget, chance) if week else 0.0
    if week is None:
        bench, bound = _by_cover(bench, budget, chance)
    shake(bench, budget, bound, chance, bound * (1 + NEAR_ENOUGH))
    return Answer(bench.roster(), bench.cost, min(bound, float(bench.cost)))


def _by_week(week: Week, bench: Bench, budget: Budget, chance: Random) -> float:
    """Put the best roster of the week's program on the bench; the bound."""
    best = bench.copy()

    def take(values: np.ndarray, bound: float, stage: str) -> None:
        nonlocal best
        before = bench.cost
        bench.put_all(lines_of(week, values))
        if bench.cost > before:
            bench.put_all(best)
        else:
            best = bench.copy()
        budget.report(bench.cost, bound, stage, bench.roster)

    values, bound = search(week, values_of(week, bench.given), budget, chance, 1 + NEAR_ENOUGH, take)
    take(values, bound, "week")
    polish(bench, budget, bound, chance)
    return bound


def _by_cover(bench: Bench, budget: Budget, chance: Random) -> tuple[Bench, float]:
    """Names for a cover that knows nothing of steady weeks, and its bound; then for one that does, a better bound and
    another start."""
    problem, needs, bound = bench.problem, bench.needs, 0.0
    there = needs.there(problem.pinned)
    for steady, share in ((False, FIRST_SHARE), (True, STEADY_SHARE)):
        if _is_near(bench, bound) or budget.is_over() or (steady and not budget.has_room):
            break
        found = cover(problem, needs, there, budget.wall_left(share), steady=steady)
        bound = max(bound, found.bound)
        budget.report(bench.cost, bound, "steady cover" if steady else "cover")
        if found.cost < bench.cost:
            bench = min((bench, _named(problem, needs, found, budget, bound, chance)), key=lambda one: one.cost)
    return bench, bound


def _in_turn(problem: Problem, needs: Needs, budget: Budget, chance: Random) -> Bench:
    """Everybody's best line beside those who came before."""
    empty = {person: [OFF] * problem.horizon for person in range(len(problem.people))}
    bench = Bench(problem, needs, empty)
    people = list(empty)
    chance.shuffle(people)
    for person in people:
        bench.better(person, budget, must=True)
    budget.report(bench.cost, 0.0, "in turn", bench.roster)
    return bench


def _is_near(bench: Bench, bound: float) -> bool:
    return bench.cost <= bound * (1 + NEAR_ENOUGH)


def _named(problem: Problem, needs: Needs, found: Cover, budget: Budget, bound: float, chance: Random) -> Bench:
    """Names for a cover, mended and polished."""
    given = names(problem, found)
    _pin(problem, given)
    bench = Bench(problem, needs, given)
    mend(bench, budget, bound)
    polish(bench, budget, bound, chance)
    return bench


def replan(problem: Problem, before: Roster, budget: Budget, seed: int = 1) -> Answer:
    """A roster near the one `before`, after people, needs or leave changed: every person keeps their line unless a
    rule stands against it or another is worth more than the problem's weight for changes."""
    needs, chance = Needs(problem), Random(seed)  # noqa: S311 - chance that repeats
    found = cover(problem, needs, needs.there(problem.pinned), budget.wall_left(FIRST_SHARE), steady=False)
    number = {one: place for place, one in enumerate(problem.patterns)}
    given = {place: [OFF] * problem.horizon for place in range(len(problem.people))}
    place_of = {one.code: place for place, one in enumerate(problem.people)}
    for one in before:
        if one.person in place_of and one.pattern in number and 0 <= one.day < problem.horizon:
            given[place_of[one.person]][one.day] = number[one.pattern]
    _pin(problem, given)
    bench = Bench(problem, needs, given)
    mend(bench, budget, found.bound)
    polish(bench, budget, found.bound, chance)
    return Answer(bench.roster(), bench.cost, min(found.bound, float(bench.cost)))


def _pin(problem: Problem, given: dict[int, list[int]]) -> None:
    number = {one: place for place, one in enumerate(problem.patterns)}
    place_of = {one.code: place for place, one in enumerate(problem.people)}
    for one in problem.pinned:
        given[place_of[one.person]][one.day] = number[one.pattern]

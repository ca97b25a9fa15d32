"""The engines: lines against a search through everything, rosters that hold, bounds that are met, and repeatability.

Nothing here waits for a clock: work is bounded by ticks, and costs are judged against bounds and the verifier.
"""

import subprocess
import sys
from dataclasses import replace
from itertools import product
from multiprocessing import Pipe
from pathlib import Path
from random import Random
from threading import Event

import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp

from citydesk.management.workforce.engines.roster import apart, week_dive
from citydesk.management.workforce.engines.roster.apart import OutOfRoom, solve_apart
from citydesk.management.workforce.engines.roster.breaks import Training, place
from citydesk.management.workforce.engines.roster.budget import ROOM, Budget, News
from citydesk.management.workforce.engines.roster.compact import is_small, prove
from citydesk.management.workforce.engines.roster.generate import NoLine
from citydesk.management.workforce.engines.roster.line import OFF, Liner
from citydesk.management.workforce.engines.roster.lines import Lines
from citydesk.management.workforce.engines.roster.needs import Needs
from citydesk.management.workforce.engines.roster.outlines import outlines
from citydesk.management.workforce.engines.roster.solve import solve, solve_again
from citydesk.management.workforce.engines.roster.terms import terms_of
from citydesk.management.workforce.engines.roster.week_names import lines_of, values_of
from citydesk.management.workforce.engines.roster.week_search import search
from citydesk.management.workforce.engines.roster.weeks import week_of as week_program
from citydesk.management.workforce.rules.roster.benchmark import read_benchmark
from citydesk.management.workforce.rules.roster.cost import cost_of
from citydesk.management.workforce.rules.roster.difference import difference
from citydesk.management.workforce.rules.roster.options import without
from citydesk.management.workforce.rules.roster.people import Contract, Person
from citydesk.management.workforce.rules.roster.problem import Problem
from citydesk.management.workforce.rules.roster.shifts import Assignment, Kind, Pattern, ShiftTemplate
from citydesk.management.workforce.rules.roster.verifier import verify, verify_person
from citydesk.management.workforce.tests.roster_cases import DAY_SHIFT, FILE, MORNING, desk, held, week_of

FOLDER = Path(__file__).resolve().parents[6] / "shared/data/shifts/schedulingbenchmarks"


def small(chance: Random) -> Problem:
    """One person, seven days, two shifts, and a contract drawn at random."""
    early = ShiftTemplate("E", 480)
    late = ShiftTemplate("L", chance.choice((480, 360)), not_followed_by=frozenset({"E"}))
    terms = Contract(
        "one", chance.choice((0, 960, 1440)), chance.choice((1440, 1920, 2400)), chance.choice((7, 7, 3)),
        max_run=chance.randint(2, 5), min_run=chance.randint(1, 2), min_off=chance.randint(1, 3),
        max_weekends=chance.choice((None, 0, 1)), max_of=(("L", chance.randint(0, 3)),),
        max_days=chance.choice((None, 2, 4)), overtime_after=chance.choice((None, 1440)),
    )  # fmt: skip
    days = tuple(Assignment("one", -day, Pattern("L", 0, late.length)) for day in range(1, chance.randint(1, 3)))
    off = frozenset({chance.randrange(7)}) if chance.random() < 0.5 else frozenset()
    person = Person("one", terms, days_off=off)
    return Problem(7, (early, late), (person,), history=days, first_weekday=chance.randrange(7))


@pytest.mark.parametrize("seed", range(12))
def test_the_best_line_is_the_best_of_all_lines(seed) -> None:
    chance = Random(seed)
    problem = small(chance)
    person, prices = problem.people[0], np.array([[chance.randint(-9, 6) for _ in range(2)] for _ in range(7)], float)
    best = np.inf
    for days in product((OFF, 0, 1), repeat=7):
        given = [Assignment("one", day, problem.patterns[one]) for day, one in enumerate(days) if one != OFF]
        cost = sum(prices[day, one] for day, one in enumerate(days) if one != OFF)
        if cost < best and not verify_person(problem, person, given):
            best = cost
    found = Liner(terms_of(problem, person)).best(prices, wanted=4)
    assert (found[0][0] if found else np.inf) == best
    for cost, days in found:
        given = [Assignment("one", day, problem.patterns[one]) for day, one in enumerate(days) if one != OFF]
        assert not verify_person(problem, person, given)
        assert cost == sum(prices[day, one] for day, one in enumerate(days) if one != OFF)


def test_a_small_file_is_solved_to_its_bound() -> None:
    problem = read_benchmark(FILE)
    found = solve(problem, Budget(ticks=20))
    assert found.is_verified
    assert found.cost == found.bound == cost_of(problem, found.roster)


@pytest.mark.skipif(not FOLDER.is_dir(), reason="the benchmark's files are not here")
@pytest.mark.parametrize(("number", "ticks", "cost", "bound"), [(1, 6, 607, 558), (2, 30, 828, 828)])
def test_published_costs_are_reached(number, ticks, cost, bound) -> None:
    found = solve(read_benchmark((FOLDER / f"Instance{number}.txt").read_text()), Budget(ticks=ticks))
    assert (found.cost, found.is_verified) == (cost, True)
    assert bound <= found.bound <= cost


def test_the_same_seed_and_ticks_give_the_same_roster() -> None:
    problem = week_of(6, seed=3, slot=120)
    first, second = (solve(problem, Budget(ticks=3), seed=5) for _ in range(2))
    assert first.roster == second.roster
    assert first.is_verified and first.bound <= first.cost == cost_of(problem, first.roster)


def test_pinned_days_stay_and_who_has_no_line_is_named() -> None:
    problem = read_benchmark(FILE)
    pinned = Assignment("B", 4, Pattern("E", 0, 480), is_pinned=True)
    found = solve(replace(problem, pinned=(pinned,)), Budget(ticks=10))
    assert pinned in found.roster and found.is_verified
    away = replace(
        problem.people[1], days_off=frozenset({0, 1, 3, 4, 6}), contract=replace(problem.people[1].contract, min_run=3)
    )
    with pytest.raises(NoLine, match="B has no line"):
        solve(replace(problem, people=(problem.people[0], away)), Budget(ticks=10))


def test_sickness_is_planned_around_with_few_changes() -> None:
    problem = replace(week_of(6, seed=2, slot=60), weights=replace(desk().weights, change=4))
    before = solve(replace(problem, weights=replace(problem.weights, change=0)), Budget(ticks=3)).roster
    sick = before[0].person
    changed, left = without(problem, before, sick, range(7))
    changed = replace(changed, published=left)
    after = solve_again(changed, left, Budget(ticks=3))
    assert after.is_verified
    assert not [one for one in after.roster if one.person == sick]
    moved = difference(changed, left, after.roster)
    assert after.cost <= cost_of(changed, left)
    assert moved.people < 5


def test_breaks_lie_inside_and_apart_and_trainings_find_the_quiet_hours() -> None:
    bare = tuple(replace(one, activities=()) for one in held())
    coaching = Training("ana", 60, 0, 4, Kind.COACHING, "first calls")
    nobody = Training("ana", 600, 0, 4)
    roster, left = place(desk(), bare, [coaching, nobody])
    assert left == [nobody]
    assert verify(desk(), roster) == []
    assert all(sum(it.kind == Kind.BREAK for it in one.activities) == len(DAY_SHIFT.breaks) for one in roster)
    assert [it.label for one in roster for it in one.activities if it.kind == Kind.COACHING] == ["first calls"]


def test_a_canceled_search_keeps_the_best_so_far() -> None:
    problem, told = week_of(6, seed=4, slot=60), list[News]()
    budget = Budget(ticks=200, is_canceled=lambda: any(one.cost for one in told), tell=told.append)
    found = solve(problem, budget)
    assert found.is_verified
    assert budget.spent_ticks < 100


@pytest.mark.parametrize("make", [lambda: read_benchmark(FILE), lambda: week_of(6, seed=4, slot=120)])
def test_a_budget_of_nothing_still_gives_a_roster_that_holds(make) -> None:
    found = solve(make(), Budget(ticks=0.0001))
    assert found.is_verified
    assert found.bound <= found.cost


def test_a_process_of_its_own_answers_and_refuses() -> None:
    told: list[News] = []
    found = solve_apart(read_benchmark(FILE), ticks=10, on_news=told.append)
    assert found.is_verified and found.cost == found.bound
    assert any(one.roster for one in told)


def test_memory_that_ends_takes_nobody_along() -> None:
    """How far it comes depends on the machine: the last roster it told of, or a word that there was none."""
    try:
        found = solve_apart(week_of(20, seed=1), ticks=5, megabytes=120)
    except OutOfRoom as reason:
        assert "120 MB" in str(reason)
    else:
        assert found.is_verified


def test_one_whole_program_proves_what_the_lines_leave_open() -> None:
    lines = Lines(read_benchmark(FILE))
    assert is_small(lines)
    bound, better = prove(lines, 10**6, None)
    assert better is not None
    assert bound == lines.cost(better) == solve(lines.problem, Budget(ticks=10)).cost
    assert verify(lines.problem, lines.roster(better)) == []


def test_patterns_that_no_rule_tells_apart_are_one_kind() -> None:
    terms = terms_of(desk(), desk().people[0])
    assert len(terms.members) == 1 and len(terms.members[0]) == 15
    assert terms.allowed[0, desk().patterns.index(replace(MORNING, meal_start=720))]


@pytest.mark.parametrize("seed", range(6))
def test_outlines_are_all_weeks_that_hold(seed) -> None:
    problem = small(Random(seed))
    person, terms = problem.people[0], terms_of(problem, problem.people[0])
    found = outlines(terms)
    assert found is not None
    patterns = {OFF: OFF} | {kind: int(members[0]) for kind, members in enumerate(terms.members)}
    told = {tuple(patterns[one] for one in row) for row in found.tolist()}
    holds = set()
    for days in product(sorted(set(patterns.values())), repeat=7):
        given = [Assignment("one", day, problem.patterns[one]) for day, one in enumerate(days) if one != OFF]
        if not verify_person(problem, person, given):
            holds.add(days)
    assert told == holds


@pytest.mark.parametrize("large", [1, 40])
def test_a_week_as_one_program_is_a_roster_at_its_cost(large, monkeypatch) -> None:
    """With a dive first (as for many people) and without one; the same twice."""
    monkeypatch.setattr(week_dive, "LARGE", large)
    problem = week_of(8, seed=1, slot=120)
    needs, lines = Needs(problem), Lines(problem)
    week = week_program(problem, needs, lines)
    assert week is not None
    begun = {person: list(lines.known[person].days[lines.find(person, np.zeros(0))[1][0]]) for person in range(8)}
    start, prices = values_of(week, begun), np.array(week.program.prices)
    costs = []
    for _ in range(2):
        values, bound = search(week, start, Budget(ticks=20), Random(1), 1.005, lambda *_: None)
        costs.append(float(prices @ values))
    assert costs[0] == costs[1] < float(prices @ start)
    roster = [
        Assignment(problem.people[person].code, day, problem.patterns[one])
        for person, days in lines_of(week, values).items() for day, one in enumerate(days) if one != OFF
    ]  # fmt: skip
    assert not verify(problem, roster)
    assert 0 < bound <= cost_of(problem, roster) <= round(costs[0])
    assert round(float(prices @ values_of(week, lines_of(week, values)))) == cost_of(problem, roster)


def test_few_people_are_solved_whole_to_the_bound_and_the_same_twice() -> None:
    """What the linear program's prices leave out is no part of anything better: as much as the whole program says."""
    problem = week_of(7, seed=2, slot=120)
    needs, lines = Needs(problem), Lines(problem)
    week = week_program(problem, needs, lines)
    assert week is not None
    begun = {person: list(lines.known[person].days[lines.find(person, np.zeros(0))[1][0]]) for person in range(7)}
    start, prices, program = values_of(week, begun), np.array(week.program.prices), week.program
    told: list[str] = []
    found = [search(week, start, Budget(ticks=ROOM), Random(1), 1.0, lambda *one: told.append(one[2])) for _ in "12"]
    (values, bound), (again, _) = found
    rule = LinearConstraint(program.matrix(), np.array(program.low), np.array(program.high))
    best = milp(prices, constraints=rule, integrality=np.array(program.whole), bounds=Bounds(0, np.array(program.most)))
    assert bound == round(float(prices @ values)) == round(best.fun) < float(prices @ start)
    assert np.array_equal(values, again)
    assert "likely begins" in told


def test_a_solver_that_hears_no_cancel_is_left_with_its_last_roster(monkeypatch) -> None:
    monkeypatch.setattr(apart, "PATIENCE", -1.0)
    ours, theirs = Pipe()
    theirs.send(News(9, 0.0, 0.1, "in turn", held()))
    answer, last = apart._listen(ours, Event(), None, lambda: True)
    assert answer is None
    assert last is not None and last.roster == held()


LOADED_UNDER_ANOTHER = """
import logging.config, sys
own, sys.stderr = sys.stderr, open(sys.argv[1], "w")
import citydesk.management.workforce.engines.roster.week_whole
other, sys.stderr = sys.stderr, own
logging.config.dictConfig({"version": 1})
other.write("still open")
"""


def test_loading_the_solver_leaves_the_error_stream_to_its_owner(tmp_path):
    """Logging set up anew under another error stream closes not the one the solver was loaded under."""
    said = tmp_path / "said"
    subprocess.run([sys.executable, "-c", LOADED_UNDER_ANOTHER, said], check=True, timeout=120)
    assert said.read_text() == "still open"

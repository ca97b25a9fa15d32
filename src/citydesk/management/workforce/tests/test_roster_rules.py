"""The verifier, the cost, the reader of the benchmark's format, and what a roster says about itself."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from citydesk.management.workforce.rules.roster.benchmark import BadFile, read_benchmark
from citydesk.management.workforce.rules.roster.cost import cost_of, slacks_of
from citydesk.management.workforce.rules.roster.difference import difference
from citydesk.management.workforce.rules.roster.fairness import fairness
from citydesk.management.workforce.rules.roster.options import options, without
from citydesk.management.workforce.rules.roster.people import Away, Contract
from citydesk.management.workforce.rules.roster.problem import Impossible, Problem, SlotNeed, Weights, check
from citydesk.management.workforce.rules.roster.reasons import Unmet, explain, unmet
from citydesk.management.workforce.rules.roster.shifts import (
    Activity,
    Assignment,
    Kind,
    Pattern,
    Roster,
    Training,
    patterns_of,
)
from citydesk.management.workforce.rules.roster.verifier import Rule, verify
from citydesk.management.workforce.tests.roster_cases import (
    DAY_SHIFT,
    EVENING,
    FILE,
    FULL_TIME,
    MORNING,
    changed,
    desk,
    held,
)

FOLDER = Path(__file__).resolve().parents[6] / "shared/data/shifts/schedulingbenchmarks"


def rules(problem: Problem, roster: Roster) -> set[tuple[str, str, int]]:
    return {(one.rule.value, one.person, one.day) for one in verify(problem, roster)}


def with_person(problem: Problem, code: str, **parts: object) -> Problem:
    return replace(problem, people=tuple(replace(one, **parts) if one.code == code else one for one in problem.people))


def with_terms(problem: Problem, code: str, **parts: object) -> Problem:
    return with_person(problem, code, contract=replace(problem.person_of[code].contract, **parts))


def test_a_roster_that_holds_has_no_breach() -> None:
    assert verify(desk(), held()) == []


NOT_DAYS_AFTER = (DAY_SHIFT, replace(desk().templates[1], not_followed_by=frozenset({"day"})))


def late(roster: Roster, person: str, day: int) -> Roster:
    return changed(roster, person, day, pattern=EVENING, activities=())


# Each violation by hand: the rule, the person and the day are named.
def asking(problem: Problem, *, may_split: bool = True) -> Problem:
    """The desk on which Ana is to have ninety minutes of training by Wednesday."""
    return replace(problem, trainings=(Training("ana", 90, 0, 2, Kind.TRAINING, "x", may_split),))


def in_two(roster: Roster, *pieces: tuple[int, int, int] | None) -> Roster:
    """Ana's training in parts: day, begin and end of each that is there."""
    for part, piece in enumerate(pieces, 1):
        if piece is not None:
            day, start, end = piece
            activity = Activity(start, end, Kind.TRAINING, "x", part)
            if day > 2:
                roster = (*roster, Assignment("ana", day, MORNING, (activity,)))
            else:
                roster = changed(roster, "ana", day, activities=(activity,))
    return roster


BROKEN = [
    ("R1", "ana", 1, lambda p, r: (p, (*r, Assignment("ana", 1, replace(MORNING, start=540, meal_start=720))))),
    ("R1", "ana", 1, lambda p, r: (p, changed(r, "ana", 1, activities=(Activity(715, 730, Kind.BREAK),)))),
    ("R1", "ana", 1, lambda p, r: (p, changed(r, "ana", 1, activities=(Activity(985, 1000, Kind.BREAK),)))),
    ("R2", "ben", 2, lambda p, r: (with_person(p, "ben", days_off=frozenset({2})), r)),
    ("R2", "ben", 2, lambda p, r: (with_person(p, "ben", away=(Away(2, 600, 660, "doctor"),)), r)),
    ("R2", "ben", 1, lambda p, r: (with_person(p, "ben", away=(Away(0, 1440, 2000, "course"),)), r)),
    ("R2", "ben", 0, lambda p, r: (with_terms(p, "ben", earliest=500), r)),
    ("R2", "ben", 2, lambda p, r: (with_terms(p, "ben", weekdays=frozenset({0, 1})), r)),
    ("R3", "ana", 0, lambda p, r: (p, tuple(one for one in r if one.person != "ana"))),
    ("R3", "ana", 0, lambda p, r: (with_terms(p, "ana", min_minutes=0, max_minutes=1439), r)),
    ("R4", "cy", 2, lambda p, r: (with_terms(p, "cy", min_rest=12 * 60), late(r, "cy", 1))),
    ("R5", "ana", 2, lambda p, r: (with_terms(p, "ana", max_run=2), r)),
    ("R5", "ana", 2, lambda p, r: (replace(p, history=tuple(Assignment("ana", -d, MORNING) for d in (1, 2, 3))), r)),
    ("R6", "dee", 0, lambda p, r: (p, changed(r, "dee", 0, pattern=Pattern("day", 480, 510), activities=()))),
    ("R6", "dee", 0, lambda p, r: (p, changed(r, "dee", 0, pattern=Pattern("day", 480, 510, 720, 20), activities=()))),
    ("R6", "dee", 0, lambda p, r: (p, changed(r, "dee", 0, pattern=Pattern("day", 480, 510, 600, 30), activities=()))),
    ("R6", "dee", 0, lambda p, r: (p, changed(r, "dee", 0, activities=(Activity(600, 630, Kind.BREAK),)))),
    ("R7", "ana", 2, lambda p, r: (p, late(r, "ana", 2))),
    ("R8", "", 4, lambda p, r: (replace(p, slot_needs=(SlotNeed(4, 540, 1, 1, 1),)), r)),
    ("R8", "", 0, lambda p, r: (replace(p, slot_needs=(SlotNeed(0, 540, 2, 2, 2, "spanish"),)), r)),
    ("R9", "ana", 0, lambda p, r: (with_terms(p, "ana", overtime_after=1200), r)),
    ("R10", "dee", 0, lambda p, r: (with_person(p, "dee", is_minor=True), r)),
    ("C1", "cy", 2, lambda p, r: (replace(p, templates=NOT_DAYS_AFTER), late(r, "cy", 1))),
    ("C2", "ana", 2, lambda p, r: (with_terms(p, "ana", max_of=(("day", 2),)), r)),
    ("C3", "ben", 4, lambda p, r: (with_terms(p, "ben", min_run=2), (*r, Assignment("ben", 4, MORNING)))),
    ("C4", "ben", 3, lambda p, r: (with_terms(p, "ben", min_off=2), (*r, Assignment("ben", 4, MORNING)))),
    ("C5", "cy", 5, lambda p, r: (with_terms(p, "cy", max_weekends=0), (*r, Assignment("cy", 5, EVENING)))),
    ("C6", "ana", 0, lambda p, r: (with_terms(p, "ana", max_days=2), r)),
    ("C7", "eve", 0, lambda p, r: (p, (*r, Assignment("eve", 0, MORNING)))),
    ("C7", "ana", 5, lambda p, r: (p, (*r, Assignment("ana", 5, MORNING)))),
    ("C9", "ana", 0, lambda p, r: (p, changed(r, "ana", 0, activities=(Activity(600, 615, Kind.TRAINING, "x", 1),)))),
    ("C9", "ana", 0, lambda p, r: (asking(p), in_two(r, (0, 600, 660), (1, 840, 900)))),
    ("C9", "ana", 0, lambda p, r: (asking(p), in_two(r, (0, 600, 660), (3, 840, 870)))),
    ("C9", "ana", 0, lambda p, r: (asking(p), in_two(r, (0, 600, 660), None))),
    ("C9", "ana", 0, lambda p, r: (asking(p), in_two(r, (1, 600, 660), (0, 840, 870)))),
    ("C9", "ana", 0, lambda p, r: (asking(p, may_split=False), in_two(r, (0, 600, 660), (1, 840, 870)))),
    ("C8", "ana", 3, lambda p, r: (replace(p, pinned=(Assignment("ana", 3, MORNING, is_pinned=True),)), r)),
]  # fmt: skip


def test_a_training_in_two_parts_breaks_no_rule_and_has_its_price() -> None:
    problem, roster = asking(desk()), in_two(held(), (0, 600, 660), (1, 840, 870))
    assert verify(problem, roster) == [] == verify(desk(), roster)
    assert [(one.kind, one.cost, one.person, one.day) for one in slacks_of(problem, roster) if one.kind == "split"] == [
        ("split", problem.weights.split, "ana", 0)
    ]
    # Without what was asked for nothing is said of a part whose other is gone: the page tells it.
    assert verify(desk(), in_two(held(), (0, 600, 660), None)) == []


@pytest.mark.parametrize(("rule", "person", "day", "breaking"), BROKEN)
def test_each_violation_is_caught_by_name(rule, person, day, breaking) -> None:
    problem, roster = breaking(desk(), held())
    assert (rule, person, day) in rules(problem, roster)


def test_every_rule_has_a_violation_here() -> None:
    assert {one[0] for one in BROKEN} == {one.value for one in Rule}


def test_runs_at_the_edges_may_be_short() -> None:
    problem = with_terms(desk(), "ana", min_run=2, min_off=2, min_minutes=0)
    edges = tuple(Assignment("ana", day, MORNING) for day in (0, 3, 4))
    assert not [one for one in verify(problem, edges) if one.person == "ana"]
    assert ("C3", "ana", 2) in rules(problem, (Assignment("ana", 2, MORNING),))


@given(st.sets(st.integers(0, 13)), st.integers(1, 4), st.integers(1, 3), st.integers(1, 3), st.integers(0, 2))
@settings(max_examples=60)
def test_runs_and_weekends_agree_with_a_naive_count(days, max_run, min_run, min_off, weekends) -> None:
    terms = Contract("one", 0, 10**6, 14, max_run=max_run, min_run=min_run, min_off=min_off, max_weekends=weekends)
    shift = replace(DAY_SHIFT, meal=None, weekdays=frozenset(range(7)))
    person = replace(desk().people[0], contract=terms)
    problem = Problem(14, (shift,), (person,))
    found = {one.rule for one in verify(problem, [Assignment("ana", day, Pattern("day", 480, 510)) for day in days])}
    said = "".join("w" if day in days else "." for day in range(14))
    inner = [run for run in said.replace("w.", "w|.").replace(".w", ".|w").split("|")][1:-1]
    assert (Rule.RUN in found) == ("w" * (max_run + 1) in said)
    assert (Rule.SHORT_RUN in found) == any(run[0] == "w" and len(run) < min_run for run in inner)
    assert (Rule.SHORT_REST in found) == any(run[0] == "." and len(run) < min_off for run in inner)
    assert (Rule.WEEKENDS in found) == (("w" in said[5:7]) + ("w" in said[12:14]) > weekends)


def test_the_cost_names_each_slack() -> None:
    problem = read_benchmark(FILE)
    roster = tuple(
        Assignment(person, day, Pattern(shift, 0, 480))
        for person, day, shift in (("A", 1, "E"), ("A", 2, "E"), ("B", 0, "E"), ("B", 1, "E"))
    )
    assert verify(problem, roster) == []
    assert {(one.kind, one.day, one.cost) for one in slacks_of(problem, roster)} == {
        ("over", 1, 1), ("under", 2, 100), ("wanted", 2, 3), ("unwanted", 1, 2),
    }  # fmt: skip
    assert cost_of(problem, roster) == 106


def test_overtime_that_was_approved_has_its_price() -> None:
    problem = replace(desk(), slot_needs=(), weights=Weights(overtime=6))
    ana = replace(problem.people[0], approved_overtime=480)
    problem = replace(problem, people=(replace(ana, contract=replace(ana.contract, max_minutes=2880)),))
    within = tuple(Assignment("ana", day, MORNING) for day in range(5))
    assert [one for one in slacks_of(problem, within) if one.kind == "overtime"] == []
    beyond = replace(problem, people=(replace(problem.people[0], contract=replace(ana.contract, overtime_after=2350)),))
    assert [(one.units, one.cost, one.person) for one in slacks_of(beyond, within) if one.kind == "overtime"] == [
        (1, 6, "ana")
    ]


def test_intervals_cost_by_level_and_skill() -> None:
    problem = replace(
        desk(), slot_needs=(SlotNeed(0, 540, 6, 5, 0), SlotNeed(0, 720, 0), SlotNeed(0, 540, 2, 0, 0, "spanish"))
    )
    kinds = {(one.kind, one.start, one.skill): one.cost for one in slacks_of(problem, held())}
    # At noon all four eat; at nine four of six are there, one of two speaks Spanish.
    assert kinds == {("under", 540, ""): 20, ("below_minimum", 540, ""): 25, ("under", 540, "spanish"): 10}


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("7\n\nSECTION_SHIFTS", "seven\n\nSECTION_SHIFTS", 3, "no whole number"),
        ("L,480,E", "L,480,N", 7, "no shift 'N'"),
        ("A,E=7|L=7,2400,960,5,2,2,1", "A,E=7|L=7,2400,960,5,2,2", 10, "7 fields where 8 belong"),
        ("A,E=7|L=7,2400", "A,E=7|L,2400", 10, "should be a shift"),
        ("A,0", "A,9", 14, "between 0 and 6"),
        ("A,2,L,3", "C,2,L,3", 17, "no person 'C'"),
        ("1,E,1,100,1", "0,E,1,100,1", 24, "comes twice"),
        ("SECTION_COVER", "SECTION_COVERS", 22, "is no section"),
        ("A,E=7|L=7,2400,960", "A,E=7|L=7,900,960", 0, "at least 960 and at most 900"),
        ("A,E=7|L=7,2400,960", "A,E=7|L=7,5000,4800", 0, "6 of them are free"),
    ],
)  # fmt: skip
def test_a_bad_file_is_refused_with_line_and_reason(old, new, line, said) -> None:
    with pytest.raises(BadFile) as refused:
        read_benchmark(FILE.replace(old, new, 1))
    assert refused.value.line == line
    assert said in refused.value.reason


def test_half_a_file_is_refused() -> None:
    with pytest.raises(BadFile, match="SECTION_STAFF"):
        read_benchmark(FILE[: FILE.index("SECTION_STAFF")])


@pytest.mark.skipif(not FOLDER.is_dir(), reason="the benchmark's files are not here")
def test_the_published_files_are_read() -> None:
    sizes = [(14, 8, 1), (14, 14, 2), (14, 20, 3), (28, 10, 2), (28, 16, 2), (28, 18, 3), (28, 20, 3), (28, 30, 4)]
    for number, size in enumerate(sizes, 1):
        problem = read_benchmark((FOLDER / f"Instance{number}.txt").read_text())
        assert (problem.horizon, len(problem.people), len(problem.templates)) == size


def test_impossible_contracts_are_named() -> None:
    with pytest.raises(Impossible, match="ben must work"):
        check(with_terms(desk(), "ben", min_minutes=9_000, max_minutes=9_000))


def test_patterns_keep_meals_in_their_window() -> None:
    found = patterns_of(DAY_SHIFT)
    assert len(found) == 15
    assert all(180 <= one.meal_start - one.start <= 300 and one.paid == 480 for one in found)
    assert not MORNING.covers(720, 750)
    assert MORNING.covers(750, 780)


def test_an_unmet_interval_says_why_for_everybody() -> None:
    problem = with_person(desk(), "ana", days_off=frozenset({4}))
    problem = with_terms(with_terms(problem, "ben", max_days=3), "dee", earliest=700)
    hole = next(one for one in unmet(problem, held()) if (one.day, one.start) == (4, 540))
    assert hole == Unmet(4, 2, "", 540)
    found = {one.person: one for one in explain(problem, held(), hole)}
    assert [one.rule.value for one in found["ana"].breaches] == ["R2"]
    assert [one.rule.value for one in found["ben"].breaches] == ["C6"]
    assert found["dee"].breaches[0].rule == "R2"
    assert found["cy"].is_able


def test_after_sickness_three_ways_are_ranked() -> None:
    problem, roster = without(desk(), held(), "ana", [1])
    roster = tuple(one for one in roster if one.day != 1 or one.person == "cy")
    ways = options(problem, roster, Unmet(1, 1, "", 540))
    assert [one.person for one in ways] == ["ben", "dee"]
    assert ways[0].minutes == 480
    assert ways[0].pattern.meal_start != 720  # at noon somebody is missing
    for way in ways:
        after = (*roster, Assignment(way.person, 1, way.pattern))
        assert cost_of(problem, roster) - cost_of(problem, after) == way.saves
        assert not [one for one in verify(problem, after) if one.person == way.person]


def test_the_difference_of_two_versions() -> None:
    after = tuple(
        one
        for one in changed(held(), "ben", 1, pattern=replace(MORNING, start=540, meal_start=780))
        if one.person != "cy" or one.day
    )
    found = difference(desk(), held(), after)
    assert [(one.person, one.day, one.now is None) for one in found.changes] == [("ben", 1, False), ("cy", 0, True)]
    assert (found.people, found.minutes_added, found.minutes_taken) == (2, 0, 480)


def test_fairness_counts_eight_weeks() -> None:
    past = (Assignment("cy", -2, EVENING), Assignment("cy", -60, EVENING))
    found = fairness(replace(desk(), history=past), held())
    assert found.spread == {"weekends": 1, "lates": 1, "disappointed": 0}
    assert {one.person: one.weekends for one in found.burdens}["cy"] == 1
    assert FULL_TIME.max_days == 5

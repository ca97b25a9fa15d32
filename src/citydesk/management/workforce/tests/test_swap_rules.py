"""Swaps, bids and plans made again: what they break, in which order they stand, what they move."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from citydesk.management.workforce.rules import bids, replans, swaps
from citydesk.management.workforce.rules.bids import Bid
from citydesk.management.workforce.rules.roster.people import Person
from citydesk.management.workforce.rules.roster.problem import SlotNeed
from citydesk.management.workforce.rules.roster.shifts import Assignment
from citydesk.management.workforce.rules.roster.verifier import Rule, verify
from citydesk.management.workforce.rules.swaps import Exchange, SwapState
from citydesk.management.workforce.tests.roster_cases import EVENING, FULL_TIME, MORNING, desk

PEOPLE = ("ana", "ben", "cy", "dee")
ROSTER = (
    *(Assignment("ana", day, MORNING) for day in (0, 1, 2)),
    *(Assignment("ben", day, MORNING) for day in (2, 3, 4)),
    *(Assignment("cy", day, EVENING) for day in (0, 1, 3)),
    *(Assignment("dee", day, MORNING) for day in (0, 1, 2)),
)


def test_an_exchange_that_holds_breaks_nothing():
    found = swaps.judge_exchange(desk(), ROSTER, Exchange("ana", 0, "ben", 3))
    assert found.is_clean
    assert found.difference.people == 2
    # Everybody works as many days as before, so nobody's week changes.
    assert (found.difference.minutes_added, found.difference.minutes_taken) == (960, 960)
    held = {(one.person, one.day) for one in found.roster}
    assert {("ben", 0), ("ana", 3)} <= held and not {("ana", 0), ("ben", 3)} & held


@pytest.mark.parametrize(
    ("it", "rule", "who"),
    [
        (Exchange("cy", 0, "ben", 3), Rule.SKILL, "ben"),  # the late shift needs Spanish
        (Exchange("ana", 2, "ben"), Rule.ONE_ACTIVITY, "ben"),  # works that day already
        (Exchange("ana", 0, "ben"), Rule.MINUTES, "ana"),  # two days are less than the contract asks
        (Exchange("dee", 2, "cy", 3), Rule.SKILL, "dee"),
    ],
)
def test_what_an_exchange_breaks_is_named(it, rule, who):
    found = swaps.judge_exchange(desk(), ROSTER, it)
    assert (rule, who) in {(one.rule, one.person) for one in found.fresh}


def test_rest_counts_for_both():
    # Cy ends at 20:30 on Tuesday and would begin at 8:00 on Wednesday: eleven and a half hours.
    fits = swaps.judge_exchange(desk(), ROSTER, Exchange("dee", 2, "cy"))
    assert not [one for one in fits.fresh if one.rule == Rule.REST]
    strict = replace(
        desk(),
        people=tuple(replace(one, contract=replace(FULL_TIME, min_rest=12 * 60)) for one in desk().people),
    )
    short = swaps.judge_exchange(strict, ROSTER, Exchange("dee", 2, "cy"))
    assert [(one.person, one.day) for one in short.fresh if one.rule == Rule.REST] == [("cy", 2)]


def test_what_was_broken_before_is_not_the_swaps_fault():
    leave = replace(desk(), people=tuple(replace(one, days_off=frozenset({2})) for one in desk().people))
    found = swaps.judge_exchange(leave, ROSTER, Exchange("ana", 0, "ben", 3))
    assert found.is_clean


def test_a_swap_of_a_shift_that_is_not_there_is_refused():
    with pytest.raises(swaps.NoSuchShift):
        swaps.exchanged(ROSTER, Exchange("ana", 4, "ben"))
    with pytest.raises(swaps.NoSuchShift):
        swaps.exchanged(ROSTER, Exchange("ana", 0, "ben", 0))


def test_who_may_decide():
    assert swaps.why_not_decide(1, (1, 2), (1, 2, 3)) == "own"
    assert swaps.why_not_decide(9, (1, 2), (1,)) == "out_of_reach"
    assert swaps.why_not_decide(9, (1, 2), (1, 2)) == ""


def test_states_go_forward_only():
    assert swaps.may_become("offered", SwapState.ACCEPTED)
    assert not swaps.may_become("offered", SwapState.APPROVED)
    ended = set(SwapState) - swaps.LIVE
    assert not any(swaps.may_become(one, then) for one in ended for then in SwapState)


@settings(max_examples=40)
@given(st.data())
def test_an_exchange_turned_round_is_the_roster_as_it_was(data):
    given_away = data.draw(st.sampled_from(ROSTER))
    others = [one for one in ROSTER if one.person != given_away.person]
    back = data.draw(st.sampled_from(others))
    once = swaps.exchanged(ROSTER, Exchange(given_away.person, given_away.day, back.person, back.day))
    assert len(once) == len(ROSTER)
    # Turned round: the taker gives the day they were given. Only where neither then has two shifts on that day.
    keys = [(one.person, one.day) for one in once]
    if len(set(keys)) == len(keys):
        again = swaps.exchanged(once, Exchange(back.person, given_away.day, given_away.person, back.day))
        assert {(one.person, one.day, one.pattern) for one in again} == {
            (one.person, one.day, one.pattern) for one in ROSTER
        }


@settings(max_examples=40)
@given(st.data())
def test_verdicts_need_no_more_than_the_verifier(data):
    """Clean exactly when the verifier finds nothing afterwards that it did not find before."""
    one, other = data.draw(st.permutations(PEOPLE))[:2]
    mine = data.draw(st.sampled_from([held for held in ROSTER if held.person == one]))
    theirs = data.draw(st.sampled_from([None, *(held.day for held in ROSTER if held.person == other)]))
    found = swaps.judge_exchange(desk(), ROSTER, Exchange(one, mine.day, other, theirs))
    assert {breach.person for breach in found.fresh} <= {one, other, ""}
    before, after = (set(verify(desk(), held)) for held in (ROSTER, found.roster))
    assert set(found.fresh) == after - before


def test_bids_stand_in_the_order_in_which_they_are_best():
    problem = replace(desk(), people=(*desk().people, Person("eve", FULL_TIME), Person("fay", FULL_TIME)))
    roster = (
        *ROSTER,
        *(Assignment("eve", day, MORNING) for day in (0, 1, 2)),
        *(Assignment("fay", day, MORNING) for day in (0, 1, 2, 3)),
    )
    placed = [Bid(who, n) for n, who in enumerate(("ben", "fay", "ana", "eve"))]
    found = bids.rank_bids(problem, roster, 4, MORNING, placed, {"ana": 1})
    # Ben works that day; Fay works a day more than Eve; Ana was given one before.
    assert [one.person for one in found] == ["eve", "fay", "ana", "ben"]
    assert not found[-1].is_clean
    assert [one.minutes for one in found[:3]] == [4 * 480, 5 * 480, 4 * 480]


def test_a_bid_beyond_forty_hours_breaks_the_rule_of_overtime():
    roster = tuple(Assignment("ana", day, MORNING) for day in range(5))
    found = bids.rank_bids(desk(), roster, 5, MORNING, [Bid("ana", 0)], {})
    assert found[0].overtime == 480
    assert Rule.OVERTIME in {one.rule for one in found[0].fresh}


def test_who_is_gone_leaves_holes_and_the_past_stays():
    problem = replace(desk(), slot_needs=tuple(SlotNeed(day, 600, 3, 1) for day in range(5)))
    after_problem, left = replans.gone(problem, ROSTER, "dee", [2], today=2)
    assert ("dee", 2) not in {(one.person, one.day) for one in left}
    assert {(one.person, one.day) for one in after_problem.pinned} == {
        (one.person, one.day) for one in ROSTER if one.day < 2
    }
    assert after_problem.weights.change == replans.CHANGE
    found = replans.holes(problem, ROSTER, left)
    assert [(one.day, one.missing) for one in found] == [(2, 1)]
    assert replans.holes(problem, ROSTER, ROSTER) == []


def test_the_worst_hole_comes_first():
    problem = replace(desk(), slot_needs=(SlotNeed(1, 600, 2), SlotNeed(2, 600, 3), SlotNeed(2, 660, 3)))
    left = [one for one in ROSTER if one.person == "cy"]
    found = replans.holes(problem, ROSTER, left)
    assert [(one.day, one.start, one.missing) for one in found] == [(2, 600, 3), (2, 660, 3), (1, 600, 2)]

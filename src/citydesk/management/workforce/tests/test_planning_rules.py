"""How what was agreed and said becomes a rostering problem."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from citydesk.management.workforce.choices import AvailabilityKind as Kind
from citydesk.management.workforce.rules.planning import (
    Agreed,
    Candidate,
    Leave,
    Said,
    Trouble,
    days_of_week,
    needs_of,
    on_desk,
    person_of,
    tiles,
    troubles,
    with_breaks,
)
from citydesk.management.workforce.rules.roster.people import DAY, Away
from citydesk.management.workforce.rules.roster.problem import Problem
from citydesk.management.workforce.rules.roster.shifts import Activity, Assignment, MealRule, Pattern, ShiftTemplate
from citydesk.management.workforce.rules.roster.shifts import Kind as Doing

WEEKDAYS = frozenset(range(5))
FULL = Agreed(2400, 2400, 5, WEEKDAYS, 420, 1140)
DAY_SHIFT = ShiftTemplate("day", 510, (480, 540), MealRule(30, 180, 300), (15, 15), WEEKDAYS)
HALF = ShiftTemplate("half", 300, (480,), None, (15,), WEEKDAYS)


def test_a_holiday_and_a_day_of_leave_lessen_what_is_owed():
    person = person_of(Candidate("a", FULL, leave=(Leave(0, 480),), closed=frozenset({3})), [DAY_SHIFT])
    assert (person.contract.min_minutes, person.contract.max_minutes, person.contract.max_days) == (1440, 1440, 3)
    assert person.days_off == {0, 3}
    part = person_of(Candidate("a", FULL, leave=(Leave(0, 120, (480, 600)),)), [DAY_SHIFT])
    assert part.away == (Away(0, 480, 600),) and part.contract.max_days == 5


def test_what_is_left_is_asked_only_as_far_as_whole_shifts_reach_it():
    agreed = Agreed(1200, 1440, 5, WEEKDAYS, templates=frozenset({"half"}))
    person = person_of(Candidate("a", agreed, closed=frozenset({3, 4})), [DAY_SHIFT, HALF])
    assert (person.contract.min_minutes, person.contract.max_minutes) == (600, 864)
    assert person.contract.max_of == (("day", 0),)


def test_can_bounds_a_day_and_a_word_about_a_day_stands_for_its_weekday():
    said = days_of_week(
        [(Kind.CAN, 1, None, 540, 960, 1), (Kind.CANNOT, 2, None, 0, DAY, 1), (Kind.CANNOT, None, 2, 0, 600, 1)]
    )
    assert Said(Kind.CANNOT, 2, 0, 600) in said and Said(Kind.CANNOT, 2, 0, DAY) not in said
    away = person_of(Candidate("a", FULL, said=said), [DAY_SHIFT]).away
    assert {(one.day, one.start, one.end) for one in away} == {(1, 0, 540), (1, 960, 2 * DAY), (2, 0, 600)}


def test_a_wish_speaks_against_shifts_that_reach_beyond_it():
    said = (Said(Kind.PREFERS, 4, 420, 840, 3),)
    found = person_of(Candidate("a", FULL, said=said), [DAY_SHIFT, HALF]).requests
    assert [(one.day, one.template, one.weight, one.is_wanted) for one in found] == [(4, "day", 3, False)]


def test_troubles_are_named_with_their_numbers():
    needs = needs_of([(0, 540, 1, 2, 0), (0, 570, 0, 0, 0)])
    assert [(one.target, one.minimum) for one in needs] == [(2, 1)]
    short = person_of(Candidate("a", Agreed(2400, 2400, 3, WEEKDAYS)), [HALF])
    late = person_of(Candidate("b", Agreed(60, 2400, 3, WEEKDAYS, 900, 1000)), [HALF])
    found = troubles(Problem(7, (HALF,), (short, late), slot_needs=needs))
    assert [(one.trouble, one.person, one.asked, one.possible) for one in found] == [
        (Trouble.TOO_FEW_DAYS, "a", 2400, 900),
        (Trouble.NO_SHIFT, "b", 60, 0),
    ]
    assert {one.trouble for one in troubles(Problem(7, (), ()))} == {
        Trouble.NO_PEOPLE, Trouble.NO_TEMPLATES, Trouble.NO_NEED,
    }  # fmt: skip


@settings(max_examples=40)
@given(st.integers(16, 60), st.integers(4, 60), st.booleans(), st.lists(st.integers(5, 20), max_size=3))
def test_a_shift_is_filled_without_gaps(start, quarters, has_meal, breaks):
    meal = (start * 15 + quarters * 5 // 15 * 15, 30) if has_meal else (None, 0)
    one = with_breaks(Assignment("a", 0, Pattern("day", start * 15, quarters * 15, *meal)), breaks)
    found = tiles(one)
    assert found[0].start == one.pattern.start and max(it.end for it in found) >= one.pattern.end
    assert all(a.end == b.start for a, b in pairwise(found))


def test_who_is_in_a_training_is_not_on_the_desk_and_who_has_a_break_is():
    inside = (Activity(540, 600, Doing.TRAINING), Activity(660, 675, Doing.BREAK))
    there = on_desk([Assignment("a", 0, Pattern("day", 495, 510, 720, 30), inside)], 30)
    assert (0, 480) not in there and there[0, 510] == there[0, 660] == 1
    assert (0, 540) not in there and (0, 570) not in there and (0, 720) not in there

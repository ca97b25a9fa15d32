"""Adherence and conformance by hand, over the changes of the clocks, and as laws that hold for any day."""

import itertools
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from citydesk.contact.traffic.choices import AgentStateKind
from citydesk.management.timekeeping.choices import EntryKind, OccurrenceKind
from citydesk.management.timekeeping.rules.attendance import compare
from citydesk.management.timekeeping.rules.policy import TimePolicy
from citydesk.management.timekeeping.rules.spans import Span, at_local
from citydesk.management.workforce.rules import adherence as rules
from citydesk.management.workforce.rules.adherence import Doing, Stretch
from citydesk.management.workforce.rules.roster.shifts import Kind

ZONE = ZoneInfo("America/New_York")
DAY = date(2026, 11, 23)


def at(clock: str, day: date = DAY) -> datetime:
    hour, minute = map(int, clock.split(":"))
    return at_local(day, hour * 60 + minute, ZONE)


def stretch(start: str, end: str, doing: Doing) -> Stretch:
    return Stretch(at(start), at(end), doing)


SHIFT = Span(at("08:00"), at("16:30"))
PLAN = rules.plan_of(
    SHIFT,
    [
        stretch("10:00", "10:15", Doing.BREAK),
        stretch("12:00", "12:30", Doing.MEAL),
        stretch("14:30", "14:45", Doing.BREAK),
    ],
)
# Seven minutes late, the first break five minutes late, the meal ten minutes too long, ten minutes longer at the end.
ACTUAL = (
    stretch("08:07", "10:05", Doing.CONTACTS),
    stretch("10:05", "10:20", Doing.BREAK),
    stretch("10:20", "12:00", Doing.CONTACTS),
    stretch("12:00", "12:40", Doing.MEAL),
    stretch("12:40", "14:30", Doing.CONTACTS),
    stretch("14:30", "14:45", Doing.BREAK),
    stretch("14:45", "16:40", Doing.CONTACTS),
)


def test_the_worked_day():
    found = rules.figures_of(rules.pieces(PLAN, ACTUAL))
    assert found.scheduled == 510 * 60
    assert found.kept == (510 - 7 - 5 - 5 - 10) * 60
    assert round(100 * found.adherence, 1) == 94.7
    assert (found.paid_scheduled, found.paid_logged) == (480 * 60, 473 * 60)
    assert round(100 * found.conformance, 1) == 98.5
    assert found.outside == 600


def test_working_through_a_break_counts_against_it_and_not_against_conformance():
    found = rules.figures_of(rules.pieces(PLAN, [Stretch(SHIFT.start, SHIFT.end, Doing.CONTACTS)]))
    assert found.scheduled - found.kept == 60 * 60
    assert found.conformance == 510 / 480


def test_a_meal_may_be_spent_signed_off_or_signed_on():
    meal = [stretch("12:00", "12:30", Doing.MEAL)]
    plan = rules.plan_of(SHIFT, meal)
    off = [stretch("08:00", "12:00", Doing.CONTACTS), stretch("12:30", "16:30", Doing.CONTACTS)]
    for actual in (off, [*off, *meal]):
        found = rules.figures_of(rules.pieces(plan, actual))
        assert (found.kept, found.paid_logged) == (510 * 60, 480 * 60)


def test_who_never_came_keeps_nothing_not_even_the_meal():
    assert rules.figures_of(rules.pieces(PLAN, [])).kept == 0


def test_every_word_of_switch_clock_and_schedule_has_a_class():
    assert set(rules.OF_STATE) == set(AgentStateKind)
    assert set(rules.OF_ENTRY) == set(EntryKind)
    assert set(Kind) <= set(rules.OF_ACTIVITY)


def test_the_clock_fills_what_the_switch_does_not_know():
    states = [stretch("08:00", "10:00", Doing.CONTACTS), stretch("10:00", "11:00", Doing.AWAY)]
    clock = [stretch("07:55", "10:30", Doing.CONTACTS), stretch("10:30", "11:00", Doing.TRAINING)]
    found = rules.actual_of(states, clock)
    assert [(one.start, one.doing) for one in found] == [
        (at("07:55"), Doing.OFFLINE),
        (at("08:00"), Doing.CONTACTS),
        (at("10:00"), Doing.OFFLINE),
        (at("10:30"), Doing.TRAINING),
    ]
    # Whom no switch knows is on contacts when the clock says work.
    assert {one.doing for one in rules.actual_of([], clock[:1])} == {Doing.CONTACTS}


def test_a_shift_through_the_changes_of_the_clocks_has_its_elapsed_hours():
    for day, hours in ((date(2026, 11, 1), 9), (date(2026, 3, 8), 7), (DAY, 8)):
        shift = Span(at("22:00", day - timedelta(days=1)), at("06:00", day))
        plan = rules.plan_of(shift, [])
        found = rules.figures_of(rules.pieces(plan, plan))
        assert (found.scheduled, found.kept) == (hours * 3600, hours * 3600)
    for day, hours in ((date(2026, 11, 1), 25), (date(2026, 3, 8), 23), (DAY, 24)):
        assert rules.windows(day, day, [], ZONE)[day].seconds == hours * 3600


def test_a_shift_over_midnight_belongs_to_the_day_it_begins_on():
    night = Span(at("22:00"), at("06:00", DAY + timedelta(days=1)))
    found = rules.windows(DAY, DAY + timedelta(days=1), [night], ZONE)
    assert found[DAY].end == found[DAY + timedelta(days=1)].start == night.end


def test_late_early_and_missed_are_found_from_when_somebody_was_there():
    policy = TimePolicy(grace=300)
    found = compare(SHIFT, rules.presence(ACTUAL), policy)
    assert [(one.kind, one.seconds) for one in found] == [(OccurrenceKind.LATE, 420)]
    left = rules.presence([stretch("08:05", "16:20", Doing.CONTACTS)])
    assert [(one.kind, one.seconds) for one in compare(SHIFT, left, policy)] == [(OccurrenceKind.EARLY, 600)]
    # Five minutes are within the grace; a meal alone is nobody at work.
    assert rules.presence([stretch("12:00", "12:30", Doing.MEAL)]) == []
    assert [one.kind for one in compare(SHIFT, [], policy)] == [OccurrenceKind.NO_SHOW]


START = datetime(2026, 10, 31, 12, tzinfo=UTC)


@st.composite
def strips(draw, doings=tuple(Doing)):
    """Stretches in order that share no moment, over the night on which the clocks are set back."""
    moments = sorted(draw(st.sets(st.integers(0, 100_000), min_size=2, max_size=12)))
    seconds = [START + timedelta(seconds=one) for one in moments]
    pairs = zip(seconds[::2], seconds[1::2], strict=False)
    return tuple(Stretch(first, last, draw(st.sampled_from(doings))) for first, last in pairs)


@settings(max_examples=60)
@given(strips(), strips())
def test_no_second_is_lost_or_counted_twice(plan, actual):
    found = rules.pieces(plan, actual)
    total = rules.figures_of(found)
    assert total.scheduled == sum(one.span.seconds for one in plan)
    assert 0 <= total.kept <= total.scheduled
    assert total.paid_logged == sum(one.span.seconds for one in actual if one.doing not in (Doing.MEAL, Doing.AWAY))
    assert all(one.end <= other.start for one, other in itertools.pairwise(found))
    assert rules.figures_of(rules.pieces(plan, plan)).kept == total.scheduled


@settings(max_examples=60)
@given(strips(), strips(), st.integers(0, 100_000))
def test_the_parts_of_a_day_sum_to_the_day(plan, actual, second):
    cut = START + timedelta(seconds=second)
    halves = [Span(START, cut), Span(cut, START + timedelta(days=2))]
    found = [
        rules.figures_of(rules.pieces(rules.clipped(plan, one), rules.clipped(actual, one), was_there=True))
        for one in halves
        if one.start < one.end
    ]
    assert sum(found, rules.Figures()) == rules.figures_of(rules.pieces(plan, actual, was_there=True))


@settings(max_examples=40)
@given(strips(), st.integers(0, 100_000), st.integers(1, 40_000))
def test_a_shift_with_its_activities_has_no_gap_and_no_overlap(activities, start, length):
    shift = Span(START + timedelta(seconds=start), START + timedelta(seconds=start + length))
    plan = rules.plan_of(shift, activities)
    assert (plan[0].start, plan[-1].end) == (shift.start, shift.end)
    assert all(one.end == other.start for one, other in itertools.pairwise(plan))


@settings(max_examples=40)
@given(strips(), st.integers(1, 4))
def test_the_windows_of_following_days_share_no_moment(shifts, days):
    first = date(2026, 10, 31)
    found = rules.windows(first, first + timedelta(days=days), [one.span for one in shifts], ZONE)
    spans = list(found.values())
    assert all(one.end == other.start and one.start < one.end for one, other in itertools.pairwise(spans))

"""What a planner relies on in a forecast: it is explained, reads no future, and one odd day moves little."""

import random
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from citydesk.kernel.errors import Invalid
from citydesk.management.workforce.rules.forecast.backtest import backtest, best, closed_between, last_week
from citydesk.management.workforce.rules.forecast.calendar import Calendar, Flag, Kind, calendar_of
from citydesk.management.workforce.rules.forecast.forecaster import Forecaster, Override, forecast, with_override
from citydesk.management.workforce.rules.forecast.handle_time import Handled, handle_time
from citydesk.management.workforce.rules.forecast.history import History
from citydesk.management.workforce.rules.forecast.intraday import corrected, correction
from citydesk.management.workforce.rules.forecast.reading import history_of

MONDAY = date(2026, 3, 2)
WORKING = range(5)
PLAIN = Calendar()


def days_from(first, count, weekdays=WORKING):
    span = (first + timedelta(days=one) for one in range(3 * count + 14))
    return [day for day in span if day.weekday() in weekdays][:count]


def history(values, first=MONDAY, slots=24, weekdays=WORKING):
    """A history of hours; `values(day_number, slot)` says what came."""
    days = days_from(first, values.days, weekdays)
    return History(1440 // slots, {day: tuple(values(n, s) for s in range(slots)) for n, day in enumerate(days)})


class values:
    def __init__(self, days, act):
        self.days, self.act = days, act

    def __call__(self, number, slot):
        return self.act(number, slot) if 8 <= slot < 17 else None


def at(points, day, slot):
    return next(one for one in points if (one.day, one.slot) == (day, slot))


def noisy(seed, days=60, level=40.0):
    drawn = random.Random(seed)
    return history(values(days, lambda _n, slot: round(level * (1 + slot / 20) * drawn.uniform(0.8, 1.2))))


def test_what_never_changes_is_foretold_exactly():
    known = history(values(60, lambda _n, slot: 10.0 * slot))
    cutoff = known.dates[-1] + timedelta(days=3)
    points = forecast(known, PLAIN, cutoff, [cutoff, cutoff + timedelta(days=9)])
    assert [(one.slot, one.mean, one.low, one.high) for one in points[:2]] == [(8, 80, 80, 80), (9, 90, 90, 90)]
    assert all(one.is_sure for one in points)


@settings(max_examples=15, deadline=None)
@given(some.integers(0, 99), some.sampled_from([2.0, 3.0, 0.5]))
def test_twice_the_calls_is_twice_the_forecast(seed, times):
    one = noisy(seed)
    other = History(60, {day: tuple(v and v * times for v in slots) for day, slots in one.days.items()})
    cutoff = one.dates[-1] + timedelta(days=3)
    single, double = (Forecaster(known, PLAIN).values(cutoff, cutoff) for known in (one, other))
    assert double[8:17] == pytest.approx([value * times for value in single[8:17]])


@settings(max_examples=20, deadline=None)
@given(some.integers(0, 99), some.integers(1, 19), some.sampled_from([0.0, 5.0, 50.0]))
def test_one_odd_day_moves_a_slot_no_further_than_its_neighbors(seed, back, times):
    known = noisy(seed)
    odd = known.dates[-back]
    changed = History(60, {**known.days, odd: tuple(v and v * times for v in known.days[odd])})
    cutoff = known.dates[-1] + timedelta(days=3)
    plain, moved = Forecaster(known, PLAIN), Forecaster(changed, PLAIN)
    for day in days_from(cutoff, 5):
        before, after, base = plain.values(day, cutoff), moved.values(day, cutoff), plain.bases.of(day, cutoff)
        for slot in range(8, 17):
            seen = [known.days[one][slot] for one in base.days]
            # The level follows the middle of five days, so one of them can shift it by their spread at most.
            assert abs(after[slot] - before[slot]) <= max(seen) - min(seen) + 0.1 * before[slot]


def test_nothing_after_the_cutoff_is_read():
    known = noisy(7)
    calendar = calendar_of(WORKING, known.dates[0], known.dates[-1] + timedelta(days=30))
    cutoff = known.dates[45]
    ahead = days_from(cutoff, 10)
    sentinel = {day: (999_999.0,) * 24 for day in known.dates[45:]}
    spoilt = History(60, {**known.days, **sentinel})
    assert forecast(known, calendar, cutoff, ahead) == forecast(spoilt, calendar, cutoff, ahead)
    assert forecast(known, calendar, cutoff, ahead) == forecast(known.before(cutoff), calendar, cutoff, ahead)


def test_backtest_foretells_what_was_foretold_then():
    """The one Forecaster that walks over all origins says what a fresh one says that has only the past."""
    known = noisy(11)
    calendar = calendar_of(WORKING, known.dates[0], known.dates[-1])
    walking = Forecaster(known, calendar)
    for origin in (58, 40, 50, 45):
        cutoff = known.dates[origin]
        for day in known.dates[origin : origin + 10]:
            assert walking.points(day, cutoff) == Forecaster(known.before(cutoff), calendar).points(day, cutoff)


def test_each_point_names_what_it_rests_on():
    known = history(values(20, lambda number, _slot: 50.0 + number))
    cutoff = known.dates[-1] + timedelta(days=3)
    point = at(forecast(known, PLAIN, cutoff, [cutoff]), cutoff, 9)
    assert point.basis == tuple((MONDAY + timedelta(weeks=n), 50.0 + 5 * n) for n in range(4))
    assert (point.model, point.level) == (pytest.approx(57.5 * point.level), pytest.approx(point.level))


def test_missing_day_and_missing_slot_leave_the_rest():
    full = noisy(3)
    gap = dict(full.days)
    del gap[full.dates[-5]]
    gap[full.dates[-10]] = (None,) * 10 + full.days[full.dates[-10]][10:]
    cutoff = full.dates[-1] + timedelta(days=3)
    points = forecast(History(60, gap), PLAIN, cutoff, [cutoff])
    basis = dict(at(points, cutoff, 9).basis)
    assert full.dates[-5] not in basis and full.dates[-10] not in basis
    assert len(at(points, cutoff, 12).basis) == 4


def test_closed_is_zero_and_hours_hold():
    known = noisy(5)
    cutoff = known.dates[-1] + timedelta(days=3)
    closed = cutoff + timedelta(days=1)
    calendar = Calendar({closed: (Flag(Kind.CLOSED),)}, {one: (9, 16) for one in WORKING})
    points = forecast(known, calendar, cutoff, [cutoff, closed])
    assert all((one.mean, one.low, one.high) == (0, 0, 0) for one in points if one.day == closed)
    assert {one.slot for one in points if one.day == cutoff and one.mean > 0} == set(range(9, 16))


def test_flagged_days_have_a_multiplier_after_three_cases_and_a_persons_before():
    bills = {11, 22, 33, 44}

    def came(number, _slot):
        return 150.0 if number in bills else 100.0

    known = history(values(50, came))
    flags = {known.dates[one]: (Flag(Kind.BILL_DROP, factor=2.0, author="priscilla"),) for one in bills}
    cutoff = known.dates[-1] + timedelta(days=3)
    flags[cutoff] = (Flag(Kind.BILL_DROP),)
    points = forecast(known, Calendar(flags), cutoff, [cutoff, cutoff + timedelta(days=1)])
    learned = at(points, cutoff, 9)
    assert learned.mean == pytest.approx(150)
    # Of four cases the first has too short a past to know what a usual day would have been.
    assert [(one.value, one.cases, one.author) for one in learned.factors] == [(pytest.approx(1.5), 3, "")]
    assert at(points, cutoff + timedelta(days=1), 9).mean == pytest.approx(100)
    early = known.dates[33]
    point = at(forecast(known, Calendar(flags), early, [early]), early, 9)
    assert (point.mean, point.factors[0].author) == (pytest.approx(200), "priscilla")
    bare = Calendar({**flags, early: (Flag(Kind.STORM),)})
    assert not at(forecast(known, bare, early, [early]), early, 9).is_sure


def test_turn_of_the_month_and_the_day_after_a_closed_one_are_flagged():
    calendar = calendar_of(WORKING, date(2026, 5, 1), date(2026, 7, 31), closed=[date(2026, 7, 3)])
    kinds = {day: [one.kind for one in calendar.flags_of(day)] for day in calendar.flags}
    assert kinds[date(2026, 6, 30)] == kinds[date(2026, 7, 1)] == [Kind.TURN_OF_MONTH]
    assert kinds[date(2026, 7, 3)] == [Kind.CLOSED]
    assert kinds[date(2026, 7, 6)] == [Kind.AFTER_CLOSED, Kind.TURN_OF_MONTH]
    assert calendar.is_usual(date(2026, 7, 7)) and not calendar.is_open(date(2026, 7, 3), 20)


def test_short_history_is_a_guess_and_says_so():
    known = history(values(7, lambda number, _slot: 10.0 * (number + 1)))
    cutoff = known.dates[-1] + timedelta(days=1)
    point = at(forecast(known, PLAIN, cutoff, [cutoff]), cutoff, 9)
    assert (point.mean, point.is_sure, len(point.basis)) == (40.0, False, 7)
    assert (point.low, point.high) == (pytest.approx(19.75), pytest.approx(80.5))
    with pytest.raises(Invalid, match="no history"):
        forecast(known, PLAIN, MONDAY, [MONDAY])
    with pytest.raises(Invalid, match="begins with"):
        forecast(known, PLAIN, cutoff, [cutoff - timedelta(days=1)])


def test_override_stands_beside_the_models_value():
    known = noisy(9)
    cutoff = known.dates[-1] + timedelta(days=3)
    given = Override(12.0, "priscilla", "half the town is at the parade")
    points = forecast(known, PLAIN, cutoff, [cutoff], {(cutoff, 9): given})
    plain = at(forecast(known, PLAIN, cutoff, [cutoff]), cutoff, 9)
    changed = at(points, cutoff, 9)
    assert (changed.mean, changed.model, changed.low) == (12.0, plain.model, plain.low)
    assert with_override(changed, None) == plain
    for value, reason in ((-1.0, "x"), (5.0, " ")):
        with pytest.raises(Invalid):
            Override(value, "priscilla", reason)


def test_rest_of_the_day_follows_half_of_the_difference():
    foretold = [100.0] * 12
    assert correction([150.0] * 7, foretold[:7]) == 1.0
    assert correction([150.0] * 8, foretold[:8]) == pytest.approx(1.25)
    assert corrected(foretold, [150.0] * 8)[7:] == [150.0, *[pytest.approx(125.0)] * 4]
    assert corrected([0.0] * 9, [0.0] * 8) == [0.0] * 9


def test_handle_time_weighs_by_contacts_in_the_block():
    mondays = [MONDAY + timedelta(weeks=one) for one in range(5)]
    past = {day: [Handled(10, 2_000)] * 4 + [Handled(1, 900)] * 4 for day in mondays}
    past[mondays[4]] = [Handled(40, 12_000)] * 4 + [None] * 4
    found = handle_time(past, MONDAY + timedelta(weeks=6), 1, MONDAY + timedelta(weeks=5))
    assert (found.contacts, found.days, found.is_sure) == (280, tuple(mondays[1:]), True)
    assert found.seconds == pytest.approx((120 * 200 + 160 * 300) / 280)
    tuesday = handle_time(past, MONDAY + timedelta(days=43), 5, MONDAY + timedelta(weeks=5))
    assert (tuesday.seconds, tuesday.is_sure) == (900.0, False)
    assert handle_time(past, MONDAY, 1, MONDAY) is None


LINES = ["time,calls", *(f"2026-03-02 0{hour}:{minute:02},{hour}" for hour in (8, 9) for minute in range(0, 60, 15))]


def test_file_is_read_into_slots():
    known = history_of([*LINES, "2026-03-02 10:00,5"], 30)
    assert [(slot, value) for slot, value in enumerate(known.days[MONDAY]) if value is not None] == [
        (16, 16.0),
        (17, 16.0),
        (18, 18.0),
        (19, 18.0),
    ]


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ([], "no counts"),
        (["2026-03-02 08:00,x", "2026-03-02 08:30,4"], "Line 1"),
        ([*LINES, "yesterday,4"], "Line 10"),
        ([*LINES, "2026-03-02 10:00"], "Line 10"),
        ([*LINES, "2026-03-02 10:00,-4"], "Line 10"),
        ([*LINES, "2026-03-02 10:00,nan"], "Line 10"),
        ([*LINES, LINES[-1]], "twice"),
        (["2026-03-02 08:00,3", "2026-03-02 08:00,4"], "forward"),
    ],
)
def test_bad_file_is_refused_with_its_line(lines, words):
    with pytest.raises(Invalid, match=words):
        history_of(lines, 30)


def test_slots_must_fit_the_file_and_the_day():
    for minutes, words in ((7, "divide a day"), (10, "every 15 minutes")):
        with pytest.raises(Invalid, match=words):
            history_of(LINES, minutes)


def test_hour_that_comes_twice_counts_as_one_and_the_lost_hour_is_missing():
    fall = [f"2026-11-01T0{hour}:00-04:00,10" for hour in (0, 1)]
    fall += [f"2026-11-01T0{hour}:00-05:00,30" for hour in (1, 2)]
    known = history_of(fall, 60)
    assert known.days[date(2026, 11, 1)][:4] == (10.0, 20.0, 30.0, None)
    spring = ["2026-03-08T01:00-05:00,7", *(f"2026-03-08T0{hour}:00-04:00,9" for hour in (3, 4, 5))]
    assert history_of(spring, 60).days[date(2026, 3, 8)][1:5] == (7.0, None, 9.0, 9.0)


def test_backtest_needs_enough_days_and_says_how_many():
    with pytest.raises(Invalid, match="50 are needed"):
        backtest(noisy(1, days=49), PLAIN, 10)
    assert len(backtest(noisy(1, days=50), PLAIN, 10).origins) == 1


def test_challenger_takes_over_only_when_really_better():
    def drifting(number, _slot):
        return 100.0 * 1.02**number

    known = history(values(70, drifting))
    tested = backtest(known, PLAIN, 3, challengers={"last_week": last_week})
    assert best(tested) == "last_week"
    few = backtest(known, PLAIN, 3, step=6, challengers={"last_week": last_week})
    assert len(few.origins) == 5 and best(few) == "default"
    assert best(backtest(noisy(2), PLAIN, 3, challengers={"last_week": last_week})) == "default"


def test_closed_days_are_those_missing_among_open_weekdays():
    known = noisy(4)
    days = {day: slots for day, slots in known.days.items() if day != known.dates[20]}
    assert closed_between(History(60, days)) == [known.dates[20]]

"""Around the model: a person's word in its place, which method foretells, and the days known beforehand."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from citydesk.kernel.calendars import BusinessCalendar, DatedException, Window
from citydesk.kernel.errors import Invalid
from citydesk.management.workforce.choices import ChangeKind, Model, Verdict
from citydesk.management.workforce.rules.forecast.backtest import BETTER_BY, LEAST_ORIGINS, Backtest, Result, Score
from citydesk.management.workforce.rules.forecast.calendar import Flag, Kind
from citydesk.management.workforce.rules.forecast.choosing import choose
from citydesk.management.workforce.rules.forecast.days import MarkedDays, days_calendar, open_slots, usual_slots
from citydesk.management.workforce.rules.forecast.overriding import MOST_FACTOR, overridden, scaled

VALUES = st.lists(st.floats(0, 500), min_size=1, max_size=30)
MONDAY = date(2026, 11, 2)
NINE_TO_FIVE = (Window(540, 1020),)
OFFICE = BusinessCalendar(
    "America/New_York",
    (*[NINE_TO_FIVE] * 5, (), ()),
    exceptions=(DatedException(MONDAY + timedelta(days=1), ()),),
)


# --- overriding ------------------------------------------------------------------------------------------------------


@settings(max_examples=60)
@given(model=VALUES, total=st.floats(0, 5000))
def test_a_total_is_met_and_keeps_the_shape(model: list[float], total: float) -> None:
    said = overridden(model, ChangeKind.TOTAL, total)
    assert sum(said) == pytest.approx(total, abs=1e-6)
    whole = sum(model)
    if whole > 1e-3:
        assert said == pytest.approx([one / whole * total for one in model], abs=1e-6)


@settings(max_examples=40)
@given(model=VALUES, factor=st.floats(0, MOST_FACTOR))
def test_a_factor_moves_every_slot_alike(model: list[float], factor: float) -> None:
    assert overridden(model, ChangeKind.FACTOR, factor) == pytest.approx([one * factor for one in model])


def test_where_the_model_has_nothing_a_total_is_even_and_a_factor_is_nothing() -> None:
    assert overridden([0.0, 0.0], ChangeKind.TOTAL, 9) == [4.5, 4.5]
    assert overridden([0.0, 0.0], ChangeKind.FACTOR, 3) == [0.0, 0.0]
    assert overridden([], ChangeKind.TOTAL, 9) == []


@pytest.mark.parametrize(
    ("kind", "amount"),
    [(ChangeKind.TOTAL, -1.0), (ChangeKind.TOTAL, float("inf")), (ChangeKind.TOTAL, float("nan")),
     (ChangeKind.FACTOR, MOST_FACTOR + 0.1)],
)  # fmt: skip
def test_a_senseless_word_is_refused(kind: ChangeKind, amount: float) -> None:
    with pytest.raises(Invalid) as refused:
        overridden([1.0], kind, amount)
    assert refused.value.field == "amount"


@settings(max_examples=60)
@given(model=st.floats(0.01, 500), share=st.tuples(st.floats(0, 1), st.floats(1, 3)), value=st.floats(0, 2000))
def test_the_range_goes_where_the_value_goes(model: float, share: tuple[float, float], value: float) -> None:
    low, high = scaled(model, value, model * share[0], model * share[1])
    assert low <= value * (1 + 1e-9) and high >= value * (1 - 1e-9)
    assert scaled(0.0, value, 1.0, 2.0) == (value, value)


# --- choosing --------------------------------------------------------------------------------------------------------


def tried(default: float, origins: int = LEAST_ORIGINS, came: float = 100.0, **others: float) -> Backtest:
    """A backtest with these errors for each hundred contacts."""
    results = {name: Result(Score(errors=one, came=came)) for name, one in others.items()}
    days = tuple(MONDAY + timedelta(days=at) for at in range(origins))
    return Backtest(days, Result(Score(errors=default, came=came)), results)


@pytest.mark.parametrize(
    ("in_use", "tested", "chosen", "verdict"),
    [
        (Model.DEFAULT, tried(20, last_week=19.6), Model.DEFAULT, Verdict.KEPT),
        (Model.DEFAULT, tried(20, last_week=19), Model.LAST_WEEK, Verdict.SWITCHED),
        (Model.LAST_WEEK, tried(20, last_week=20), Model.LAST_WEEK, Verdict.KEPT),
        (Model.LAST_WEEK, tried(15, last_week=20), Model.DEFAULT, Verdict.SWITCHED),
        (Model.DEFAULT, tried(20, origins=LEAST_ORIGINS - 1, last_week=1), Model.DEFAULT, Verdict.TOO_FEW),
        (Model.DEFAULT, tried(20, came=0, last_week=1), Model.DEFAULT, Verdict.NOTHING),
        (Model.HOLT_WINTERS, tried(20, last_week=20), Model.DEFAULT, Verdict.SWITCHED),
    ],
)
def test_a_method_changes_only_for_one_that_is_really_better(
    in_use: Model, tested: Backtest, chosen: Model, verdict: Verdict
) -> None:
    found = choose(in_use, tested)
    assert (found.chosen, found.verdict) == (chosen, verdict)


@settings(max_examples=80)
@given(
    errors=st.tuples(st.floats(0, 200), st.floats(0, 200), st.floats(0, 200)),
    in_use=st.sampled_from(list(Model)),
)
def test_the_chosen_is_never_worse_and_choosing_again_changes_nothing(
    errors: tuple[float, float, float], in_use: Model
) -> None:
    by = dict(zip(Model, errors, strict=True))
    tested = tried(by[Model.DEFAULT], last_week=by[Model.LAST_WEEK], holt_winters=by[Model.HOLT_WINTERS])
    found = choose(in_use, tested)
    assert by[found.chosen] <= by[in_use]
    assert found.chosen is in_use or by[in_use] - by[found.chosen] > BETTER_BY * 100 * (1 - 1e-9)
    again = choose(found.chosen, tested)
    assert (again.chosen, again.verdict) == (found.chosen, Verdict.KEPT)


# --- days ------------------------------------------------------------------------------------------------------------


def days_of(mark: MarkedDays, first: date = MONDAY, days: int = 35) -> list[date]:
    return list(mark.within(first, first + timedelta(days=days), OFFICE))


def test_a_monthly_day_moves_to_the_next_open_one() -> None:
    """The 15th is a Sunday; the 31st of a short month is its last day."""
    mark = MarkedDays(Flag(Kind.BILL_DROP), monthly=15)
    assert days_of(mark, days=20) == [date(2026, 11, 16)]
    last = MarkedDays(Flag(Kind.BILL_DROP), monthly=31)
    assert days_of(last, days=28) == [date(2026, 11, 30)]


def test_marked_days_on_which_nobody_is_there_are_left_out() -> None:
    mark = MarkedDays(Flag(Kind.STORM), stretches=((MONDAY, MONDAY + timedelta(days=6)),))
    assert days_of(mark) == [MONDAY, *(MONDAY + timedelta(days=one) for one in (2, 3, 4))]


def test_a_day_carries_a_kind_once_and_a_closed_weekday_opens_no_slot() -> None:
    storm = MarkedDays(Flag(Kind.STORM, 1.5, "P. O."), stretches=((MONDAY, MONDAY),))
    found = days_calendar(OFFICE, [storm, MarkedDays(Flag(Kind.STORM), stretches=((MONDAY, MONDAY),))], MONDAY,
                          MONDAY + timedelta(days=6), 30)  # fmt: skip
    assert [one.factor for one in found.flags_of(MONDAY) if one.kind is Kind.STORM] == [1.5]
    assert Kind.CLOSED in {one.kind for one in found.flags_of(MONDAY + timedelta(days=1))}
    assert found.dated[MONDAY] == frozenset(range(18, 34)) and not found.dated[MONDAY + timedelta(days=5)]
    assert usual_slots(OFFICE, MONDAY + timedelta(days=1), 30) == found.dated[MONDAY]


@settings(max_examples=60)
@given(opens=st.integers(0, 1438), length=st.integers(1, 600), minutes=st.sampled_from([15, 30]))
def test_every_open_minute_lies_in_an_open_slot_and_no_slot_is_open_for_nothing(
    opens: int, length: int, minutes: int
) -> None:
    window = Window(opens, min(opens + length, 1440))
    assert open_slots([window], minutes) == {one // minutes for one in range(window.opens, window.closes)}

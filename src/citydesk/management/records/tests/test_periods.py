"""When a record may be destroyed, and who is held."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as some

from citydesk.kernel.registries import registries
from citydesk.management.records import labels, rules
from citydesk.management.records.choices import Basis

DAYS = some.dates(date(1990, 1, 1), date(2060, 12, 31))
PERIODS = some.builds(
    rules.Period,
    years=some.integers(0, 30),
    months=some.integers(0, 30),
    days=some.integers(0, 400),
    basis=some.sampled_from(list(Basis)),
)


@given(DAYS, DAYS, PERIODS, some.integers(1, 12))
def test_a_later_trigger_never_goes_earlier(first, second, period, starts):
    early, late = sorted((first, second))
    assert rules.eligible_on(early, period, fiscal_year_starts=starts) <= rules.eligible_on(
        late, period, fiscal_year_starts=starts
    )


@given(DAYS, PERIODS, some.integers(1, 12))
def test_the_last_trigger_day_is_the_last(today, period, starts):
    day = rules.last_trigger_day(today, period, fiscal_year_starts=starts)
    if day is None:
        return
    assert rules.eligible_on(day, period, fiscal_year_starts=starts) <= today
    assert day == today or rules.eligible_on(day + timedelta(days=1), period, fiscal_year_starts=starts) > today


def test_three_years_by_trigger_by_calendar_and_by_fiscal_year():
    day = date(2023, 11, 24)
    assert rules.eligible_on(day, rules.Period(years=3)) == date(2026, 11, 24)
    assert rules.eligible_on(day, rules.Period(years=3, basis=Basis.CALENDAR_YEAR)) == date(2027, 1, 1)
    assert rules.eligible_on(day, rules.Period(years=3, basis=Basis.FISCAL_YEAR), fiscal_year_starts=7) == date(
        2027, 7, 1
    )
    assert rules.eligible_on(date(2024, 2, 29), rules.Period(years=3)) == date(2027, 2, 28)


MATTER = rules.Matter("service_requests.request", date(2024, 5, 1), frozenset({7}), frozenset({9}), frozenset({"SR-1"}))


def test_a_hold_holds_what_fits_all_that_it_names():
    assert rules.held_by(MATTER, [rules.Hold("LH-1", customer_ids=frozenset({7, 8}))]) == "LH-1"
    assert rules.held_by(MATTER, [rules.Hold("LH-1", customer_ids=frozenset({8}))]) == ""
    assert rules.held_by(MATTER, [rules.Hold("LH-1", address_id=9, since=date(2024, 5, 1))]) == "LH-1"
    assert rules.held_by(MATTER, [rules.Hold("LH-1", address_id=9, since=date(2024, 5, 2))]) == ""
    assert (
        rules.held_by(MATTER, [rules.Hold("LH-1", request_number="SR-2"), rules.Hold("LH-2", request_number="SR-1")])
        == "LH-2"
    )
    assert rules.held_by(MATTER, [rules.Hold("LH-1", kinds=frozenset({"interactions.contact"}))]) == ""


def test_every_series_says_in_words_when_its_clock_begins():
    assert {one.trigger for one in registries.retention.values()} <= set(labels.TRIGGER)

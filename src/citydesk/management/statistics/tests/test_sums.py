"""Sums equal the facts they are made of, and histograms keep their error, for whatever happened to requests."""

import itertools
import math
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from citydesk.contact.service_requests import services as requests
from citydesk.contact.service_requests.rules import counting
from citydesk.contact.service_requests.tests.counted import write_history
from citydesk.management.statistics.queries.freshness import find_differences
from citydesk.management.statistics.queries.measure import measure
from citydesk.management.statistics.rules.asking import parse
from citydesk.management.statistics.rules.cells import hidden, is_small
from citydesk.management.statistics.rules.selection import Selection, period_end, period_start, periods

START = datetime(2026, 1, 1, 6, tzinfo=UTC)
NOW = datetime(2026, 6, 1, tzinfo=UTC)
HISTORY = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 120), st.none() | st.integers(0, 2_000_000), st.integers(0, 2)),
    min_size=1,
    max_size=12,
)


@pytest.mark.django_db(transaction=False)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=HISTORY, second=HISTORY)
def test_sums_equal_facts_after_any_history(db, first, second):
    for history in (first, second):
        write_history(history, start=START)
        requests.refresh_request_facts(now=NOW)
        assert find_differences(date(2025, 1, 1), date(2027, 1, 1), "UTC") == {}
    whole = measure("requests_opened", Selection(), now=NOW).total.value
    assert whole == measure("requests_opened", Selection().having(hour=tuple(range(24))), now=NOW).total.value
    # No department is the same "none" in sums and in single records.
    nobody = Selection().having(department=(0,))
    assert measure("requests_opened", nobody, now=NOW).total.value == whole
    assert measure("requests_opened", nobody.having(hour=tuple(range(24))), now=NOW).total.value == whole
    odd = Selection(date(2026, 1, 15), date(2026, 4, 10))
    by_day = measure("requests_closed", odd, now=NOW, by=("day",))
    assert by_day.total.value == sum(one.value for one in by_day.rows)


@given(st.lists(st.integers(1, 10**8), min_size=1, max_size=300), st.sampled_from((0.5, 0.9)))
def test_a_histogram_keeps_its_error(durations, share):
    histogram = {}
    for one in durations:
        histogram[counting.bucket_of(one)] = histogram.get(counting.bucket_of(one), 0) + 1
    read = counting.percentile(histogram, share)
    true = sorted(durations)[math.ceil(share * len(durations)) - 1]
    assert read.low <= true * (1 + 1e-9) and true <= read.high * (1 + 1e-9)
    assert abs(read.value - true) <= true * 0.0248


@given(st.lists(st.integers(0, 40), max_size=12))
def test_no_hidden_cell_stands_alone_if_another_can_hide_with_it(counts):
    hides = hidden(counts, 5)
    assert all(hides[at] for at, count in enumerate(counts) if is_small(count, 5))
    assert not any(hides[at] for at, count in enumerate(counts) if count == 0)
    if sum(hides) == 1:
        assert sum(1 for count in counts if count) == 1


@given(st.dates(date(2000, 1, 1), date(2030, 1, 1)), st.integers(0, 800), st.sampled_from(("day", "week", "month")))
def test_periods_cover_each_day_once(first, days, by):
    last = first + timedelta(days=days)
    starts = periods(first, last, by)
    assert starts[0] <= first and period_end(starts[-1], by) >= last
    assert all(period_end(a, by) + timedelta(days=1) == b for a, b in itertools.pairwise(starts))
    assert period_start(first, by) == starts[0]


TEXTS = st.dictionaries(
    st.sampled_from(("from", "to", "dates", "by", "compare", "department", "code", "hour", "channel", "outcome")),
    st.lists(st.text(max_size=12), max_size=3),
)


@given(TEXTS)
def test_any_address_is_read_and_written_back_the_same(given_words):
    today = date(2026, 11, 22)
    asked = parse(given_words, today)
    from urllib.parse import parse_qs

    again = parse(parse_qs(asked.query()), today)
    assert again.selection == asked.selection and again.by == asked.by

"""The exact percentile from a histogram and a few values is what ordering all of them gives."""

import math
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from citydesk.contact.service_requests.rules.counting import bucket_of
from citydesk.management.statistics.rules.percentiles import between, span_of


def by_ordering(values, share):
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    low, high = ordered[math.floor(place)], ordered[math.ceil(place)]
    return low + (high - low) * (place - math.floor(place))


@given(st.lists(st.integers(0, 40_000_000), min_size=1, max_size=200), st.sampled_from([0.0, 0.5, 0.9, 0.95, 1.0]))
def test_it_is_the_value_that_ordering_gives(values, share):
    span = span_of(Counter(bucket_of(one) for one in values), share)
    near = sorted(one for one in values if span.low <= one <= span.high)
    below = sum(one < span.low for one in values)
    assert between(span, closed=len(values), below=below, near=near) == by_ordering(values, share)


def test_the_new_york_way_of_counting():
    # 1, 2, 3, 4 hours: the median lies half-way between the second and the third.
    values = [3600, 7200, 10800, 14400]
    span = span_of(Counter(bucket_of(one) for one in values), 0.5)
    assert between(span, closed=4, below=sum(one < span.low for one in values), near=[7200, 10800]) == 9000


def test_records_that_are_not_those_of_the_histogram_give_nothing():
    span = span_of(Counter(bucket_of(one) for one in (10, 20, 30)), 0.5)
    assert between(span, closed=4, below=1, near=[20]) is None
    assert between(span, closed=3, below=3, near=[]) is None
    assert between(span, closed=3, below=0, near=[20]) is None
    assert span_of({}, 0.5) is None

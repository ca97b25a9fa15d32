"""The exact percentile of many durations from a histogram and the few durations around it.

It is the continuous one, PostgreSQL's `percentile_cont`: of n ordered values the one at the place share * (n - 1),
counted from 0, a part of the way between its two neighbors where that is no whole number.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from citydesk.contact.service_requests.rules.counting import bounds


@dataclass(frozen=True)
class Span:
    """Where the percentile lies: its place among `total` values, and whole seconds below and above both neighbors."""

    total: int
    place: float
    low: int
    high: int


def span_of(histogram: Mapping[int, int], share: float) -> Span | None:
    """The span of the share-th percentile (0 to 1) of a histogram bucket -> count; None when it is empty."""
    total = sum(histogram.values())
    if total <= 0:
        return None
    place = share * (total - 1)
    first, last = _bucket_at(histogram, math.floor(place)), _bucket_at(histogram, math.ceil(place))
    # A second more on either side: the edges of a bucket are no whole numbers.
    return Span(total, place, math.floor(bounds(first)[0]) - 1, math.ceil(bounds(last)[1]) + 1)


def _bucket_at(histogram: Mapping[int, int], place: int) -> int:
    """The bucket of the value at a place, counted from 0."""
    seen = 0
    for bucket in sorted(histogram):
        seen += histogram[bucket]
        if seen > place:
            return bucket
    raise ValueError(f"no value at {place} of {seen}")


def between(span: Span, *, closed: int, below: int, near: Sequence[float]) -> float | None:
    """The percentile in seconds. `closed` records were counted, `below` of them under the span, `near` are those in it
    in their order. None where they are not those of the histogram."""
    first, last = math.floor(span.place) - below, math.ceil(span.place) - below
    if closed != span.total or first < 0 or last >= len(near):
        return None
    part = span.place - math.floor(span.place)
    return near[first] + (near[last] - near[first]) * part

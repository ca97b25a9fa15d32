"""Properties of dating: what a load leaves as it was, and that it is said only once."""

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from citydesk.city.profile.rules import ALWAYS, NEVER, Span, body_on, plan_change

FIRST = date(2026, 1, 1)
DAYS = [FIRST + timedelta(days=number) for number in range(12)]


@st.composite
def timelines(draw, ids: bool = False) -> list[Span]:
    """Spans of one code that do not overlap, with gaps, possibly open at both ends."""
    cuts = sorted(draw(st.sets(st.sampled_from(DAYS), max_size=5)))
    ends = [ALWAYS, *cuts, NEVER]
    spans = []
    for place, (start, end) in enumerate(pairwise(ends)):
        value = draw(st.sampled_from([None, 1, 2, 3]))
        if value is not None:
            spans.append(Span(start, end, {"value": value}, id=place + 1 if ids else 0))
    return spans


def applied(old: list[Span], change) -> list[Span]:
    """What the tables hold after the change; empty periods are kept out, as the queries do."""
    if change is None:
        return old
    closed = dict(change.close)
    kept = [Span(span.start, closed.get(span.id, span.end), span.body, span.id) for span in old]
    kept += [Span(span.start, span.end, span.body, 1000 + place) for place, span in enumerate(change.write)]
    return [span for span in kept if span.start < span.end]


@given(old=timelines(ids=True), new=timelines(), effective=st.sampled_from(DAYS))
def test_before_the_day_nothing_moves_and_from_it_on_the_file_holds(old, new, effective):
    after = applied(old, plan_change("s", "c", old, new, effective))
    for day in [FIRST - timedelta(days=3), *DAYS, DAYS[-1] + timedelta(days=99)]:
        wanted = old if day < effective else new
        assert body_on(after, day) == body_on(wanted, day)


@given(old=timelines(ids=True), new=timelines(), effective=st.sampled_from(DAYS))
def test_the_same_file_again_changes_nothing(old, new, effective):
    after = applied(old, plan_change("s", "c", old, new, effective))
    assert plan_change("s", "c", after, new, effective) is None


@given(old=timelines(ids=True), new=timelines(), effective=st.sampled_from(DAYS))
def test_no_two_values_hold_on_one_day_and_no_row_grows(old, new, effective):
    change = plan_change("s", "c", old, new, effective)
    after = applied(old, change)
    for day in DAYS:
        assert sum(span.start <= day < span.end for span in after) <= 1
    for row, end in change.close if change else ():
        span = next(one for one in old if one.id == row)
        assert span.start <= end <= span.end

"""The board's decisions and a person's expected figures: pure, with worked numbers."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from citydesk.contact.traffic.choices import FIGURES, AgentStateKind, Formula, MonitorCode, WorkClass
from citydesk.contact.traffic.rules import Sums
from citydesk.contact.traffic.rules.board import (
    AgentNow,
    QueueNow,
    alerts_of,
    count_states,
    is_live,
    usual_bounds,
    usual_of,
)
from citydesk.contact.traffic.rules.expected import ENOUGH_OF_OTHERS, Cell, Work, compare, lines_of
from citydesk.contact.traffic.rules.service_level import Ratio

NOW = datetime(2026, 3, 10, 15, 42, tzinfo=UTC)
EASTERN = ZoneInfo("America/New_York")


def queue(**given):
    values = {
        "id": 1, "code": "calls", "name": {}, "channel": "voice", "formula": Formula.NET_OF_SHORT,
        "target": Decimal("0.8"), "threshold_s": 20, "waiting": 0, "waits_since": None, "level": None, "offered": 0,
        "abandoned": 0, "usual_level": None, "usual_offered": None,
    }  # fmt: skip
    return QueueNow(**{**values, **given})


def test_a_source_is_live_for_five_minutes():
    assert is_live(NOW - timedelta(minutes=5), NOW)
    assert not is_live(NOW - timedelta(minutes=5, seconds=1), NOW)
    assert not is_live(None, NOW)


def test_usual_days_end_at_the_same_time_of_day_over_a_change_of_clocks():
    """10 March is after the change of 8 March: 11:30 there is 15:30 in UTC, 11:30 of 3 March was 16:30."""
    found = usual_bounds(date(2026, 3, 10), datetime(2026, 3, 10, 15, 30, tzinfo=UTC), EASTERN)
    day, since, until = found[0]
    assert (day, since, until) == (
        date(2026, 3, 3),
        datetime(2026, 3, 3, 5, tzinfo=UTC),
        datetime(2026, 3, 3, 16, 30, tzinfo=UTC),
    )
    assert [one[0].weekday() for one in found] == [1] * 8


def test_usual_is_the_median_of_the_last_four_days_with_contacts():
    days = [Sums(offered=n, answered_within=w, answered=w) for n, w in ((100, 80), (0, 0), (90, 81), (50, 50), (70, 0))]
    # (100, 0.8), (90, 0.9), (50, 1.0), (70, 0.0); the closed day is none of the four, the fifth is not asked.
    assert usual_of([*days, Sums(offered=9999)], Formula.STRICT) == (80.0, pytest.approx(0.85))
    assert usual_of([], Formula.STRICT) == (None, None)


def test_what_matters_is_said_in_codes():
    below = queue(id=1, level=Ratio(7, 10))
    few = queue(id=2, level=Ratio(0, 9))
    long = queue(id=3, waiting=1, waits_since=NOW - timedelta(seconds=121))
    slow = queue(id=4, waiting=1, waits_since=NOW - timedelta(hours=5), threshold_s=86_400)
    assert alerts_of([below, few], 2, NOW) == ("level:1",)
    assert alerts_of([long, slow], 1, NOW) == ("wait:3",)
    assert alerts_of([long], 0, NOW) == ("wait:3", "nobody")
    assert alerts_of([queue(waiting=0)], 0, NOW) == ()  # nobody waits for nobody
    assert alerts_of([long], None, NOW) == ("wait:3",)


def test_states_are_counted_in_their_order():
    agents = [AgentNow(n, "", state, NOW) for n, state in enumerate(("meal", "available", "available"))]
    agents = [AgentNow(one.id, "", AgentStateKind(one.state), NOW) for one in agents]
    assert list(count_states(agents).items()) == [(AgentStateKind.AVAILABLE, 2), (AgentStateKind.MEAL, 1)]


SHORT, LONG = Cell(1, "trash", WorkClass.PLAIN), Cell(1, "permits", WorkClass.PLAIN)
SPOKEN = Cell(1, "trash", WorkClass.INTERPRETED)


def others(**cells):
    """Three colleagues who share these sums equally."""
    named = {"short": SHORT, "long": LONG, "spoken": SPOKEN}
    return {
        person: {named[name]: Work(contacts=n // 3, handle_s=seconds // 3) for name, (n, seconds) in cells.items()}
        for person in (2, 3, 4)
    }


def test_who_had_the_long_contacts_is_expected_to_take_long():
    """20 short ones of 60 s and 10 long ones of 300 s are expected to take 140 s in the mean; a mix of all, 180 s."""
    own = {SHORT: Work(20, handle_s=1300), LONG: Work(10, handle_s=2900)}
    (found,) = compare(own, others(short=(300, 18_000), long=(300, 90_000)), [MonitorCode.HANDLE_TIME])
    assert (found.own, found.expected, found.left_out) == (Ratio(4200, 30), pytest.approx(140.0), 0)
    assert found.share == pytest.approx(1.0)


def test_an_interpreted_contact_is_never_expected_to_go_as_fast_as_a_plain_one():
    own = {SHORT: Work(5, handle_s=300), SPOKEN: Work(2, handle_s=1200)}
    (found,) = compare(own, others(short=(300, 18_000)), [MonitorCode.HANDLE_TIME])
    assert (found.own, found.left_out) == (Ratio(300, 5), 2)
    (found,) = compare(own, others(short=(300, 18_000), spoken=(60, 30_000)), [MonitorCode.HANDLE_TIME])
    assert (found.left_out, found.expected) == (0, pytest.approx((5 * 60 + 2 * 500) / 7))


def test_a_cell_of_few_takes_the_wider_one_and_one_colleague_is_never_shown():
    (line,) = lines_of({LONG: Work(3)}, others(short=(60, 3600)))
    assert (line.stood_for, line.others.contacts) == ("queue", 60)
    (line,) = lines_of({SHORT: Work(3)}, {2: {SHORT: Work(500)}, 3: {SHORT: Work(1)}})
    assert line.others is None


def test_records_are_compared_by_queue():
    """A contact without a record has no reason: by reason, everybody would have a record of every contact."""
    bare = Cell(1, "", WorkClass.PLAIN)
    own = {SHORT: Work(8, records=8), bare: Work(2)}
    theirs = {person: {SHORT: Work(9, records=9), bare: Work(1)} for person in (2, 3, 4)}
    (found,) = compare(own, theirs, [MonitorCode.RECORDS])
    assert (found.own, found.expected) == (Ratio(8, 10), pytest.approx(0.9))


cells = st.builds(Cell, st.integers(1, 2), st.sampled_from(["", "a"]), st.sampled_from(list(WorkClass)))
works = st.builds(Work, *[st.integers(1, 50)] + [st.integers(0, 900)] * 5)
mixes = st.dictionaries(cells, works, max_size=5)


@settings(max_examples=40)
@given(own=mixes, theirs=st.dictionaries(st.integers(2, 6), mixes, max_size=5))
def test_no_contact_is_lost_and_means_stay_between_those_of_others(own, theirs):
    for one in compare(own, theirs, FIGURES):
        assert one.own.denominator + one.left_out == sum(work.contacts for work in own.values())
        assert (one.expected is None) == (one.own.denominator == 0)
    for line in lines_of(own, theirs):
        assert line.others is None or line.others.contacts >= ENOUGH_OF_OTHERS

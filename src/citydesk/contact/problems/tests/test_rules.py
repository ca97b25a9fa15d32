"""What recurs, what may follow what, what counts allow to say: worked examples and what always holds."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citydesk.contact.problems.choices import ActionState, By, ProblemState, Verdict
from citydesk.contact.problems.rules import effect, states
from citydesk.contact.problems.rules.recurrence import (
    Report,
    Rule,
    begins,
    comes_back,
    common_key,
    event_times,
    hot_spots,
    recurrences,
)
from citydesk.contact.problems.services.detecting import asset_of

NOON = datetime(2026, 11, 24, 17, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ADDRESS = Rule("a", {"en": "One address"}, By.ADDRESS, days=90, count=3, gap_hours=48)
NEAR = Rule("n", {"en": "Near by"}, By.CODE, days=90, count=3, radius_m=100)


def report(id, at=NOON, code="pothole", **more):
    return Report(id, f"SR-{id}", code, at, **more)


def test_reports_within_the_gap_are_one_event():
    # Three calls within two days, one a week later: two events.
    times = [NOON, NOON + 5 * HOUR, NOON + 47 * HOUR, NOON + 7 * DAY]
    assert begins(times, 48 * HOUR) == [NOON, NOON + 7 * DAY]
    assert begins([NOON, NOON + 48 * HOUR], 48 * HOUR) == [NOON, NOON + 48 * HOUR]
    assert begins([], DAY) == []


moments = st.lists(st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)).map(lambda at: at.replace(tzinfo=UTC)))


@given(moments, st.timedeltas(timedelta(0), timedelta(days=20)))
def test_events_are_never_more_than_reports_and_never_none_for_any(times, gap):
    found = begins(times, gap)
    assert bool(found) == bool(times) and len(found) <= len(times) and found == sorted(found)
    assert all(later - earlier >= gap for earlier, later in itertools.pairwise(found))


@given(moments, st.randoms())
def test_the_order_of_reports_changes_nothing(times, chance):
    mixed = list(times)
    chance.shuffle(mixed)
    assert begins(mixed, DAY) == begins(times, DAY)


def test_an_address_recurs_from_the_third_event_on():
    rows = [report(n, NOON + n * 7 * DAY, address_id=5) for n in range(3)]
    (found,) = recurrences(ADDRESS, rows, keys={"5:pothole"})
    assert (found.key, found.events, found.service_code, found.ids) == ("5:pothole", 3, "pothole", frozenset({0, 1, 2}))
    assert recurrences(ADDRESS, rows[:2], keys={"5:pothole"}) == []
    assert recurrences(ADDRESS, rows, keys={"6:pothole"}) == []
    # Three calls about one happening are one event.
    assert recurrences(ADDRESS, [report(n, NOON + n * HOUR, address_id=5) for n in range(3)], keys={"5:pothole"}) == []


def test_codes_are_counted_together_where_the_rule_says_so():
    both = Rule("t", {}, By.ADDRESS, 90, 3, is_same_code=False)
    rows = [report(n, NOON + n * 7 * DAY, code, address_id=5) for n, code in enumerate(("a", "b", "a"))]
    assert common_key(both, rows[0]) == "5:*" and common_key(ADDRESS, rows[0]) == "5:a"
    (found,) = recurrences(both, rows, keys={"5:*"})
    assert found.events == 3 and found.service_code == ""
    assert recurrences(ADDRESS, rows, keys={"5:a", "5:b"}) == []


def test_the_name_of_an_asset_is_compared_without_signs():
    assert asset_of(" p-1042 ") == asset_of("P 1042") == "P1042"
    assert asset_of(None) == asset_of("") == asset_of("?") == ""
    assert common_key(Rule("x", {}, By.ASSET, 1, 2), report(1, asset="P1")) == "P1:pothole"
    assert common_key(Rule("x", {}, By.ASSET, 1, 2), report(1)) == ""


def spot(id, north_m=0.0, *, at=NOON, **more):
    """A report so many meters north of a point."""
    return report(id, at, lat=35.05 + north_m / 111_195, lon=-85.3, **more)


def test_a_hot_spot_is_the_busiest_place_and_takes_its_own():
    # Five in a row, 60 m apart: the middle three lie within 100 m of the third; the outer two are left alone.
    rows = [spot(n, 60 * n) for n in range(5)]
    (found,) = hot_spots(NEAR, rows, around=[2])
    assert found.events == 3 and found.center.id in (1, 2, 3) and len(found.ids) == 3
    assert hot_spots(NEAR, rows, around=[99]) == []
    assert hot_spots(NEAR, [spot(0), spot(1, 101), spot(2, 202)], around=[0, 1, 2]) == []


def test_one_callers_calls_of_a_day_are_no_hot_spot():
    rows = [spot(n, n, at=NOON + n * HOUR, customer_id=7, address_id=n + 1) for n in range(4)]
    assert hot_spots(NEAR, rows, around=[0]) == []
    others = [spot(n, n, at=NOON + n * HOUR, customer_id=n, address_id=n + 1) for n in range(4)]
    assert hot_spots(NEAR, others, around=[0])[0].events == 4


places = st.lists(
    st.builds(
        lambda id, north, east, hours: report(
            id, NOON + hours * HOUR, lat=35.05 + north / 111_195, lon=-85.3 + east / 91_000, address_id=id
        ),
        st.integers(1, 40),
        st.integers(-400, 400),
        st.integers(-400, 400),
        st.integers(0, 2000),
    ),
    unique_by=lambda one: one.id,
    max_size=25,
)


@given(places)
def test_every_report_is_in_one_hot_spot_at_most_and_each_has_enough(rows):
    found = hot_spots(NEAR, rows, around=[one.id for one in rows])
    members = [id for one in found for id in one.ids]
    assert len(members) == len(set(members))
    for one in found:
        assert one.events >= NEAR.count and one.center.id in one.ids
        assert one.events == len(event_times(NEAR, list(one.reports))) <= len(one.reports)
    assert found == hot_spots(NEAR, list(reversed(rows)), around=[one.id for one in rows])


def test_what_was_put_aside_comes_back_with_as_many_again():
    assert not comes_back(events=5, dismissed_at=3, need=3)
    assert comes_back(events=6, dismissed_at=3, need=3)


@pytest.mark.parametrize(
    ("before", "after", "chance"), [(0, 0, 1), (3, 3, 1), (4, 1, 0.375), (8, 1, 0.0391), (12, 2, 0.0129)]
)
def test_the_chance_of_a_difference(before, after, chance):
    assert effect.chance_of(before, after) == pytest.approx(chance, abs=0.0001)
    assert effect.chance_of(after, before) == effect.chance_of(before, after)


@given(st.integers(0, 200), st.integers(0, 200))
def test_a_chance_is_a_chance_and_falls_as_the_difference_grows(before, after):
    found = effect.chance_of(before, after)
    assert 0 < found <= 1
    if after > before:
        assert effect.chance_of(before, after + 1) <= found or before == after


def weekly(per_week, weeks, *, first):
    return [first + (7 * week + n % 7) * DAY + HOUR for week in range(weeks) for n in range(per_week)]


def test_before_and_after_are_equally_long():
    since = NOON
    times = [*weekly(2, 12, first=since - 84 * DAY), since + 10 * DAY]
    found = effect.measure(times, since=since, now=since + 40 * DAY)
    # Five whole weeks have passed: five before are compared.
    assert (found.span, found.before, found.after, found.verdict) == (5, 10, 1, Verdict.FEWER)
    assert found.percent == -90 and found.chance == pytest.approx(0.0117, abs=0.0001)
    assert [one.at for one in found.weeks] == list(range(-5, 5))


def test_small_numbers_say_so():
    since = NOON
    few = [since - 10 * DAY, since - 20 * DAY, since - 21 * DAY]
    assert effect.measure(few, since=since, now=since + 20 * DAY).verdict == Verdict.TOO_EARLY
    assert effect.measure(few, since=since, now=since + 60 * DAY).verdict == Verdict.TOO_FEW
    some = [since - n * 7 * DAY for n in range(1, 7)] + [since + n * 7 * DAY for n in range(3)]
    assert effect.measure(some, since=since, now=since + 60 * DAY).verdict == Verdict.UNCLEAR
    more = [since + n * DAY for n in range(20)]
    assert effect.measure(more, since=since, now=since + 60 * DAY).verdict == Verdict.MORE


@given(moments, st.integers(0, 200))
def test_weeks_add_up(times, days):
    found = effect.measure(times, since=NOON, now=NOON + days * DAY)
    assert sum(one.count for one in found.weeks if one.at >= 0) == found.after
    assert sum(one.count for one in found.weeks if -found.span <= one.at < 0) == found.before
    assert found.span <= 12 and (found.verdict == Verdict.TOO_EARLY) == (days < 28)


def test_a_problem_stands_as_its_actions_do():
    after = states.state_after_actions
    A = ActionState
    assert after(ProblemState.ANALYSIS, []) == ProblemState.ANALYSIS
    assert after(ProblemState.ACTION, [A.DECLINED]) == ProblemState.ANALYSIS
    assert after(ProblemState.ACTION, [A.DONE, A.ACCEPTED]) == ProblemState.ACTION
    assert after(ProblemState.ACTION, [A.DONE, A.DECLINED]) == ProblemState.WATCHING
    assert after(ProblemState.CLOSED, [A.DONE]) == ProblemState.CLOSED
    assert states.missing_for("ask", analysis="x", recommendation=" ") == "recommendation"
    assert not states.may_move(ProblemState.CLOSED, "write") and states.may_move(ProblemState.CLOSED, "reopen")


@given(st.sampled_from(ProblemState), st.lists(st.sampled_from(ActionState)))
def test_while_a_department_owes_it_is_never_measured_nor_closed_by_itself(state, actions):
    found = states.state_after_actions(state, actions)
    owes = ActionState.ASKED in actions or ActionState.ACCEPTED in actions
    assert (found == ProblemState.CLOSED) == (state == ProblemState.CLOSED)
    if state != ProblemState.CLOSED:
        assert (found == ProblemState.ACTION) == owes

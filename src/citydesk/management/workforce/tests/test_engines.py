"""The simulation is where the exact formulas are, where those hold; and says what they cannot. Seeds are printed."""

import random
from datetime import date, timedelta

import pytest

from citydesk.kernel.errors import Invalid
from citydesk.management.workforce.engines.holt_winters import holt_winters
from citydesk.management.workforce.engines.simulation import Group, Stream, simulate
from citydesk.management.workforce.rules.erlang_a import figures_a
from citydesk.management.workforce.rules.forecast.history import History
from citydesk.management.workforce.rules.loads import Load

CALLS = frozenset({"calls"})
BOTH = frozenset({"calls", "spanish"})
SEED = 4


def test_steady_and_exponential_it_is_erlang_a():
    """Thirty replications, within three standard errors of the exact figures."""
    load = Load(0.05, 180.0, 240.0)
    stream = Stream("calls", (load.rate,), load.handle, load.patience, spread=None)
    found = simulate(
        [stream], [Group(CALLS, (9,))], interval=6500.0, threshold=20.0, replications=30, seed=SEED, warm_up=1500.0
    )["calls"]
    exact = figures_a(load, 9, 20.0, 0.0)
    print(f"seed {SEED}: {found}")
    for estimate, value in (
        (found.answered_within, exact.answered_within),
        (found.abandoned, exact.abandoned),
        (found.wait, exact.wait),
        (found.waits, exact.waits),
    ):
        assert abs(estimate.mean - value) <= 3 * estimate.error
        assert estimate.error < 0.1 * max(value, estimate.mean)


def day(rates, handle=240.0, skill="calls", patience=180.0):
    return Stream(skill, tuple(one / 1800 for one in rates), handle, patience)


def run(streams, groups, **more):
    return simulate(streams, groups, interval=1800.0, threshold=20.0, **{"replications": 6, "seed": SEED, **more})


def test_same_seed_same_figures_and_same_contacts_for_every_plan():
    streams = [day([20, 40, 10])]
    few, again, more = (run(streams, [Group(CALLS, (people,) * 3)]) for people in (5, 5, 6))
    assert few == again
    assert few["calls"].offered == more["calls"].offered
    assert more["calls"].abandoned.mean <= few["calls"].abandoned.mean
    assert run(streams, [Group(CALLS, (5,) * 3)], seed=SEED + 1) != few


def test_rates_and_people_change_with_the_intervals():
    found = run([day([0, 60, 0])], [Group(CALLS, (0, 12, 0))], replications=8)["calls"]
    assert 45 < found.offered < 75
    assert found.abandoned.mean < 0.1
    nobody = run([day([60, 60])], [Group(CALLS, (0, 0))])["calls"]
    assert (nobody.abandoned.mean, nobody.answered_within.mean) == (1.0, 0.0)


def test_those_who_know_two_skills_help_where_they_are_needed():
    streams = [day([40] * 4), day([8] * 4, skill="spanish")]
    apart = run(streams, [Group(CALLS, (7,) * 4), Group(frozenset({"spanish"}), (2,) * 4)])
    shared = run(streams, [Group(CALLS, (7,) * 4), Group(BOTH, (2,) * 4)])
    assert shared["calls"].answered_within.mean > apart["calls"].answered_within.mean
    assert apart["spanish"].offered == shared["spanish"].offered


@pytest.mark.parametrize(
    ("streams", "groups", "words"),
    [
        ([day([1, 2])], [Group(CALLS, (1,))], "one value for each interval"),
        ([], [], "one value for each interval"),
        ([day([1]), day([2])], [Group(CALLS, (1,))], "one stream"),
        ([day([1], skill="spanish")], [Group(CALLS, (1,))], "Nobody knows spanish"),
    ],
)
def test_plans_that_do_not_fit_are_refused(streams, groups, words):
    with pytest.raises(Invalid, match=words):
        run(streams, groups)


def test_no_replication_is_refused():
    with pytest.raises(Invalid, match="replication"):
        run([day([1])], [Group(CALLS, (1,))], replications=0)


def weeks(count):
    """Working days with a weekly season and some noise, but for one closed Wednesday."""
    drawn = random.Random(SEED)
    start = date(2026, 1, 5)
    days = {}
    for one in range(7 * count):
        today = start + timedelta(days=one)
        if today.weekday() < 5 and one != 23:
            level = 100 * (1.4, 1.0, 0.9, 1.0, 1.1)[today.weekday()] * drawn.uniform(0.97, 1.03)
            days[today] = (None, level, 2 * level, level) * 2
    return History(180, days)


def test_holt_and_winters_find_the_week():
    known = weeks(12)
    ahead = [date(2026, 3, 30) + timedelta(days=one) for one in range(5)]
    found = holt_winters(known, ahead)
    assert [round(sum(one or 0 for one in day) / 800, 1) for day in found] == [1.4, 1.0, 0.9, 1.0, 1.1]
    assert found[0][0] is None and found[0][2] == pytest.approx(2 * found[0][1])


def test_holt_and_winters_say_nothing_of_two_weeks():
    assert holt_winters(weeks(2), [date(2026, 1, 19)]) == [(None,) * 8]

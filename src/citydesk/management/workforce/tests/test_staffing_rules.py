"""What holds for any load: identities, directions, limits; and what cannot be answered says so."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from citydesk.contact.traffic.choices import Formula
from citydesk.kernel.errors import Invalid
from citydesk.management.workforce.rules import birth_death
from citydesk.management.workforce.rules.erlang import erlang_c, figures_c
from citydesk.management.workforce.rules.erlang_a import figures_a, wait_of_answered
from citydesk.management.workforce.rules.loads import Load, load_of
from citydesk.management.workforce.rules.requirement import Goal, Planner, neighbors, required, required_for
from citydesk.management.workforce.rules.shrinkage import rostered, shrinkage_of

GOAL = Goal(0.8, 20.0)
volumes = some.floats(0.1, 400)
handles = some.floats(30, 900)
patiences = some.floats(20, 2000)
people = some.integers(0, 90)


@settings(max_examples=60, deadline=None)
@given(volumes, handles, patiences, people)
def test_quick_figures_are_those_of_the_chain(volume, handle, patience, agents):
    load = load_of(volume, 1800.0, handle, patience)
    found = figures_a(load, agents, 20.0, 5.0)
    chain = birth_death.chain_of(load.rate, 1 / handle, 1 / patience, agents)
    assert math.fsum(chain.shares) == pytest.approx(1.0, abs=1e-12)
    assert found.waits == pytest.approx(chain.waits, rel=1e-9, abs=1e-12)
    assert found.abandoned == pytest.approx(chain.abandoned, rel=1e-9, abs=1e-12)
    assert found.wait == pytest.approx(chain.wait, rel=1e-9, abs=1e-9)
    assert found.occupancy == pytest.approx(chain.occupancy, rel=1e-9, abs=1e-9)


@settings(max_examples=25, deadline=None)
@given(some.floats(1, 120), some.floats(60, 400), some.floats(60, 600), some.integers(0, 30), some.floats(0, 60))
def test_quick_service_level_is_that_of_uniformization(volume, handle, patience, agents, threshold):
    load = load_of(volume, 1800.0, handle, patience)
    found = figures_a(load, agents, threshold, 0.0)
    chain = birth_death.chain_of(load.rate, 1 / handle, 1 / patience, agents)
    served, left = birth_death.served_and_left(chain, threshold)
    assert found.answered_within == pytest.approx(served, abs=1e-9)
    assert found.left_within == pytest.approx(left, abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(volumes, handles, patiences, people)
def test_who_hangs_up_is_who_ran_out_of_patience(volume, handle, patience, agents):
    """P(Ab) = theta E[W]; what is answered is what people do."""
    load = load_of(volume, 1800.0, handle, patience)
    found = figures_a(load, agents, 20.0, 0.0)
    assert found.abandoned * patience == pytest.approx(found.wait, rel=1e-12)
    assert found.occupancy * agents == pytest.approx(load.erlangs * (1 - found.abandoned), rel=1e-9, abs=1e-9)
    assert found.answered_within + found.left_within <= 1.0 + 1e-12


@settings(max_examples=40, deadline=None)
@given(volumes, handles, patiences, people)
def test_one_more_person_makes_nothing_worse(volume, handle, patience, agents):
    load = load_of(volume, 1800.0, handle, patience)
    fewer, more = (figures_a(load, one, 20.0, 5.0) for one in (agents, agents + 1))
    for formula in Formula:
        assert more.service_level(formula) >= fewer.service_level(formula) - 1e-9
    assert more.wait <= fewer.wait + 1e-9
    assert more.abandoned <= fewer.abandoned + 1e-12
    calm, calmer = (figures_c(load_of(volume, 1800.0, handle), one, 20.0) for one in (agents, agents + 1))
    assert calmer.service_level(Formula.STRICT) >= calm.service_level(Formula.STRICT) - 1e-12


@settings(max_examples=30, deadline=None)
@given(some.floats(1, 300), handles, some.integers(1, 12))
def test_with_endless_patience_erlang_a_is_erlang_c(volume, handle, beyond):
    load = load_of(volume, 1800.0, handle, 86_400.0)
    agents = math.ceil(load.erlangs) + beyond
    patient, endless = figures_a(load, agents, 20.0, 0.0), figures_c(load, agents, 20.0)
    nearer = figures_a(Load(load.rate, handle, 86_400_000.0), agents, 20.0, 0.0)
    assert abs(nearer.waits - endless.waits) <= abs(patient.waits - endless.waits) + 1e-9
    assert nearer.waits == pytest.approx(endless.waits, rel=1e-3)
    assert nearer.answered_within == pytest.approx(endless.answered_within, rel=1e-3)
    assert patient.waits <= endless.waits


@settings(max_examples=40, deadline=None)
@given(volumes, handles, patiences, some.floats(0.5, 0.98))
def test_who_hangs_up_makes_the_queue_shorter(volume, handle, patience, target):
    """Whoever leaves waits no longer and lets others come sooner: fewer wait past the threshold than if all stayed."""
    goal = Goal(target, 20.0, Formula.ANY_REMOVAL)
    with_patience = required(load_of(volume, 1800.0, handle, patience), goal)
    without = required(load_of(volume, 1800.0, handle), goal)
    assert with_patience.agents <= without.agents
    assert without.margin > 0


def test_where_a_hang_up_counts_as_missed_impatient_callers_may_need_one_more():
    """Callers who leave within the threshold would have been answered within it: strictly counted, they are missed."""
    goal = Goal(0.9765625, 20.0)
    impatient, endless = (required(load_of(20.0, 1800.0, 31.0, one), goal) for one in (20.0, None))
    assert (impatient.agents, endless.agents) == (3, 2)


@settings(max_examples=40, deadline=None)
@given(volumes, handles, some.one_of(some.none(), patiences), some.sampled_from(list(Formula)), some.floats(0.3, 0.99))
def test_least_is_least(volume, handle, patience, formula, target):
    load = load_of(volume, 1800.0, handle, patience)
    goal = Goal(target, 20.0, formula)
    found = required(load, goal)
    assert found.service_level >= target
    scanned = next(one for one in range(1, found.agents + 1) if neighbors(load, goal, one, 0)[0].meets)
    assert scanned == found.agents


def test_many_loads_are_answered_as_one_by_one():
    loads = [load_of(one * 7 % 180, 1800.0, 120 + one % 9 * 40, 180.0) for one in range(60)]
    together = required_for(loads, GOAL, 0.3)
    assert together == [required(one, GOAL, 0.3) for one in loads]
    planner = Planner(GOAL)
    assert planner.required(loads[3]) is planner.required(loads[3])
    # Next to nothing teaches the guess nothing: it would look for the next load's people without end.
    after = Planner(GOAL)
    assert after.required(Load(1e-200, 240.0, 180.0)).agents == 1
    assert after.required(loads[3]) == planner.required(loads[3])


def test_nothing_comes_and_nobody_is_there():
    nobody = figures_a(load_of(10, 1800.0, 180.0, 120.0), 0, 20.0, 0.0)
    assert (nobody.waits, nobody.answered_within, nobody.occupancy) == (1.0, 0.0, 0.0)
    assert nobody.abandoned == pytest.approx(1.0)
    assert nobody.left_within == pytest.approx(1 - math.exp(-20 / 120))
    assert {
        nobody.service_level(one)
        for one in (Formula.STRICT, Formula.NET_OF_SHORT, Formula.NET_OF_ABANDONED, Formula.OF_ANSWERED)
    } == {0.0}
    assert wait_of_answered(load_of(10, 1800.0, 180.0, 120.0), 0) is None
    for patience in (None, 120.0):
        empty = required(load_of(0, 1800.0, 180.0, patience), GOAL)
        assert (empty.agents, empty.rostered, empty.service_level) == (0, 0, 1.0)


def test_queue_that_grows_without_end_says_so():
    for agents in (0, 9, 10):
        found = figures_c(load_of(100, 1800.0, 180.0), agents, 20.0)
        assert (found.is_stable, found.wait, found.queue, found.service_level(Formula.STRICT)) == (
            False,
            None,
            None,
            0.0,
        )
        assert (found.waits, found.occupancy) == (1.0, 1.0)
    assert erlang_c(10, 10.0) == 1.0
    assert not neighbors(load_of(100, 1800.0, 180.0), GOAL, 12)[0].figures.is_stable


def test_much_too_few_people_lose_nearly_all_and_nothing_overflows():
    found = figures_a(load_of(10_000, 1800.0, 180.0, 300.0), 14, 20.0, 0.0)
    assert found.abandoned == pytest.approx(0.986, abs=1e-6)
    assert (found.waits, found.occupancy) == (pytest.approx(1.0), pytest.approx(1.0))
    flood = figures_a(load_of(1_000_000, 1800.0, 30.0, 3600.0), 900, 20.0, 0.0)
    assert flood.abandoned == pytest.approx(1 - 900 / flood.erlangs, rel=1e-6)
    idle = figures_a(load_of(1, 1800.0, 30.0, 60.0), 3000, 20.0, 0.0)
    assert (idle.waits, idle.answered_within) == (0.0, 1.0)


def test_those_who_are_answered_waited_less_than_all():
    load = load_of(100, 1800.0, 180.0, 300.0)
    answered = wait_of_answered(load, 11)
    found = figures_a(load, 11, 20.0, 0.0)
    assert 0 < answered < found.wait
    # All waits are those of the answered and of those who left.
    assert answered * (1 - found.abandoned) < found.wait


def test_bound_on_occupancy_adds_people():
    load = load_of(500, 1800.0, 180.0)
    assert required(load, GOAL).figures.occupancy > 0.85
    assert required(load, Goal(0.8, 20.0, most_busy=0.85)).agents == 59


def test_rostered_divides():
    assert rostered(14, 0.3) == 20
    assert rostered(17, 0.0) == 17
    assert rostered(17, 0.15) == 20
    with pytest.raises(Invalid, match="Shrinkage"):
        rostered(3, 1.0)
    parts = shrinkage_of(paid=40 * 3600, available=28 * 3600, planned=8 * 3600)
    assert (parts.planned, parts.unplanned, parts.whole) == (pytest.approx(0.2), pytest.approx(0.1), pytest.approx(0.3))
    assert shrinkage_of(0, 0, 0).whole == 0


@pytest.mark.parametrize(
    ("act", "field"),
    [
        (lambda: load_of(-1, 1800, 180), "volume"),
        (lambda: load_of(math.nan, 1800, 180), "volume"),
        (lambda: load_of(10, 0, 180), "interval"),
        (lambda: load_of(10, 1800, math.inf), "aht"),
        (lambda: load_of(10, 1800, 180, 0), "patience"),
        (lambda: load_of(10, 1800, 180, 90_000), "patience"),
        (lambda: load_of(1e9, 1800, 180), "volume"),
        (lambda: Goal(1.0, 20), "target"),
        (lambda: Goal(0.8, -1), "threshold"),
        (lambda: Goal(0.8, 20, short=math.nan), "short"),
        (lambda: Goal(0.8, 20, most_busy=0), "most_busy"),
    ],
)
def test_senseless_questions_are_refused_by_field(act, field):
    with pytest.raises(Invalid) as refused:
        act()
    assert refused.value.field == field

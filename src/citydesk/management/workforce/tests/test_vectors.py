"""The published and computed vectors of staffing mathematics, to the digits given."""

import json
from pathlib import Path

import pytest

from citydesk.contact.traffic.choices import Formula
from citydesk.contact.traffic.rules import wilson
from citydesk.management.workforce.rules import birth_death, square_root
from citydesk.management.workforce.rules.erlang import erlang_b, erlang_c, figures_c
from citydesk.management.workforce.rules.erlang_a import figures_a
from citydesk.management.workforce.rules.loads import Load, load_of
from citydesk.management.workforce.rules.requirement import Goal, required

SHARED = Path(__file__).resolve().parents[6] / "shared"
HALF_HOUR = 1800.0
EIGHTY_TWENTY = Goal(0.8, 20.0)


@pytest.fixture(scope="module")
def vectors():
    if not SHARED.exists():
        pytest.skip("no ../shared on this clone")
    return json.loads((SHARED / "vectors/staffing.json").read_text())


def exactly(value, digits=1e-12):
    return pytest.approx(value, rel=digits, abs=1e-14)


def test_blocking_and_waiting(vectors):
    assert vectors["erlang_b"] and vectors["erlang_c"]
    for agents, erlangs, value in vectors["erlang_b"]:
        assert erlang_b(agents, erlangs) == exactly(value)
    for agents, erlangs, value in vectors["erlang_c"]:
        assert erlang_c(agents, erlangs) == exactly(value)


def test_least_staff_for_eighty_in_twenty(vectors):
    for row in vectors["erlang_c_min_agents_80_20_half_hour"]:
        found = required(load_of(row["volume"], HALF_HOUR, row["aht"]), EIGHTY_TWENTY)
        assert found.agents == row["n_c"]
        assert found.service_level == exactly(row["sl_c"])
        assert found.figures.wait == exactly(row["asa_c"])
        assert found.figures.occupancy == exactly(row["occ"])
        patient = required(load_of(row["volume"], HALF_HOUR, row["aht"], 180.0), EIGHTY_TWENTY)
        assert patient.agents == row["n_a_patience180"]


def test_erlang_a(vectors):
    for row in vectors["erlang_a"]:
        load = Load(row["lam"], 1 / row["mu"], 1 / row["theta"])
        found = figures_a(load, row["n"], row["T"], 0.0)
        assert found.waits == exactly(row["Pw"])
        assert found.abandoned == exactly(row["Pab"])
        assert found.queue == exactly(row["Lq"])
        assert found.wait == exactly(row["W"])
        assert found.answered_within == exactly(row["served_T"])
        assert found.left_within == exactly(row["ab_T"])
        assert found.occupancy == exactly(row["occ"])
        assert found.service_level(Formula.STRICT) == exactly(row["SL_served_off"])
        assert found.service_level(Formula.NET_OF_ABANDONED) == exactly(row["SL_netshort"])
        assert found.service_level(Formula.ANY_REMOVAL) == exactly(row["SL1"])
        assert found.service_level(Formula.OF_ANSWERED) == exactly(row["SL_ans"])


def test_the_chain_itself(vectors):
    for row in vectors["erlang_a"]:
        chain = birth_death.chain_of(row["lam"], row["mu"], row["theta"], row["n"])
        assert len(chain.shares) == row["K"] + 1
        assert (chain.waits, chain.abandoned) == (exactly(row["Pw"]), exactly(row["Pab"]))
        assert (chain.queue, chain.wait) == (exactly(row["Lq"]), exactly(row["W"]))
        assert chain.occupancy == exactly(row["occ"])
        served, left = birth_death.served_and_left(chain, row["T"])
        assert (served, left) == (exactly(row["served_T"]), exactly(row["ab_T"]))


def test_square_root_rule(vectors):
    for beta, share in vectors["halfin_whitt"]:
        assert square_root.waiting_share(beta) == exactly(share, 1e-10)


def test_ranges_of_shares(vectors):
    for hits, whole, low, high in vectors["wilson95"]:
        found = wilson(hits, whole)
        assert (round(found[0], 4), round(found[1], 4)) == (low, high)


def test_what_is_said_of_textbook_cases():
    """The cases printed in the specification's text, to the digits printed there."""
    long = figures_c(Load(0.2, 240.0), 55, 15.0)
    assert (round(long.waits, 6), round(long.wait, 6)) == (0.238701, 8.184032)
    assert round(long.answered_within, 6) == 0.845883
    tight = figures_c(Load(0.8, 60.0), 50, 20.0)
    assert (round(tight.waits, 6), round(tight.wait, 4), round(tight.answered_within, 6)) == (
        0.694456,
        20.8337,
        0.643455,
    )
    assert round(erlang_b(100, 80), 9) == 0.003992029
    assert round(erlang_b(1000, 950), 9) == 0.003649294


def test_hundred_calls_in_half_an_hour():
    found = figures_a(load_of(100, HALF_HOUR, 180.0, 300.0), 14, 20.0, 0.0)
    assert (round(found.waits, 5), round(found.abandoned, 6)) == (0.14526, 0.013984)
    assert (round(found.occupancy, 6), round(found.wait / 60, 6)) == (0.704297, 0.069919)
    assert round(found.answered_within, 6) == 0.916792


@pytest.mark.parametrize(
    ("load", "agents", "waits", "abandoned"),
    [
        (Load(48, 1, 2), 50, 0.46777, 0.03091),
        (Load(50, 1, 2), 50, 0.60117, 0.04668),
        (Load(100, 1, 1), 100, 0.51330, 0.03986),
        (Load(100, 1, 1), 110, 0.17056, 0.00871),
        (Load(2, 3, 2), 8, 0.23828, 0.06153),
    ],
)
def test_known_abandonment(load, agents, waits, abandoned):
    found = figures_a(load, agents, 1.0, 0.0)
    assert (round(found.waits, 5), round(found.abandoned, 5)) == (waits, abandoned)


@pytest.mark.parametrize(
    ("volume", "handle", "agents", "with_patience", "level", "lost"),
    [
        (25, 240, 6, 5, 0.8813, 7.0),
        (50, 240, 10, 9, 0.8678, 4.9),
        (100, 240, 17, 16, 0.8104, 4.4),
        (100, 300, 21, 19, 0.8263, 5.4),
        (200, 300, 39, 36, 0.8259, 4.4),
        (500, 180, 56, 52, 0.8412, 3.9),
    ],
)
def test_six_half_hours(volume, handle, agents, with_patience, level, lost):
    found = required(load_of(volume, HALF_HOUR, handle), EIGHTY_TWENTY)
    assert (found.agents, round(found.service_level, 4)) == (agents, level)
    patient = required(load_of(volume, HALF_HOUR, handle, 180.0), EIGHTY_TWENTY)
    assert (patient.agents, round(100 * patient.figures.abandoned, 1)) == (with_patience, lost)


def test_the_five_formulas_differ_on_one_queue():
    found = figures_a(Load(48 / 60, 60.0, 120.0), 50, 20.0, 5.0)
    levels = {one: found.service_level(one) for one in Formula}
    assert [
        round(levels[one], 5)
        for one in (Formula.STRICT, Formula.NET_OF_ABANDONED, Formula.ANY_REMOVAL, Formula.OF_ANSWERED)
    ] == [
        0.94302,
        0.97203,
        0.97286,
        0.97310,
    ]
    assert len({round(one, 5) for one in levels.values()}) == 5


def test_square_root_rule_is_wrong_for_small_centers():
    waits, lost = square_root.waiting_and_abandoned(50, 48, 1.0, 2.0)
    assert (round(waits, 4), round(waits * lost, 4)) == (0.4508, 0.0300)
    small, _lost = square_root.waiting_and_abandoned(8, 6, 3.0, 2.0)
    assert round(small, 3) == 0.189

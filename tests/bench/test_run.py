"""What a reader of build/bench.json relies on: its shape, the marks on it, and that a missed target fails the run."""

import json
from unittest.mock import MagicMock

import pytest

from tests.bench import __main__ as command
from tests.bench import pages
from tests.bench.figures import at_least, at_most
from tests.bench.helpdesk.turns import in_turns
from tests.bench.noise import REFERENCE_LOOP_MS, Quiet
from tests.bench.run import Plan, Run
from tests.bench.table import write

CALM, BUSY = Quiet(0.4, 0.02), Quiet(2.5, 0.9)


def plan(**changes):
    usual = {"sizes": [1000], "chosen": ["queue"], "city": "riverton", "database": "none", "is_kept": False}
    return Plan(**{**usual, "facts": 1, "tickets": 1, "addresses": 1, "customers": 1, **changes})


def run_with(*figures, seen=CALM, **changes):
    run = Run(plan(**changes))
    run.keep(list(figures), seen, seen)
    return run


def test_figure_says_whether_its_target_is_met():
    assert at_most("queue_cpu", 9.5, "CPU-ms", 9, 1000).met is False
    assert at_least("rate", 150, "a second", 150, 1000).met is True
    assert at_most("told", 5, "ms", None, 1000).met is None
    assert at_most("queue_cpu", 9.0, "CPU-ms", 9, 1000, floor=4.5).ratio == 2.0


def test_figure_taken_beside_others_is_marked():
    assert run_with(at_most("queue_cpu", 1, "CPU-ms", 9, 1000)).figures[0]["noisy"] is False
    assert run_with(at_most("queue_cpu", 1, "CPU-ms", 9, 1000), seen=BUSY).figures[0]["noisy"] is True


def test_own_load_of_the_last_minute_is_no_noise():
    assert not Quiet(load=2.4, others=0.05).is_noisy
    assert Quiet(load=2.4, others=0.3).is_noisy
    assert Quiet(load=0.5, others=0.8).is_noisy


def test_cpu_figure_is_told_for_the_reference_machine_too():
    half = Quiet(0.4, 0.02, loop_ms=2 * REFERENCE_LOOP_MS, trip_us=80.0)
    slow, rate = run_with(
        at_most("queue_cpu", 16, "CPU-ms", 9, 1000), at_least("rate", 100, "a second", 150, 1000), seen=half
    ).figures
    assert (slow["met"], slow["at_reference"], slow["met_at_reference"]) == (False, 8.0, True)
    assert (slow["loop_ms"], slow["trip_us"]) == (2 * REFERENCE_LOOP_MS, 80.0)
    assert (rate["at_reference"], rate["met_at_reference"]) == (None, None)
    assert run_with(at_most("queue_cpu", 16, "CPU-ms", 9, 1000)).figures[0]["at_reference"] is None


def test_quick_run_judges_statements_alone():
    figures = [at_most("queue_cpu", 99, "CPU-ms", 9, 1000), at_most("queue_statements", 7, "statements", 6, 1000)]
    found = run_with(*figures, is_quick=True).figures
    assert [one["met"] for one in found] == [None, False]
    assert found[0]["met_at_reference"] is None


def test_measure_that_fails_is_named_and_costs_no_other(capsys, monkeypatch):
    monkeypatch.setattr("tests.bench.run.look", lambda: CALM)
    run = Run(plan())

    def break_off():
        raise RuntimeError("the queue shows 3 rows")

    run.measure("queue", break_off)
    run.measure("draft", lambda: [at_most("draft_cpu", 1, "CPU-ms", 5, 1000)])
    assert run.missing == {"queue": "RuntimeError: the queue shows 3 rows"}
    assert [one["name"] for one in run.figures] == ["draft_cpu"]


@pytest.mark.parametrize(("is_quick", "looks"), [(True, 1), (False, 4)])
def test_machine_is_looked_at_around_each_measure_whose_times_count(is_quick, looks, monkeypatch):
    seen = []
    monkeypatch.setattr("tests.bench.run.look", lambda: seen.append(1) or CALM)
    run = Run(plan(is_quick=is_quick))
    for name in ("queue", "draft"):
        run.measure(name, lambda: [at_most("queue_cpu", 1, "CPU-ms", 9, 1000)])
    assert len(seen) == looks and len(run.figures) == 2


def test_sides_are_asked_by_turns_so_that_a_slower_clock_slows_both():
    asked = []

    def cost(side, ms):
        asked.append(side)
        return ms * (1 if len(asked) < 7 else 4)  # the machine falls to a quarter of its speed halfway

    found = in_turns(lambda: cost("ours", 10), lambda: cost("theirs", 300), 5)
    assert asked == ["ours", "theirs"] * 5 + ["ours"]
    # Asked one after the other, the same two sides would look 120 times apart.
    assert (found.times, found.upper) == (30, 30)


@pytest.mark.parametrize(("met", "missing", "code"), [(True, {}, 0), (False, {}, 1), (None, {"queue": "broke"}, 1)])
def test_missed_target_and_missing_measure_fail_the_run(met, missing, code, monkeypatch, tmp_path):
    figure = run_with(at_most("queue_cpu", 1, "CPU-ms", None, 1000)).figures[0] | {"met": met}
    monkeypatch.setattr(command, "run_all", lambda _plan: ([figure], [], missing))
    monkeypatch.setattr(command, "ROOT", tmp_path)
    assert command.main([]) == code


def test_file_has_figures_conditions_and_what_is_missing(tmp_path):
    run = run_with(at_most("queue_cpu", 1, "CPU-ms", 9, 1000))
    write(tmp_path / "bench.json", run.figures, [{"cores": 2}], {"served": "no port"})
    told = json.loads((tmp_path / "bench.json").read_text())
    assert set(told) == {"figures", "about", "not_measured"}
    wanted = {"name", "value", "unit", "target", "met", "floor", "ratio", "rows", "load", "noisy"}
    wanted |= {"loop_ms", "trip_us", "at_reference", "met_at_reference"}
    assert wanted <= set(told["figures"][0])


def test_full_run_has_the_sizes_of_the_targets():
    whole = command.plan_of(command.read([]))
    assert (whole.sizes, whole.facts, whole.tickets) == ([100_000, 1_000_000], 10_000_000, 100_000)


def test_disk_that_cannot_hold_the_rows_is_refused_before_the_work(monkeypatch, capsys):
    from tests.bench import run

    monkeypatch.setattr(run, "room_left", lambda: 10**9)
    with pytest.raises(SystemExit, match="Make room"):
        run.run_all(plan(sizes=[10_000_000]))


def test_lean_load_is_refused_for_what_reads_the_tables_left_out(monkeypatch):
    monkeypatch.setattr(pages, "_holds_rows", lambda _cursor, table: table == "service_requests_servicerequest")
    monkeypatch.setattr(pages, "connection", MagicMock())
    queue = "SELECT r.id FROM service_requests_servicerequest r"
    history = 'SELECT 1 FROM "kernel_auditentry" WHERE object_id = 1'
    assert pages.read_empty([queue]) == []
    assert pages.read_empty([queue, history]) == ["kernel_auditentry"]

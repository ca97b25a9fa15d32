"""`staff required`, `forecast backtest`, `roster solve`: what their JSON says, and that nonsense is refused."""

import json
from argparse import ArgumentParser
from datetime import datetime, timedelta

import pytest

from citydesk.kernel.command_line import Console
from citydesk.kernel.errors import Invalid
from citydesk.management.workforce import commands
from citydesk.management.workforce.tests.roster_cases import FILE

HUNDRED = "staff required --volume 100 --interval 30 --aht 180 --target 0.8 --threshold 20"


def said(words, capsys, *, as_json=True):
    parser = ArgumentParser(prog="citydesk")
    commands.register(parser.add_subparsers(dest="command"))
    given = parser.parse_args(words.split())
    assert given.run(given, Console(as_json=as_json)) == 0
    out = capsys.readouterr().out
    return json.loads(out) if as_json else out


def test_staff_required_without_patience_is_erlang_c(capsys):
    found = said(HUNDRED, capsys)
    assert {"agents", "service_level", "occupancy", "abandoned", "asa"} <= set(found)
    assert (found["agents"], found["net"], found["abandoned"], found["model"]) == (14, 14, 0.0, "erlang_c")
    assert found["service_level"] == pytest.approx(0.8883500191794669)
    assert [one["agents"] for one in found["table"]] == [12, 13, 14, 15, 16]
    assert found["explanation"] == "14 = 10.0 Erlangs + 4.0. With 13 the service level falls to 79.6 %."


def test_patience_needs_fewer_and_shrinkage_more(capsys):
    found = said(f"{HUNDRED} --patience 300 --shrinkage 0.3", capsys)
    assert (found["net"], found["agents"], found["model"]) == (13, 19, "erlang_a")
    row = next(one for one in found["table"] if one["agents"] == 14)
    assert (round(row["service_level"], 6), round(row["abandoned"], 6)) == (0.916792, 0.013984)
    assert (round(row["asa"] / 60, 6), round(row["occupancy"], 6)) == (0.069919, 0.704297)
    assert found["wait_of_answered"] < found["asa"]
    assert len(set(found["service_levels"].values())) == 5


def test_formula_is_a_choice_that_changes_the_answer(capsys):
    busy = HUNDRED.replace("100", "500") + " --patience 180"
    assert [said(f"{busy} --formula {one}", capsys)["net"] for one in ("strict", "of_answered")] == [52, 51]


def test_line_that_grows_without_end_is_null_in_json_and_words_in_text(capsys):
    words = HUNDRED.replace("--volume 100", "--volume 20")
    unstable = said(words, capsys)["table"][0]
    assert (unstable["agents"], unstable["stable"], unstable["asa"]) == (2, False, None)
    assert "no end" in said(words, capsys, as_json=False)


def test_nothing_comes(capsys):
    found = said(HUNDRED.replace("--volume 100", "--volume 0"), capsys)
    assert (found["agents"], found["service_level"], found["asa"], found["occupancy"]) == (0, 1.0, 0.0, 0.0)


def test_simulation_stands_beside_the_formula(capsys):
    found = said(f"{HUNDRED} --patience 300 --simulate --seed 7", capsys)["simulated"]
    assert found["seed"] == 7
    assert 0.7 < found["answered_within"] < 0.95
    assert found["standard_error"] < 0.03


@pytest.mark.parametrize("wrong", ["--target 80", "--aht 0", "--shrinkage 1", "--patience -3", "--volume nan"])
def test_senseless_input_is_refused(wrong, capsys):
    name, value = wrong.split()
    words = f"{HUNDRED} --patience 60 --shrinkage 0.1".split()
    words[words.index(name) + 1] = value
    with pytest.raises(Invalid):
        said(" ".join(words), capsys)


def write_counts(path, days=56):
    """Eight in the morning to noon on working days, in quarters of an hour."""
    start, lines = datetime(2026, 1, 5, 8), ["time,calls"]
    working = [one for one in range(2 * days) if (start + timedelta(days=one)).weekday() < 5][:days]
    for one in working:
        for quarter in range(16):
            moment = start + timedelta(days=one, minutes=15 * quarter)
            lines.append(f"{moment.isoformat(' ')},{10 + quarter + one % 7}")
    path.write_text("\n".join(lines))
    return path


def test_backtest_of_a_file(tmp_path, capsys):
    file = write_counts(tmp_path / "counts.csv")
    found = said(f"forecast backtest {file} --slot 30 --horizon 3", capsys)
    assert {"wape", "bias", "coverage", "by_horizon"} <= set(found)
    assert [one["horizon"] for one in found["by_horizon"]] == [1, 2, 3]
    assert (found["origins"], found["slots"]) == (14, 14 * 3 * 8)
    assert found["wape"] == pytest.approx(0.0, abs=0.02)
    assert found["methods"]["last_week"]["wape"] == 0.0
    assert "days ahead" in said(f"forecast backtest {file}", capsys, as_json=False)


def test_backtest_of_nothing_useful_is_refused(tmp_path, capsys):
    short = write_counts(tmp_path / "short.csv", days=20)
    binary = tmp_path / "binary.csv"
    binary.write_bytes(b"\xff\xfe\x00")
    for words in (f"{short}", f"{binary}", f"{tmp_path / 'none.csv'}", f"{short} --slot 7", f"{short} --horizon 0"):
        with pytest.raises(Invalid):
            said(f"forecast backtest {words}", capsys)


@pytest.mark.parametrize(
    ("text", "more", "why"),
    [
        (FILE.replace("A,E=7|L=7,2400,960,5", "A,E=7|L=7,960,2400,5"), "", "A must work at least 2400 and at most 960"),
        (FILE.replace("A,E=7|L=7,2400,960,5", "A,E=7|L=7,3600,3500,5"), "", "A must work 3500 .* 2880 minutes"),
        (FILE.replace("0,E,1,100,1", "0,E,-4,100,1"), "", "the requirement is -4"),
        (FILE[:150], "", "no section of this format|has no SECTION"),
        (FILE, "--seconds -3", "--seconds -3 is no amount"),
        (FILE, "--memory 0", "--memory 0 is no amount"),
    ],
)  # fmt: skip
def test_a_roster_that_cannot_be_is_refused_by_name(tmp_path, capsys, text, more, why):
    path = tmp_path / "week.txt"
    path.write_text(text)
    with pytest.raises(Invalid, match=why):
        said(f"roster solve {path} {more}", capsys)

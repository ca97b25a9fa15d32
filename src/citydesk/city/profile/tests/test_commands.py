"""`citydesk profile …` as a person types it: words, JSON, exit codes."""

import argparse
import json
import shutil

import pytest

from citydesk.city.profile import commands
from citydesk.city.profile.models import ProfileEntry
from citydesk.city.profile.tests.factories import KPIS, SMALL
from citydesk.kernel.command_line import Console


@pytest.fixture
def folder(tmp_path):
    home = tmp_path / "smallville"
    home.mkdir()
    for name, text in SMALL.items():
        (home / name).write_text(text, encoding="utf-8")
    return home


def run(*words, as_json=False):
    parser = argparse.ArgumentParser()
    commands.register(parser.add_subparsers())
    given = parser.parse_args(["profile", *map(str, words)])
    return given.run(given, Console(as_json=as_json))


def test_check_says_what_is_there(folder, capsys):
    assert run("check", folder) == 0
    assert "smallville holds: 5 entries" in capsys.readouterr().out


def test_check_refuses_with_file_line_and_reason(folder, capsys):
    (folder / "kpis.toml").write_text(KPIS.replace('"percent"', '"percents"'), encoding="utf-8")
    assert run("check", folder, as_json=True) == 3
    (problem,) = json.loads(capsys.readouterr().out)["problems"]
    assert (problem["file"], problem["line"]) == ("kpis.toml", 6)
    assert "did you mean percent?" in problem["reason"]


def test_check_refuses_a_file_that_is_no_text(folder, capsys):
    (folder / "notes.csv").write_bytes(b"a,b\n1,\xff\n")
    assert run("check", folder) == 3
    assert "notes.csv:2: this is no UTF-8 text" in capsys.readouterr().out


def test_check_tells_of_a_file_nobody_reads(folder, capsys):
    (folder / "kpi.toml").write_text("", encoding="utf-8")
    assert run("check", folder) == 1
    assert "No room reads kpi.toml." in capsys.readouterr().out


def test_a_folder_is_compared_with_another_without_the_database(folder, tmp_path, capsys):
    other = tmp_path / "other"
    shutil.copytree(folder, other)
    (other / "kpis.toml").write_text(KPIS.replace("90", "91"), encoding="utf-8")
    assert run("diff", other, "--with", folder) == 0
    out = capsys.readouterr().out
    assert "~ kpis on_time\n    target: 90 -> 91" in out
    assert "other beside" in out and "0 only here, 1 different, 0 only there." in out


@pytest.mark.django_db
def test_diff_writes_nothing_and_load_writes_once(folder, capsys):
    assert run("diff", folder) == 0
    assert "+      1  kpis" in capsys.readouterr().out
    assert not ProfileEntry.objects.exists()
    assert run("load", folder) == 0
    assert "5 added, 0 changed, 0 closed, in force from always." in capsys.readouterr().out
    assert run("load", folder) == 0
    assert "Nothing changes" in capsys.readouterr().out
    (folder / "kpis.toml").write_text(KPIS.replace("90", "91"), encoding="utf-8")
    assert run("load", folder, "--effective", "2030-01-01", as_json=True) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["counts"] == {"added": 0, "changed": 1, "closed": 0}
    assert data["changes"][0]["on"] == "2030-01-01"

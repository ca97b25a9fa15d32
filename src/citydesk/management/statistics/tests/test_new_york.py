"""The published figures of the New York file, through the command a person would give."""

import json
from argparse import ArgumentParser
from datetime import date

import pytest

from citydesk.contact.service_requests import services as requests
from citydesk.contact.service_requests.tests.counted import NOW, load_new_york
from citydesk.kernel.command_line import Console
from citydesk.kernel.errors import CitydeskError
from citydesk.management.statistics import commands
from citydesk.management.statistics.queries import answers, measure
from citydesk.management.statistics.rules.selection import Selection

pytestmark = pytest.mark.django_db


@pytest.fixture
def new_york(settings):
    from citydesk.contact.service_requests.tests.factories import load_city

    load_city(now=NOW)
    assert load_new_york() == 4969
    requests.refresh_request_facts(now=NOW)


def main(*words):
    """What `citydesk measure ...` does with these words; refusals as the command's own exit code."""
    parser = ArgumentParser()
    commands.register(parser.add_subparsers())
    given = parser.parse_args(["measure", *words])
    try:
        return given.run(given, Console(as_json=True))
    except CitydeskError:
        return 3


def say(capsys, *words):
    assert main(*words) == 0
    return json.loads(capsys.readouterr().out)


def test_the_command_gives_the_published_figures(new_york, capsys):
    opened = say(capsys, "requests_opened")
    assert (opened["value"], opened["unit"], opened["still_open"]) == (4969, "count", 277)
    assert (opened["from"], opened["to"]) == ("2025-01-01", "2025-03-14")
    assert say(capsys, "requests_closed")["value"] == 4692
    median = say(capsys, "requests_closed_hours_median")
    assert (median["value"], median["unit"], median["denominator"]) == (4.48, "hours", 4692)
    assert (median["method"], median["left_out"]) == ("exact", {"open": 277})
    assert say(capsys, "requests_closed_hours_p90")["value"] == 73.08
    assert {"name", "value", "unit", "numerator", "denominator", "from", "to", "definition"} <= set(median)


def test_histograms_say_their_error_and_keep_it(new_york):
    for code, exact in (("requests_closed_hours_median", 4.4833), ("requests_closed_hours_p90", 73.0767)):
        read = measure.measure(code, Selection(), now=NOW, method="histogram").total
        assert 0 < read.error < 0.026
        assert abs(read.value - exact) <= exact * 0.026
        by_channel = measure.measure(code, Selection().having(channel=("import",)), now=NOW, method="histogram").total
        assert by_channel.value == read.value


def test_many_durations_are_not_sorted_for_the_same_figure(new_york, monkeypatch):
    spans = (Selection(), Selection(date(2025, 1, 10), date(2025, 3, 5)), Selection().having(weekday=(2, 3)))
    codes = ("requests_closed_hours_median", "requests_closed_hours_p90")
    asked = [(code, span) for code in codes for span in spans]
    sorted_ = [measure.measure(code, span, now=NOW, method="exact").total for code, span in asked]
    monkeypatch.setattr(measure, "EXACT_UP_TO", 0)
    run, run_text = [], measure._run

    def noted(found, *rest):
        run.append(found.code)
        return run_text(found, *rest)

    monkeypatch.setattr(measure, "_run", noted)
    looked_up = [measure.measure(code, span, now=NOW, method="exact").total for code, span in asked]
    assert set(run) == {"requests_closed"}
    assert [(one.value, one.beside) for one in looked_up] == [(one.value, one.beside) for one in sorted_]


def test_parts_add_up_and_days_narrow(new_york, capsys):
    by_month = say(capsys, "requests_opened", "--by", "month")
    assert sum(part["value"] for part in by_month["parts"]) == 4969
    by_hour = say(capsys, "requests_opened", "--by", "hour")
    assert sum(part["value"] for part in by_hour["parts"]) == 4969
    assert len(by_hour["parts"]) == 24
    january = say(capsys, "requests_opened", "--from", "2025-01-01", "--to", "2025-01-31")
    assert january["value"] == by_month["parts"][0]["value"]
    middle = say(capsys, "requests_opened", "--from", "2025-01-10", "--to", "2025-03-05")
    days = measure.figures("requests_opened", Selection(date(2025, 1, 10), date(2025, 3, 5)), ("day",), now=NOW)
    assert middle["value"] == sum(day.value for day in days)
    ages = say(capsys, "requests_open_by_age")
    assert ages["value"] == 277 and ages["by"] == "age"


def test_what_is_typed_is_never_sql(new_york, capsys):
    sneaky = "x'; DROP TABLE service_requests_requestday; --"
    assert say(capsys, "requests_opened", "--code", sneaky)["value"] == 0
    assert main("requests_opened", "--by", "1) FROM pg_user --") == 3
    assert main("no_such_measure") == 3
    assert main("requests_opened", "--outcome", "request") == 3
    assert main("requests_opened", "--from", "2025-02-01", "--to", "2025-01-01") == 3
    assert main() == 2
    assert say(capsys, "requests_opened")["value"] == 4969


def test_every_measure_has_words_and_runs(new_york, capsys):
    for one in answers.listed():
        assert one["definition"] and one["label"] and one["unit"] in ("count", "percent", "hours", "seconds", "dollars")
        assert main(one["name"]) == 0, one["name"]
        assert main(one["name"], "--from", "2025-01-10", "--to", "2025-03-05", "--by", "weekday") == 0
        capsys.readouterr()

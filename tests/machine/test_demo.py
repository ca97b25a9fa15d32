"""The demo city builds, small, and lays today's work on the desks of the people one can sign in as."""

import argparse
import json
import os
import subprocess
import sys
from urllib.parse import quote

import psycopg
import pytest

from tests.fixtures.database import template_database, url_of

REQUESTS = 30


@pytest.fixture
def city_url(db):
    """A migrated database of its own."""
    from django.db import connection

    own = connection.settings_dict
    name = f"{own['NAME']}_demo"
    template = template_database(url_of(own))
    with psycopg.connect(url_of(own), autocommit=True) as server:
        server.execute(f'DROP DATABASE IF EXISTS "{name}"')
        server.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        secret = f":{quote(own['PASSWORD'])}" if own["PASSWORD"] else ""
        yield f"postgresql://{own['USER']}{secret}@{own['HOST']}:{own['PORT'] or 5432}/{name}"
        server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def build(url, var, *words):
    environment = {**os.environ, "DATABASE_URL": url, "CITYDESK_VAR": str(var), "PYTHONPATH": "src:."}
    environment |= {"DJANGO_SETTINGS_MODULE": "config.settings", "CITYDESK_DEMO_REQUESTS": str(REQUESTS)}
    environment["CITYDESK_DEMO_TICKS"] = "1"  # a third of a small year's time went into a better roster
    # Every step of the year must go through: a refused one is a fault of the demo, not an accident of its office.
    environment["CITYDESK_DEMO_STRICT"] = "1"
    command = [sys.executable, "-m", "config.cli", "demo", "--build-only", *words]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-3000:]
    return done.stdout


def test_a_small_year_builds_once_and_everybody_has_work_today(city_url, tmp_path):
    # The profile is loaded on the way; the result is one document all the same.
    made = json.loads(build(city_url, tmp_path, "--json"))
    assert made["city"] == "riverton"
    assert {one["password"] for one in made["sign_ins"]} == {"counter-window-seven"}
    with psycopg.connect(city_url) as city:
        requests = city.execute("SELECT count(*) FROM service_requests_servicerequest").fetchone()[0]
        assert requests >= REQUESTS
        late = "SELECT count(*) FROM service_requests_servicerequest WHERE is_open AND due_at < now()"
        assert city.execute(late).fetchone()[0] >= 3
        orders = city.execute("SELECT state, count(*) FROM work_orders_workorder GROUP BY state").fetchall()
        assert sum(count for _state, count in orders) >= 3
        assert city.execute("SELECT count(*) FROM interactions_interaction WHERE state = 'parked'").fetchone()[0] >= 2
        assert city.execute("SELECT count(*) FROM traffic_contactleg WHERE source = 'switch'").fetchone()[0] > 100
        assert city.execute("SELECT count(*) FROM traffic_importanomaly").fetchone()[0] == 0
        early = """SELECT count(*) FROM correspondence_message m JOIN service_requests_servicerequest r
            ON r.id = m.about_id AND m.about_type = 'service_requests.request' WHERE m.written_at < r.recorded_at"""
        assert city.execute(early).fetchone()[0] == 0
        unknown = "traffic_contactleg WHERE source = 'switch' AND transfer_kind <> '' AND transfer_kind <> 'none'"
        passed_on, named = city.execute(
            f"SELECT count(*), count(*) FILTER (WHERE transfer_to <> '') FROM {unknown}"
        ).fetchone()
        assert passed_on == named > 0
        # Calls received: those of the queues, each joined with its leg, and those that never got so far.
        calls = dict(city.execute("SELECT outcome, count(*) FROM traffic_receivedcall GROUP BY outcome").fetchall())
        assert calls["queued"] > 100 and calls["menu"] > 0 and "untold" not in calls
        # What was answered was written down, but for a few.
        paired = (
            "SELECT count(*), count(m.id) FROM traffic_contactleg l LEFT JOIN traffic_legmatch m ON m.leg_id = l.id"
        )
        answered, known = city.execute(
            f"{paired} WHERE l.source = 'switch' AND l.is_current AND l.outcome = 'answered'"
        ).fetchone()
        assert 0.85 * answered < known < answered
        failed = "SELECT task_name, args FROM procrastinate_jobs WHERE status = 'failed'"
        assert city.execute(failed).fetchall() == []
        assert "counter-window-seven" in build(city_url, tmp_path)
        assert city.execute("SELECT count(*) FROM service_requests_servicerequest").fetchone()[0] == requests


def test_another_city_tells_its_own_stories_at_its_sample_addresses(city_url, tmp_path):
    made = json.loads(build(city_url, tmp_path, "--json", "--city", "tulsa"))
    assert made["city"] == "tulsa" and len(made["sign_ins"]) == 11
    with psycopg.connect(city_url) as city:

        def count(what):
            return city.execute(f"SELECT count(*) FROM {what}").fetchone()[0]

        assert count("places_address WHERE NOT is_sample") == 0
        assert count("service_requests_servicerequest WHERE address_id IS NOT NULL") > REQUESTS / 2
        assert count("work_orders_workorder") >= 3
        assert count("referrals_referral") >= 3
        assert count("problems_problem") >= 2
        assert count("complaints_complaint") >= 4
        # Cashiers have a week of their own, too.
        planned = (
            "workforce_staffinggroup WHERE id IN (SELECT group_id FROM workforce_schedule WHERE state = 'published')"
        )
        assert count(planned) == 2
        # Nothing of Riverton's.
        for table, column in (
            ("knowledge_bulletin", "text"),
            ("records_legalhold", "title"),
            ("interactions_promise", "text"),
        ):
            assert count(f"{table} WHERE {column} ~ '(on Elm St|Quarry|Riverton|storm|oak)'") == 0, table
        numbers = "customers_contactpoint WHERE kind = 'phone' AND value ~ '^.(615|731|865|901|931|423)'"
        assert count(numbers) == 0


def test_sample_people_of_a_demo_are_not_asked_for_a_second_factor(monkeypatch):
    from config.cli import demo, prepare

    monkeypatch.setenv("CITYDESK_DEMO", "")
    monkeypatch.delenv("CITYDESK_DEMO")
    monkeypatch.setattr(prepare, "prepare", lambda _console: None)
    monkeypatch.setattr(demo, "load_profile", lambda _folder, _console: None)
    monkeypatch.setattr(demo, "build_year", lambda _console: [])
    console = type("Console", (), {"report": lambda *_words: None})()
    assert demo.run(argparse.Namespace(city="", build_only=True), console) == 0
    assert os.environ["CITYDESK_DEMO"] == "1"


@pytest.mark.owner
def test_half_a_year_of_a_run_that_was_stopped_is_not_taken_for_a_city(db):
    from config.demo.build import is_built, mark
    from config.launcher import LauncherRefused

    mark("is being made")
    with pytest.raises(LauncherRefused, match="not finished"):
        is_built()
    mark("was made")
    assert not is_built()

"""The `citydesk` command: exit codes as documented, JSON wherever it reports."""

import json
import os
import subprocess
import sys

import pytest

from tests.fixtures.database import url_of


def citydesk(*words, url="postgresql://nobody@127.0.0.1:1/nothing", **more):
    environment = {**os.environ, "DATABASE_URL": url, "PYTHONPATH": "src:.", **more}
    environment["DJANGO_SETTINGS_MODULE"] = "config.settings"
    return subprocess.run(
        [sys.executable, "-m", "config.cli", *words], env=environment, capture_output=True, text=True, check=False
    )


def test_help_lists_the_house_and_the_rooms():
    done = citydesk("--help")
    assert done.returncode == 0
    for word in ("demo", "serve", "work", "events", "doctor", "user", "backup", "restore", "profile"):
        assert word in done.stdout


def test_a_wrong_command_line_is_exit_code_two():
    assert citydesk("doctor", "--no-such-option").returncode == 2
    assert citydesk("nonsense").returncode == 2


def test_an_unreachable_database_is_exit_code_four():
    done = citydesk("doctor", "--json")
    assert done.returncode == 4
    (first, *_) = json.loads(done.stdout)["findings"]
    assert first["name"] == "database" and first["state"] == "bad"
    assert citydesk("migrate").returncode == 4


def test_a_database_of_another_version_is_exit_code_four_in_words():
    from django.db import ProgrammingError
    from psycopg.errors import SyntaxError, UndefinedTable

    from config.cli.main import exit_code_of, sentence_of

    def failed(cause):
        try:
            raise ProgrammingError("as Django tells it") from cause
        except ProgrammingError as error:
            return error

    assert exit_code_of(failed(UndefinedTable())) == 4 and "citydesk migrate" in sentence_of(failed(UndefinedTable()))
    assert exit_code_of(failed(SyntaxError())) is None  # a mistake of ours keeps its traceback


def test_a_day_is_refused_in_words():
    from argparse import ArgumentTypeError

    from citydesk.kernel.command_line import day

    assert day("2026-11-24").isoformat() == "2026-11-24"
    with pytest.raises(ArgumentTypeError, match="tomorrow is no day"):
        day("tomorrow")


@pytest.mark.django_db
def test_a_statement_of_a_page_has_an_end_and_one_of_a_job_has_none(monkeypatch):
    from django.db import OperationalError, connection, transaction

    from config.settings.database import PAGE_STATEMENT, database_from_url

    def options(role):
        monkeypatch.setenv("CITYDESK_ROLE", role)
        return database_from_url("postgresql:///citydesk")["OPTIONS"]["options"]

    assert f"statement_timeout={PAGE_STATEMENT}" in options("web")
    assert "statement_timeout" not in options("worker")
    with pytest.raises(OperationalError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 20")
        cursor.execute("SELECT pg_sleep(5)")


@pytest.mark.django_db(transaction=True)
def test_doctor_looks_at_everything_and_users_are_made(tmp_path):
    from django.db import connection

    own = connection.settings_dict
    secret = f":{own['PASSWORD']}" if own["PASSWORD"] else ""
    url = f"postgresql://{own['USER']}{secret}@{own['HOST']}:{own['PORT'] or 5432}/{own['NAME']}"
    done = citydesk("doctor", "--json", url=url, CITYDESK_VAR=str(tmp_path))
    findings = {one["name"]: one for one in json.loads(done.stdout)["findings"]}
    assert {"database", "migrations", "extensions", "profile", "worker", "jobs", "disk", "mail", "secrets"} <= set(
        findings
    )
    assert findings["migrations"]["state"] == findings["extensions"]["state"] == "ok"
    assert findings["worker"]["state"] == "bad" and done.returncode == 1
    assert not any("could not be looked at" in one["words"] for one in findings.values())

    made = citydesk("user", "create", "ana", "--name", "Ana Reyes", "--json", url=url, CITYDESK_VAR=str(tmp_path))
    assert made.returncode == 0, made.stderr
    assert "/accounts/" in json.loads(made.stdout)["set_password_at"]
    twice = citydesk("user", "create", "ana", "--name", "Ana Reyes", url=url, CITYDESK_VAR=str(tmp_path))
    assert twice.returncode == 3 and "Traceback" not in twice.stderr
    gone = citydesk("user", "disable", "ana", "--reason", "left", url=url, CITYDESK_VAR=str(tmp_path))
    assert gone.returncode == 0, gone.stderr
    assert url_of(own)

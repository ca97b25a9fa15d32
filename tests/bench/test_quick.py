"""The bench itself, small: every measure runs on the code as it is, and no page says more statements than it may."""

import json
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import pytest

ROOT = Path(__file__).resolve().parents[2]
# django-helpdesk comes over the network and a served house needs a port of its own: those two run in `make bench`.
MEASURES = ("queue", "request", "intake", "draft", "search", "nearby", "import", "report", "traffic")
STATEMENTS = {"queue_statements": 6, "request_statements": 12}


def address_of(server):
    """The test server as a URL; bench makes and drops a database of its own there."""
    sign_in = quote(server["USER"]) + (f":{quote(server['PASSWORD'])}" if server["PASSWORD"] else "")
    host, port = server["HOST"], server["PORT"]
    if host.startswith("/"):
        return f"postgresql://{sign_in}@/postgres?host={quote(host)}&port={port or 5432}"
    return f"postgresql://{sign_in}@{host or 'localhost'}:{port or 5432}/postgres"


@pytest.fixture(scope="module")
def told(django_db_setup, tmp_path_factory):
    from django.db import connections

    name = f"bench_quick_{os.getpid()}"
    command = [sys.executable, "-m", "tests.bench", "--quick", "--only", ",".join(MEASURES)]
    command += ["--database", name, "--out", f"{name}.json"]
    environment = {
        **os.environ,
        "PYTHONPATH": "src:.",
        "DATABASE_URL": address_of(connections["default"].settings_dict),
    }
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    file = ROOT / "build" / f"{name}.json"
    assert file.exists(), done.stdout[-2000:] + done.stderr[-4000:]
    data = json.loads(file.read_text())
    file.unlink()
    return {**data, "code": done.returncode, "said": done.stdout[-3000:]}


@pytest.mark.bench
@pytest.mark.timeout(1800)
def test_every_measure_runs(told):
    assert told["not_measured"] == {}
    assert told["code"] == 0, told["said"]
    names = {one["name"] for one in told["figures"]}
    assert {"queue_cpu", "request_cpu", "intake_times_bare", "draft_cpu", "search_p95", "nearby_p95"} <= names
    assert {"import_share_of_copy", "report_requests_opened_ten_years", "report_page_ten_years"} <= names
    assert {"queue_log_import", "queue_log_again", "facts_rebuilt", "board_database"} <= names
    assert all(one["value"] >= 0 for one in told["figures"])


@pytest.mark.bench
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("name", STATEMENTS)
def test_pages_say_no_more_statements_than_they_may(told, name):
    found = next(one for one in told["figures"] if one["name"] == name)
    assert found["value"] <= STATEMENTS[name]
    assert found["met"] is True


@pytest.mark.bench
@pytest.mark.timeout(1800)
def test_run_says_what_it_was_measured_on(told):
    city = told["about"][0]
    assert city["rows"] == {"requests": 10_000, "interactions": 10_000, "timeline": 20_000}
    assert city["postgresql"]
    assert city["packages"]["django"]

"""Malformed Open311 calls: 10,000 by hypothesis in the process, and schemathesis against the served house.

No answer is 500, each is in the format asked for and as the OpenAPI description says, no process dies.
"""

import re
import subprocess
import sys
import threading
from collections import Counter

import pytest

from citydesk.contact.service_requests.tests.test_fuzz import fuzz
from tests.drills.conftest import FULL

pytestmark = [pytest.mark.drill, pytest.mark.timeout(3600)]
CALLS = 10_000 if FULL else 1_000
EXAMPLES = 400 if FULL else 8  # for each of the seven operations
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"


@pytest.mark.django_db
def test_ten_thousand_malformed_calls(monkeypatch, report):
    monkeypatch.setattr("citydesk.contact.service_requests.api.asked.throttle", lambda *a, **k: None)
    fuzz(CALLS)
    report(calls=CALLS, server_errors=0)


def test_served_house_answers_as_it_describes(house, seed, report):
    """Over the wire, with a key that may report, so that the calls get past the door."""
    city = house("web")
    pids = (city.pid("web"), sorted(city.web_workers()))
    before = city.sql("SELECT coalesce(max(id), 0) FROM interactions_rawintake")[0][0]
    done = threading.Event()
    refill = threading.Thread(target=refill_allowances, args=(city, done), daemon=True)
    refill.start()
    log = city.place / "schemathesis.ndjson"
    words = [
        *("run", f"{city.url}/open311/v2/openapi.json", "--checks", CHECKS, "--phases", "examples,coverage,fuzzing"),
        *("--max-examples", str(EXAMPLES), "--seed", str(seed), "--generation-database", "none"),
        *("--request-timeout", "60", "--suppress-health-check", "all", "--continue-on-failure"),
        *("--header", f"Authorization: Bearer {city.facts['key']}", "--report-ndjson-path", str(log), "--no-color"),
    ]
    try:
        said = subprocess.run(
            [sys.executable, "-m", "schemathesis.cli", *words],
            cwd=city.place,
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        done.set()
        refill.join()
    statuses = statuses_in(log)
    report(calls=statuses.total(), statuses=f"[{' '.join(f'{code}:{n}' for code, n in sorted(statuses.items()))}]")
    assert said.returncode == 0, said.stdout[-6000:] + said.stderr[-1000:]
    assert statuses.total() >= EXAMPLES * 3 and not [code for code in statuses if code >= 500]
    assert (city.pid("web"), sorted(city.web_workers())) == pids, "a process died"
    waiting = city.sql("SELECT count(*) FROM interactions_rawintake WHERE state = 'pending' AND id > %s", before)
    assert waiting == [(0,)], waiting


def refill_allowances(city, done):
    """One client may read 1,200 times a minute; this one is to reach the code behind that door."""
    while not done.wait(1.0):
        city.sql("DELETE FROM kernel_throttlebucket")


def statuses_in(log):
    """How often each status was answered."""
    return Counter(
        int(code) for line in log.read_text().splitlines() for code in re.findall(r'"status_code":\s?(\d{3})', line)
    )

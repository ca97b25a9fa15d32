"""New due times for tens of thousands of open requests: a real worker counts and moves them, and is killed meanwhile.

What is killed goes on where it was: every request is looked at once in all, moved once, with one entry of its history.
Processor time and memory are the worker's own, read from the system.
"""

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection

from citydesk.city.staff.tests.factories import access_of, make_user
from citydesk.contact.service_requests import services
from citydesk.contact.service_requests.models import RecomputeProposal, RequestClock, ServiceRequest
from citydesk.contact.service_requests.tests.factories import CITY, everything, load_city, make_request
from citydesk.kernel.clock import utc_now
from citydesk.kernel.models import AuditEntry
from citydesk.kernel.tests.test_live import cpu_seconds, database
from tests.drills.conftest import FULL

pytestmark = [
    pytest.mark.drill,
    pytest.mark.timeout(3600),
    pytest.mark.django_db(transaction=True),
    pytest.mark.owner,
]
REQUESTS = 50_000 if FULL else 700
KILLS = 3 if FULL else 1
# The same request again under other numbers: what a worker reads and writes is as real as with requests of their own.
UNLIKE = {
    "service_requests_servicerequest": {
        "id": "id + {by}",
        "number": "left(number || '-' || {at}, 20)",
        "public_token": "md5(public_token || {at})",
    },
    "service_requests_requestclock": {"id": "id + {by}", "request_id": "request_id + {by}"},
}


def many(rows):
    """Open requests by the number: some recorded by the desk, then copied."""
    boss, yesterday = everything(), utc_now() - timedelta(days=1)
    first = [make_request("pothole" if at % 4 else "tree_down", now=yesterday) for at in range(20)]
    for row in first:
        services.take_it(request_id=row.pk, access=boss, now=yesterday)
    ids = [row.pk for row in first]
    with connection.cursor() as cursor:
        for table, unlike in UNLIKE.items():
            cursor.execute(
                "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND is_generated = 'NEVER'"
                " ORDER BY ordinal_position",
                [table],
            )
            columns = [name for (name,) in cursor.fetchall()]
            given = [unlike.get(one, f'"{one}"').format(by="at.n * 100000", at="at.n") for one in columns]
            key = "id" if table.endswith("request") else "request_id"
            cursor.execute(
                f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(given)} FROM {table},"
                f" generate_series(1, %s) AS at (n) WHERE {key} = ANY (%s)",
                [rows // len(ids) - 1, ids],
            )
            cursor.execute(f"ANALYZE {table}")
    assert ServiceRequest.objects.open().count() == rows


@contextlib.contextmanager
def worker():
    own = database()
    password = f":{own['password']}" if own.get("password") else ""
    address = f"postgresql://{own['user']}{password}@/{own['dbname']}?host={own['host']}&port={own.get('port', '')}"
    environment = {**os.environ, "DATABASE_URL": address, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-m", "config.cli", "work", "--queues", "heavy"]
    with subprocess.Popen(command, env=environment) as process:
        try:
            yield process
        finally:
            process.kill()
            process.wait(30)


def now_at(proposal):
    return RecomputeProposal.objects.values_list("state", "looked_at").get(pk=proposal)


def until(proposal, state, share, process, seconds=1200):
    """Wait until the worker got to a state or so far; returns its processor time and most memory in MB."""
    end = time.monotonic() + seconds
    while (found := now_at(proposal))[0] != state and found[1] < share:
        assert time.monotonic() < end and process.poll() is None, now_at(proposal)
        time.sleep(0.1)
    words = Path(f"/proc/{process.pid}/status").read_text()
    return cpu_seconds(process.pid), int(re.search(r"VmHWM:\s+(\d+) kB", words)[1]) / 1024


def give_back():
    """What the sweep does once a worker was not heard for half a minute."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT procrastinate_retry_job_v2(id, now(), NULL, NULL, NULL) FROM procrastinate_jobs"
            " WHERE status = 'doing'"
        )


def through(proposal, state, kills):
    """Let workers do a phase, each but the last killed on its way; returns what they cost: seconds, MB."""
    cost = most = 0.0
    for at in range(kills + 1):
        with worker() as process:
            is_last = at == kills
            share = REQUESTS + 1 if is_last else REQUESTS * (at + 1) // (kills + 2)
            spent, held = until(proposal, state, share, process)
            cost, most = cost + spent, max(most, held)
            if not is_last:
                process.send_signal(signal.SIGKILL)
                process.wait(30)
                give_back()
    return cost, most


def test_tens_of_thousands_are_counted_and_moved_by_workers_that_are_killed(report):
    now = utc_now()
    load_city(now=now - timedelta(days=3))
    pam, lou = (access_of(make_user(name, roles=["supervisor"])) for name in ("pam", "lou"))
    many(REQUESTS)
    promised = dict(ServiceRequest.objects.values_list("pk", "promised_at"))
    load_city({"sla.toml": (CITY / "sla.toml").read_text().replace("days = 5", "days = 2")}, now=now)
    began = time.monotonic()
    asked = services.ask_recompute(scope={}, access=pam, now=now)
    asking = time.monotonic() - began
    counting, held = through(asked, "counted", KILLS)
    figures = RecomputeProposal.objects.get(pk=asked).figures
    assert figures["looked_at"] == REQUESTS and figures["earlier"] == REQUESTS * 3 // 4, json.dumps(figures)
    services.propose_counted(proposal_id=asked, reason="Council", access=pam, now=utc_now())
    services.decide_recompute(proposal_id=asked, is_approved=True, access=lou, now=utc_now())
    applying, held_too = through(asked, "applied", KILLS)
    done = RecomputeProposal.objects.get(pk=asked)
    entries = AuditEntry.objects.filter(code="service_requests.recomputed").values_list("object_id", flat=True)
    report(
        requests=REQUESTS,
        moved=done.applied_count,
        kills=2 * KILLS,
        ask_ms=round(1000 * asking),
        count_cpu_s=round(counting, 1),
        apply_cpu_s=round(applying, 1),
        worker_mb=round(max(held, held_too)),
    )
    assert done.applied_count == REQUESTS * 3 // 4 == len(entries) == len(set(entries))
    assert done.result["promises_kept"] == done.applied_count
    assert dict(ServiceRequest.objects.values_list("pk", "promised_at")) == promised
    assert not RequestClock.objects.filter(allowance={"days": 5}).exists()

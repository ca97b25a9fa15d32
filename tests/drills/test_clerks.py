"""Virtual clerks in an open loop, and a storm of reports beside them. Small: that all of it works, and nothing is lost.

At full size the figures are measured by one command on a quiet machine (docs/drills.md); here speed is only compared
with itself, because a busy machine makes all of it slower.
"""

import os
import subprocess
import sys

import pytest

from tests.drills import open_loop
from tests.drills.clerks import as_figures
from tests.drills.clients import PLACE
from tests.drills.conftest import FULL
from tests.drills.installation import ROOT
from tests.drills.open_loop import READS, WRITES, Clerk

pytestmark = [pytest.mark.drill, pytest.mark.timeout(7200)]

ROWS, CLERKS, RATE, SECONDS = 2_000, 4, 6.0, 3.0
STORM_TIMES = 10
TOKEN = "c" * 32
WORDS = ("oak st", "broken", "pothole", "1218 oak", "drill report")


@pytest.fixture
def crowd(installation, house):
    """A web server, a city with two thousand requests, and the clerks who look at them."""
    fill(installation)
    city = house("web", workers=1)
    cookies = f"session={city.facts['session']}; csrf={TOKEN}"
    rows = city.sql("SELECT number FROM service_requests_servicerequest WHERE is_open ORDER BY md5(number) LIMIT 100")
    lists = ["/desk/requests/", "/desk/requests/?show=open&sort=due", "/desk/"]
    clerks = [Clerk(cookies, TOKEN, lists, [number for (number,) in rows], WORDS) for _ in range(CLERKS)]
    yield city, clerks
    installation.stop()
    installation.sql("DELETE FROM procrastinate_jobs WHERE status = 'todo'")


def fill(installation):
    """Copies of one request under numbers of their own, by SQL."""
    names = [
        name
        for (name,) in installation.sql(
            "SELECT column_name FROM information_schema.columns WHERE table_name = 'service_requests_servicerequest'"
            " AND is_generated = 'NEVER' AND column_name NOT IN ('id', 'number', 'public_token', 'external_id')"
        )
    ]
    have = installation.sql("SELECT count(*) FROM service_requests_servicerequest")[0][0]
    installation.sql(
        f"INSERT INTO service_requests_servicerequest (number, public_token, external_id, {', '.join(names)})"
        " SELECT 'SR-20-' || lpad(n::text, 6, '0') || '-X', md5('clerks' || n), '', "
        f"{', '.join(f'one.{name}' for name in names)}"
        " FROM generate_series(1, %s) n, (SELECT * FROM service_requests_servicerequest ORDER BY id LIMIT 1) one"
        " ON CONFLICT DO NOTHING",
        max(0, ROWS - have),
    )
    installation.sql("ANALYZE service_requests_servicerequest")


@pytest.mark.skipif(FULL, reason="at full size: python -m tests.drills.clerks, see below")
def test_clerks_get_their_pages_and_a_storm_loses_nothing(crowd, seed, report):
    city, clerks = crowd
    plan = open_loop.plan_of(clerks, RATE, SECONDS, seed)
    usual = open_loop.run(city.port, plan)
    report(clerks=CLERKS, offered=len(plan), **as_figures(usual))
    # On a machine that is slow enough somebody is turned away; nobody goes unanswered.
    assert usual.count(*READS, *WRITES) + usual.shed.total() == len(plan) and not usual.wrong, usual.wrong[:3]

    intake = open_loop.intake_of(city.facts["key"], RATE / 10 * STORM_TIMES, SECONDS, seed, PLACE, "pothole")
    told = {}

    def hear(one, status, body):
        if one.kind == "intake" and status == 200:
            told[one.fields["description"]] = body

    storm = open_loop.run(city.port, [*open_loop.plan_of(clerks, RATE, SECONDS, seed + 1), *intake], heard=hear)
    kept = kept_of(city, seed)
    report(intake=len(intake), acknowledged=len(told), lost=len(told.keys() - kept), **as_figures(storm))
    assert not storm.wrong, storm.wrong[:3]
    assert len(told) + storm.shed["intake"] == len(intake) and set(told) <= kept


def kept_of(city, seed):
    """The words of the storm's reports that are there, each once."""
    rows = city.sql(
        "SELECT description, count(*) FROM service_requests_servicerequest WHERE starts_with(description, %s)"
        " GROUP BY 1",
        f"Storm report {seed}-",
    )
    assert all(count == 1 for _words, count in rows), rows
    return {words for words, _count in rows}


def test_control_a_generator_sees_those_who_were_turned_away(monkeypatch):
    """A server that has no room: the generator must count refusals and not take them for quick answers."""
    import threading
    from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

    class Full(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(503 if "view" in self.path else 500)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_words):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Full)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    plan = [open_loop.Ask(0.0, "view", "/view"), open_loop.Ask(0.0, "list", "/list")]
    found = open_loop.run(server.server_address[1], plan)
    server.shutdown()
    assert found.shed["view"] == 1 and len(found.wrong) == 1 and not found.took


@pytest.mark.skipif(not FULL, reason="needs a million requests and a quiet machine")
def test_200_clerks_at_a_million_requests(seed, capsys):
    """The database that `tests.bench --rows 1000000 --only queue,request --keep --database bench_1m` left."""
    words = ["--database", os.environ.get("CLERKS_DATABASE", "bench_1m"), "--seed", str(seed), "--storm", "600"]
    with capsys.disabled():
        done = subprocess.run([sys.executable, "-m", "tests.drills.clerks", *words], cwd=ROOT, check=False)
    assert done.returncode == 0

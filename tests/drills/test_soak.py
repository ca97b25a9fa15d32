"""Hours of ordinary work, shortened: posts, queue pages, tracking pages and open streams at once.

Nothing fails, no process grows beyond the bound, no connection and no open file is left behind.
"""

import threading
import time
from collections import Counter
from statistics import median

import pytest

from tests.drills.clients import Clients, faults
from tests.drills.conftest import FULL
from tests.drills.installation import PATIENCE, memory_of, open_files_of
from tests.drills.streams import Stream

pytestmark = [pytest.mark.drill, pytest.mark.timeout(3600)]

SECONDS = 600 if FULL else 10
# So often at least, however slow the machine is, before the time begins to count.
LEAST = 100 if FULL else 5
# What a process may grow by after its first fifth of the time, in which it fills its caches. Seconds are too short for
# that: the second web process may first be asked late. The small soak finds only what grows without any measure.
GROWTH_MB = 25 if FULL else 120
PAGES = ("queue", "request", "tracking", "portal", "open311")
MORE_FILES = 8  # a process's first use of a thread opens its connection
# Two web processes of four threads, a worker's four lanes with a thread for each job and a pool to listen on, the event
# process, this test, and room: 42 were counted since the worker has lanes.
MOST_CONNECTIONS = 50
# What may still be opened after the first two fifths. In the small soak a thread may first be asked in its last second,
# so only the bound above says something there.
MORE_CONNECTIONS = 2 if FULL else MOST_CONNECTIONS


class Readers:
    """People who open pages, one after the other; whatever is not 200 is noted."""

    def __init__(self, city):
        self.city, self.ending = city, threading.Event()
        self.said, self.bad, self.threads = Counter(), [], []

    def read(self, name, path, *, cookie="", pause=0.2):
        def run():
            while not self.ending.is_set():
                status, _headers, body = self.city.get(path, cookie=cookie, seconds=60)
                self.said[name] += 1
                if status != 200:
                    self.bad.append((path, status, body[:200]))
                self.ending.wait(pause)

        thread = threading.Thread(target=run, daemon=True)
        self.threads.append(thread)
        thread.start()

    def end(self):
        self.ending.set()
        for thread in self.threads:
            thread.join(70)


def look(city):
    """Memory and open files of each process, and the database's connections."""
    pids = {"web": city.pid("web"), "worker": city.pid("worker"), "events": city.pid("events")}
    pids |= {f"web{number}": pid for number, pid in enumerate(sorted(city.web_workers()))}
    connections = city.sql("SELECT count(*) FROM pg_stat_activity WHERE datname = 'citydesk'")[0][0]
    facts = {name: (pid, memory_of(pid), open_files_of(pid)) for name, pid in pids.items()}
    return time.monotonic(), facts, connections


def middle(looks, name, part):
    return median(facts[name][part] for _at, facts, _connections in looks)


def test_mixed_load_leaves_nothing_behind(house, sink, seed, report):
    city = house("web", "worker", "events")
    sink.begin()
    session, readers = city.facts["session"], Readers(city)
    clients = Clients(city.port, city.facts["key"], seed, hang_ups=0)
    streams = [Stream(city, session) for _ in range(10)]
    looks = []
    try:
        clients.post_all(100_000, clients=2, pause=0.2)
        readers.read("queue", "/desk/requests/", cookie=session)
        readers.read("queue", "/desk/requests/?sort=-due", cookie=session)
        readers.read("request", f"/desk/requests/{city.facts['numbers'][0]}/", cookie=session)
        readers.read("tracking", f"/track/{city.facts['tracks'][0]}/")
        readers.read("portal", "/")
        readers.read("open311", "/open311/v2/services.json")
        wait_until_warm(clients, readers, streams)
        began = time.monotonic()
        while time.monotonic() - began < SECONDS:
            looks.append(look(city))
            time.sleep(SECONDS / 60)
        is_streaming = city.get("/healthz", port=city.port + 1)
    finally:
        clients.give_up()
        for stream in streams:
            stream.hang_up()
        clients.wait()
        readers.end()
        for stream in streams:
            stream.close()
    looks.append(look(city))
    check(city, clients, readers, looks, seed, report)
    assert is_streaming[0] == 200 and b'"dropped": 0' in is_streaming[2], is_streaming


def wait_until_warm(clients, readers, streams):
    """Until everything was done often enough to say something about it: what is opened by first use is open then."""
    until = time.monotonic() + 2 * PATIENCE
    while True:
        done = [len(clients.log.told), *(readers.said[name] for name in PAGES)]
        if min(done) >= LEAST and all(stream.opened for stream in streams):
            return
        assert time.monotonic() < until, (readers.said, len(clients.log.told))
        time.sleep(0.1)


def check(city, clients, readers, looks, seed, report):
    """Compare the first steady fifth with the last."""
    fifth = max(1, len(looks) // 5)
    early, late = looks[fifth : 2 * fifth], looks[-fifth:]
    grown = {name: (middle(late, name, 1) - middle(early, name, 1)) / 1e6 for name in looks[0][1]}
    opened = {name: looks[-1][1][name][2] - middle(early, name, 2) for name in looks[0][1]}
    connections = [number for _at, _facts, number in looks]
    rows = city.sql(
        "SELECT description, number FROM service_requests_servicerequest WHERE starts_with(description, %s)",
        f"Drill report {seed}-",
    )
    # A client that was told to give up in the middle of a try knows of no answer.
    clients.log.refused = {name: why for name, why in clients.log.refused.items() if why != "no answer"}
    found = faults(clients.log, rows)
    pages = " ".join(f"{name}:{count}" for name, count in sorted(readers.said.items()))
    report(posts=len(clients.log.told), pages=f"[{pages}]", bad=len(readers.bad), faults=len(found),
           growth_mb=f"[{' '.join(f'{name}:{size:.1f}' for name, size in grown.items())}]",
           resident_mb=f"[{' '.join(f'{name}:{middle(late, name, 1) / 1e6:.0f}' for name in grown)}]",
           connections=f"{min(connections)}-{max(connections)}", bound_mb=GROWTH_MB)  # fmt: skip
    assert not readers.bad, readers.bad[:5]
    assert not found, found[:5]
    assert {name: facts[0] for name, facts in looks[0][1].items()} == {
        name: facts[0] for name, facts in looks[-1][1].items()
    }, ("a process was started again", city.last_words())
    assert max(grown.values()) <= GROWTH_MB, grown
    assert max(opened.values()) <= MORE_FILES, opened
    assert max(connections) <= MOST_CONNECTIONS, connections
    assert connections[-1] <= max(connections[: 2 * fifth]) + MORE_CONNECTIONS, connections

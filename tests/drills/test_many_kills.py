"""Two hundred kills over web, worker, event process and database in one go, while reports and letters come in.

The checks are those of `test_kills`, whose negative controls stand there: an early thank-you, a worker that notes
nothing, commits that do not wait for the disk.
"""

import os
import random
import time
from collections import Counter

import pytest

from tests.drills.clients import Clients
from tests.drills.conftest import FULL
from tests.drills.installation import wait_until
from tests.drills.letters import faults_of_letters, letters, queue_letters, work_off
from tests.drills.streams import Stream
from tests.drills.test_kills import check_posts

SIZE = os.environ.get("DRILL_SIZE", "")
pytestmark = [
    pytest.mark.drill,
    pytest.mark.timeout(7200),
    pytest.mark.skipif(not SIZE, reason="test_kills is the small size, part by part; DRILL_SIZE=small runs this one"),
]

POSTS = 10_000 if FULL else 60
# How often each is killed; the database's kills are what takes time.
KILLS = (
    {"web worker": 85, "web server": 15, "worker": 45, "events": 25, "database": 30}
    if FULL
    else {"web worker": 1, "worker": 1, "events": 1, "database": 1}
)
BATCHES, BATCH = (24, 40) if FULL else (1, 12)
# A busy machine may be given less time than all of it takes: what was done by then is checked, and said.
MINUTES = float(os.environ.get("DRILL_MINUTES", "inf"))


def test_many_kills_over_everything_lose_and_double_nothing(house, sink, seed, report):
    city = house("web", "worker", "events")
    sink.begin(slowness=0.02)
    chance, killed = random.Random(seed), Counter()
    plan = [kind for kind, times in KILLS.items() for _ in range(times)]
    chance.shuffle(plan)
    stream = Stream(city, city.facts["session"])
    clients = Clients(city.port, city.facts["key"], seed)
    written = queue_batch(city, seed, 0)
    clients.post_all(POSTS)
    slowest, until = 0.0, time.monotonic() + MINUTES * 60
    try:
        for number, kind in enumerate(plan):
            if time.monotonic() > until:
                clients.give_up()
                break
            await_progress(clients, chance, len(plan) - number)
            slowest = max(slowest, kill(city, kind, chance))
            killed[kind] += 1
            if kind == "database" and written < BATCHES:
                written += queue_batch(city, seed, written)
        while written < BATCHES and time.monotonic() < until:
            written += queue_batch(city, seed, written)
        clients.wait()
        opened = stream.opened
        wait_until(lambda: stream.opened > opened or is_listening(city), "the stream of live news")
    finally:
        clients.give_up()
        stream.close()
    work_off(city, seed, is_hurried=not FULL)
    city.stop()
    is_whole = time.monotonic() < until
    if not is_whole:  # a client that was told to end in the middle of a try knows of no answer
        clients.log.refused = {name: why for name, why in clients.log.refused.items() if why != "no answer"}
    left = check_posts(city, clients, seed, is_whole=is_whole)
    states, log = letters(city, seed), clients.log
    found = faults_of_letters(states, sink.arrived)
    report(kills=killed.total(), of=f"[{' '.join(f'{kind}:{n}'.replace(' ', '_') for kind, n in killed.items())}]",
           posts=POSTS, acknowledged=len(log.told), lost=0, doubled=0, tries=log.tries, hung_up=log.hung_up,
           said_503=log.away.total(), left_to_sweep=sum(left.values()), messages=len(states),
           unknown=sum(one.state == "unknown" for one in states.values()),
           twice=sum(times > 1 for times in sink.arrived.values()), streams_opened=stream.opened,
           slowest_recovery=f"{slowest:.1f}s")  # fmt: skip
    assert not found, (found[:10], city.last_words())
    assert len(states) == written * BATCH
    assert not is_whole or (killed.total() == sum(KILLS.values()) and len(log.told) == POSTS and written == BATCHES)


def queue_batch(city, seed, number):
    queue_letters(city, f"{seed}-{number}", BATCH)
    return 1


def is_listening(city):
    return city.get("/healthz", port=city.port + 1)[0] == 200


def await_progress(clients, chance, kills_left):
    """So many more answers that posts and kills end together, and a moment more; with the last post nothing waits."""
    posts_left = POSTS - len(clients.log.told)
    goal = len(clients.log.told) + chance.randint(1, max(1, round(1.6 * posts_left / (kills_left + 1))))
    wait_until(lambda: len(clients.log.told) >= goal or not clients.is_posting(), "posts", 300)
    time.sleep(chance.uniform(0, 0.1))


def kill(city, kind, chance):
    """SIGKILL to one; seconds until the queue's page came back where the database was it."""
    if kind == "web worker":
        city.kill(chance.choice(wait_until(city.web_workers, "a web worker")))
    elif kind == "web server":
        city.kill(wait_until(lambda: city.pid("web"), "the web server"))
    elif kind == "database":
        city.server.kill()
        time.sleep(chance.uniform(0, 1.0))
        began = time.monotonic()
        city.server.ensure()
        wait_until(lambda: city.get("/desk/requests/", cookie=city.facts["session"])[0] == 200, "the queue page")
        return time.monotonic() - began
    else:
        city.kill(wait_until(lambda: city.pid(kind), f"the {kind}"))
    return 0.0

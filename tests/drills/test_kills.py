"""Web workers, the worker, the database and the event process are killed under work: nothing is lost, nothing doubled.

Each drill has a negative control beside it: the same check against programs without their protection must find faults.
"""

import json
import random
import threading
import time

import pytest

from tests.drills.clients import Clients, Log, faults
from tests.drills.conftest import FULL
from tests.drills.installation import PATIENCE, wait_until
from tests.drills.letters import faults_of_letters, letters, queue_letters, work_off
from tests.drills.streams import Stream

pytestmark = [pytest.mark.drill, pytest.mark.timeout(3600)]

POSTS = 2000 if FULL else 150
DATABASE_POSTS = 500 if FULL else 100
DATABASE_KILLS = 10 if FULL else 2
DATABASE_MESSAGES = 100 if FULL else 40
MESSAGES = 500 if FULL else 40
MESSAGE_KILLS = 20 if FULL else 2
EVENT_KILLS = 5 if FULL else 1
CHANCES = 5  # rounds of a control whose fault hangs on a moment: the log's writer may come just before the kill


def requests_of(installation, seed):
    """Description and number of every request this drill's clients made."""
    table = "service_requests_servicerequest"
    return installation.sql(
        f"SELECT description, number FROM {table} WHERE starts_with(description, %s)", f"Drill report {seed}-"
    )


def check_conservation(installation, seed):
    """After the sweeps nothing sent waits raw, and each request has its one contact."""
    swept = json.loads(installation.do("tests.drills.prepare", "later"))
    waiting = installation.sql(
        "SELECT state, count(*) FROM interactions_rawintake"
        " WHERE state <> 'processed' AND position(%s::bytea IN body) > 0 GROUP BY state",
        f"Drill+report+{seed}-".encode(),
    )
    assert not waiting, waiting
    doubled = installation.sql(
        "SELECT request_id, count(*) FROM service_requests_requestcontact WHERE kind = 'recorded'"
        " GROUP BY request_id HAVING count(*) > 1"
    )
    assert not doubled, doubled
    return swept["posts"]


def check_posts(installation, clients, seed, *, is_whole=True):
    """Sweeps, then the comparison of the clients' notes with the city; not `is_whole`: clients were told to end."""
    left = check_conservation(installation, seed)
    found = faults(clients.log, requests_of(installation, seed))
    assert not found, (found[:10], installation.last_words())
    assert not is_whole or len(clients.log.told) == len(clients.log.intents)
    return left


def kill_web(installation, clients, seed):
    """Kill web workers at random moments while clients post, and now and then the server above them; how many."""
    chance, workers, servers = random.Random(seed), 0, 0
    if not FULL:  # one of each, somewhere in the first half of the posts
        for goal in sorted(chance.sample(range(POSTS // 8, POSTS // 2), 2)):
            wait_until(lambda goal=goal: len(clients.log.told) >= goal or not clients.is_posting(), "posts")
            if servers + workers == seed % 2:
                servers += installation.kill(wait_until(lambda: installation.pid("web"), "the web server"))
            else:
                workers += installation.kill(chance.choice(wait_until(installation.web_workers, "a web worker")))
        return workers, servers
    while clients.is_posting():
        # By progress, not by the clock: on a slow machine nothing would ever be up for long enough to serve.
        goal = len(clients.log.told) + chance.randint(10, 70)
        wait_until(lambda goal=goal: len(clients.log.told) >= goal or not clients.is_posting(), "posts", 300)
        time.sleep(chance.uniform(0, 0.1))
        if chance.random() < 0.1 and (server := installation.pid("web")):
            servers += installation.kill(server)
        elif pids := installation.web_workers():
            workers += installation.kill(chance.choice(pids))
    return workers, servers


def test_web_killed_during_posts_loses_and_doubles_nothing(house, seed, report):
    city = house("web")
    clients = Clients(city.port, city.facts["key"], seed)
    clients.post_all(POSTS)
    workers, servers = kill_web(city, clients, seed)
    clients.wait()
    left = check_posts(city, clients, seed)
    log = clients.log
    report(posts=POSTS, acknowledged=len(log.told), lost=0, doubled=0, worker_kills=workers, server_kills=servers,
           tries=log.tries, hung_up=log.hung_up, tokens=sum(told.startswith("token:") for told in log.told.values()),
           left_to_sweep=sum(left.values()))  # fmt: skip
    assert workers + servers >= (20 if FULL else 2)


def test_control_an_early_thank_you_is_found_out(house, seed, report):
    """A web process that acknowledges before it keeps anything: the check must see the loss."""
    city = house("web", careless=True, workers=1)
    clients = Clients(city.port, city.facts["key"], seed, hang_ups=0)
    clients.post_all(8)
    wait_until(lambda: len(clients.log.told) == 8, "eight thank-yous")
    for pid in city.web_workers():
        city.kill(pid)
    found = faults(clients.log, requests_of(city, seed))
    report(acknowledged=8, lost=len(found))
    assert any(fault.startswith("lost:") for fault in found), found


def test_control_the_checker_knows_each_kind_of_fault():
    log = Log(intents={"a", "b", "c"}, told={"a": "SR-1", "b": "SR-2", "c": "token:x"})
    rows = [("a", "SR-1"), ("a", "SR-3"), ("b", "SR-9"), ("d", "SR-4")]
    kinds = sorted(fault.partition(":")[0] for fault in faults(log, rows))
    assert kinds == ["2 times", "another number", "another number", "lost", "never sent"]
    assert faults(log, [("a", "SR-1"), ("b", "SR-2"), ("c", "SR-3")]) == []


def test_killed_worker_sends_each_message_once_or_says_unknown(house, sink, seed, report):
    city = house("worker")
    sink.begin(slowness=0.02)
    chance, killed = random.Random(seed), []
    goals = sorted(chance.sample(range(1, MESSAGES - 5), MESSAGE_KILLS))

    def pull_the_plug(arrived):
        """Half the kills in the middle of a message, before the sender hears that it arrived; half a moment later."""
        if goals and arrived >= goals[0] and (pid := city.pid("worker")):
            goals.pop(0)
            if chance.random() < 0.5:
                killed.append(city.kill(pid))
            else:
                threading.Timer(chance.uniform(0, 0.3), lambda: killed.append(city.kill(pid))).start()

    sink.on_accepted = pull_the_plug
    queue_letters(city, seed, MESSAGES)
    work_off(city, seed, is_hurried=not FULL)
    city.stop()
    states = letters(city, seed)
    found = faults_of_letters(states, sink.arrived)
    unknown = [key for key, letter in states.items() if letter.state == "unknown"]
    report(messages=MESSAGES, kills=sum(killed), sent=len(states) - len(unknown), unknown=len(unknown),
           arrived=len(sink.arrived), twice=sum(times > 1 for times in sink.arrived.values()))  # fmt: skip
    assert not found, (found[:10], city.last_words())
    assert len(states) == MESSAGES and sum(killed) >= MESSAGE_KILLS // 2
    assert len(unknown) <= 4 * len(killed), "more messages in doubt than a worker sends at a time"


def test_control_a_worker_without_notes_sends_twice(house, sink, seed, report):
    """Killed after the mail server took a message, it does not know and sends again: the check must see it."""
    city = house("worker", careless=True)
    sink.begin()
    killed = []

    def pull_the_plug(_arrived):
        if not killed and (pid := city.pid("worker")):
            killed.append(city.kill(pid))

    sink.on_accepted = pull_the_plug
    queue_letters(city, seed, 4)
    work_off(city, seed, is_hurried=True)
    found = faults_of_letters(letters(city, seed), sink.arrived)
    report(messages=4, kills=len(killed), twice=sum(times > 1 for times in sink.arrived.values()))
    assert killed and any(fault.startswith("twice:") for fault in found), found


def test_database_killed_under_posts_and_messages(house, sink, seed, report):
    """Crash recovery: what was acknowledged is there; pages say 503 meanwhile; everything goes on by itself."""
    city = house("web", "worker", "events")
    sink.begin(slowness=0.01)
    web = (city.pid("web"), *sorted(city.web_workers()))
    queue_letters(city, seed, DATABASE_MESSAGES)
    clients = Clients(city.port, city.facts["key"], seed)
    clients.post_all(DATABASE_POSTS)
    chance, slowest = random.Random(seed), 0.0
    for kill in range(DATABASE_KILLS):
        goal = len(clients.log.told) + chance.randint(3, max(4, DATABASE_POSTS // (DATABASE_KILLS + 2)))
        wait_until(lambda goal=goal: len(clients.log.told) >= goal or not clients.is_posting(), "posts")
        city.server.kill()
        if kill % 4 == 0:
            check_words_without_database(city)
        time.sleep(chance.uniform(0, 1.0))
        began = time.monotonic()
        city.server.ensure()
        wait_until(lambda: city.get("/desk/requests/", cookie=city.facts["session"])[0] == 200, "the queue page")
        slowest = max(slowest, time.monotonic() - began)
    clients.wait()
    assert (city.pid("web"), *sorted(city.web_workers())) == web, "the web server had to be started again"
    work_off(city, seed, is_hurried=not FULL)
    wait_until(lambda: city.get("/healthz", port=city.port + 1)[0] == 200, "the event process to hear the database")
    city.stop()
    check_posts(city, clients, seed)
    states = letters(city, seed)
    found = faults_of_letters(states, sink.arrived)
    unknown = sum(letter.state == "unknown" for letter in states.values())
    log = clients.log
    report(posts=DATABASE_POSTS, acknowledged=len(log.told), lost=0, doubled=0, kills=DATABASE_KILLS, tries=log.tries,
           said_503=log.away.total(), tokens=sum(told.startswith("token:") for told in log.told.values()),
           messages=len(states), unknown=unknown, slowest_recovery=f"{slowest:.1f}s")  # fmt: skip
    assert not found, (found[:10], city.last_words())


def check_words_without_database(city):
    """A page for people, the errors of Open311 in both formats, life itself."""
    session = city.facts["session"]
    for path in ("/desk/requests/", "/", f"/track/{city.facts['tracks'][0]}/"):
        status, headers, body = city.get(path, cookie=session)
        assert status == 503 and headers.get("retry-after"), (path, status)
        assert "what was saved before is safe" in body.decode() and "psycopg" not in body.decode()
    for form in ("json", "xml"):
        status, headers, body = city.get(f"/open311/v2/requests.{form}")
        assert status == 503 and form in headers["content-type"] and b"503" in body, (form, status, headers, body)
    assert city.get("/healthz/live")[0] == 200
    assert city.get("/healthz/ready")[0] == 503


def test_control_commits_that_do_not_wait_for_the_disk_are_lost(house, seed, report):
    """The same kill with `synchronous_commit = off`: the check must see reports that are gone."""
    city = house("web", workers=1)
    # Whatever else writes to the disk takes the commits along: let it rest.
    quiet = {"synchronous_commit": "off", "wal_writer_delay": "10s", "bgwriter_lru_maxpages": "0", "autovacuum": "off"}
    for name, value in quiet.items():
        city.sql(f"ALTER SYSTEM SET {name} = '{value}'")
    city.sql("SELECT pg_reload_conf()")
    found: list[str] = []
    try:
        for one in range(seed, seed + CHANCES):
            clients = Clients(city.port, city.facts["key"], one, hang_ups=0)
            clients.post_all(5, clients=1)
            clients.wait()
            city.server.kill()
            city.server.ensure()
            found = faults(clients.log, requests_of(city, one))
            report(acknowledged=len(clients.log.told), lost=len(found))
            if found:
                break
    finally:
        city.server.ensure()
        for name in quiet:
            city.sql(f"ALTER SYSTEM RESET {name}")
    assert any(fault.startswith("lost:") for fault in found), found


def test_event_process_killed_pages_go_on_and_streams_return(house, seed, report):
    city = house("web", "events", workers=1)
    stream = Stream(city, city.facts["session"])
    chance = random.Random(seed)
    try:
        for number in range(EVENT_KILLS + 1):
            wait_until(lambda number=number: stream.opened > number, "an open stream", PATIENCE)
            notice = f'{{"topic": "user.{city.facts["user"]}", "mark": "{seed}-{number}"}}'
            wait_until(lambda: city.get("/healthz", port=city.port + 1)[0] == 200, "the database to be heard")
            city.sql("SELECT pg_notify('citydesk_live', %s)", notice)
            wait_until(lambda number=number: f"{seed}-{number}" in stream.heard, "the news")
            if number < EVENT_KILLS:
                time.sleep(chance.uniform(0, 0.2))
                assert city.kill(city.pid("events"))
                assert city.get("/desk/requests/", cookie=city.facts["session"])[0] == 200
                assert city.get("/")[0] == 200
        report(kills=EVENT_KILLS, streams_opened=stream.opened, news_heard=len(stream.heard))
    finally:
        stream.close()

"""Live news: only to whom it is for, to 200 open desks for next to nothing, and never held up by a slow one."""

import asyncio
import contextlib
import json
import os
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
import time_machine
from django.conf import settings
from django.db import connection

from citydesk.kernel.actors import NOBODY, Access, Actor, ActorKind
from citydesk.kernel.errors import Invalid
from citydesk.kernel.live import CHANNEL, STREAMS_END, end_streams, notify, read_ticket, stream_url, topics_for
from citydesk.kernel.live.server import EventServer, database_of_settings, read_head
from citydesk.kernel.registries import LiveTopic, registries

ANN = Access(Actor(ActorKind.STAFF, 7, "Ann"), frozenset({"a.view"}), team_ids=frozenset({3, 1}))
BEN = Access(Actor(ActorKind.STAFF, 8, "Ben"), team_ids=frozenset({1}))
PATIENCE = 60.0  # seconds; a busy machine is slow, not wrong


def in_own_thread(coroutine):
    """Run it where no event loop is: a browser test in the same process leaves its loop in the main thread."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, coroutine).result()


@pytest.fixture
def topics():
    before = dict(registries.live_topics)
    registries.add(LiveTopic("t.open"), LiveTopic("t.guarded", "a.view"), LiveTopic("t.secret", "b.view"))
    yield
    registries.live_topics.clear()
    registries.live_topics.update(before)


def test_a_reader_hears_own_teams_and_what_the_rights_allow(topics):
    heard = topics_for(ANN)
    assert heard[:3] == ("user.7", "team.1", "team.3")
    assert "t.guarded" in heard
    assert "t.secret" not in heard
    assert "t.guarded" not in topics_for(BEN)


def test_a_ticket_is_short_lived_and_cannot_be_made_by_hand():
    with time_machine.travel("2026-11-24 12:00:00Z", tick=False) as clock:
        url = stream_url(ANN)
        assert url.startswith(settings.EVENTS_URL)
        assert "Ann" not in url
        ticket = url.rpartition("/")[2]
        assert read_ticket(ticket).user_id == 7
        clock.shift(601)
        with pytest.raises(Invalid):
            read_ticket(ticket)
    with pytest.raises(Invalid):
        read_ticket("forged")
    assert stream_url(NOBODY) == ""


@pytest.mark.django_db(transaction=True)
def test_a_notice_is_sent_with_the_act_or_not_at_all():
    from django.db import transaction

    with psycopg.connect(**database(), autocommit=True) as ear:
        ear.execute(f"LISTEN {CHANNEL}")
        with contextlib.suppress(ZeroDivisionError), transaction.atomic():
            notify("t.open", {"n": 1})
            raise ZeroDivisionError
        with transaction.atomic():
            notify("t.open", {"n": 2})
        heard = [json.loads(one.payload) for one in ear.notifies(timeout=PATIENCE, stop_after=1)]
    assert heard == [{"topic": "t.open", "n": 2}]


def database() -> dict:
    return {**database_of_settings(), "dbname": connection.settings_dict["NAME"]}


class Page:
    """An open page in a test."""

    def __init__(self, reader, writer):
        self.reader, self.writer = reader, writer

    @classmethod
    async def open(cls, port: int, path: str, origin: str = "http://localhost:8000", host: str = "127.0.0.1"):
        reader, writer = await asyncio.open_connection(host, port, limit=4 * 1024 * 1024)
        writer.write(f"GET {path} HTTP/1.1\r\nHost: x\r\nOrigin: {origin}\r\n\r\n".encode())
        return cls(reader, writer)

    async def status(self) -> int:
        head = await asyncio.wait_for(self.reader.readuntil(b"\r\n\r\n"), PATIENCE)
        return int(head.split()[1])

    async def next(self, seconds: float = PATIENCE) -> str:
        while True:
            line = (await asyncio.wait_for(self.reader.readline(), seconds)).decode()
            if not line:
                return "closed"
            if line.startswith("data:"):
                return line[5:].strip()


def path_of(access: Access) -> str:
    return "/stream/" + stream_url(access).rpartition("/")[2]


async def started() -> tuple[EventServer, asyncio.Task, int]:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    server = EventServer(["localhost"], {"host": "127.0.0.1", "port": 1, "connect_timeout": 1})
    task = asyncio.create_task(server.serve("127.0.0.1", port))
    for _ in range(600):  # until it listens
        with contextlib.suppress(OSError):
            (await asyncio.open_connection("127.0.0.1", port))[1].close()
            break
        await asyncio.sleep(0.05)
    return server, task, port


def run(scene) -> None:
    async def play():
        server, task, port = await started()
        try:
            await scene(server, port)
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    in_own_thread(play())


def test_a_page_hears_its_topics_and_no_others(topics):
    async def scene(server, port):
        ann, ben = await Page.open(port, path_of(ANN)), await Page.open(port, path_of(BEN))
        assert await ann.status() == await ben.status() == 200
        server.relay('{"topic": "t.guarded", "id": 1}')
        server.relay('{"topic": "user.8", "id": 2}')
        server.relay('{"topic": "team.1", "id": 3}')
        server.relay("not json")
        assert [json.loads(await ann.next())["id"] for _ in range(2)] == [1, 3]
        assert [json.loads(await ben.next())["id"] for _ in range(2)] == [2, 3]

    run(scene)


def test_strangers_get_nothing():
    async def scene(server, port):
        assert await (await Page.open(port, "/stream/forged")).status() == 401
        assert await (await Page.open(port, path_of(ANN), origin="https://evil.example")).status() == 403
        assert await (await Page.open(port, "/anything")).status() == 404
        assert await (await Page.open(port, "/healthz")).status() == 503  # the database is not heard here
        garbage = await Page.open(port, "/x HTTP/1.1\r\n" + "y" * 20_000)
        assert await garbage.reader.read() == b""
        assert not server.hub.listeners

    run(scene)


def test_a_page_that_does_not_read_is_dropped_and_the_others_go_on(topics):
    async def scene(server, port):
        slow, quick = await Page.open(port, path_of(ANN)), await Page.open(port, path_of(BEN))
        assert await slow.status() == await quick.status() == 200
        slow.writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        slow.reader._transport.pause_reading()
        notice = json.dumps({"topic": "team.1", "filler": "x" * 7000})
        for _ in range(2000):
            server.relay(notice)
            await asyncio.sleep(0)
            if server.hub.dropped:
                break
            await quick.next()
        assert server.hub.dropped == 1
        server.relay('{"topic": "team.1", "id": 9}')
        while '"id": 9' not in (heard := await quick.next()):
            assert heard != "closed"

    run(scene)


def test_streams_end_after_an_hour_and_beat_until_then():
    async def scene(server, port):
        page = await Page.open(port, path_of(ANN))
        assert await page.status() == 200
        server.hub.beat()
        await asyncio.wait_for(page.reader.readuntil(b": still here"), PATIENCE)
        next(iter(server.hub.listeners)).since -= 4000
        server.hub.beat()
        with contextlib.suppress(ConnectionError):
            assert await page.next() == "closed"
        assert not server.hub.listeners

    run(scene)


def test_who_left_hears_nothing_more_and_no_older_ticket_opens_a_stream(topics):
    async def scene(server, port):
        old = path_of(ANN)
        ann, ben = await Page.open(port, old), await Page.open(port, path_of(BEN))
        assert await ann.status() == await ben.status() == 200
        server.relay(json.dumps({"topic": STREAMS_END, "user": ANN.actor.staff_id}))
        with contextlib.suppress(ConnectionError):
            assert await ann.next() == "closed"
        assert {one.user_id for one in server.hub.listeners} == {BEN.actor.staff_id}
        # The browser tries the same address by itself; a page of who is still signed in asks for a new one.
        assert await (await Page.open(port, old)).status() == 401
        server.ended[ANN.actor.staff_id] -= 2
        assert await (await Page.open(port, path_of(ANN))).status() == 200
        server.relay('{"topic": "live.end", "user": "nobody"}')
        server.forget_ended(time.time() + 3600)
        assert server.ended == {}

    run(scene)


@pytest.mark.django_db(transaction=True)
def test_the_event_process_is_told_when_streams_end():
    with psycopg.connect(**database(), autocommit=True) as ear:
        ear.execute(f"LISTEN {CHANNEL}")
        end_streams(7)
        (heard,) = [json.loads(one.payload) for one in ear.notifies(timeout=PATIENCE, stop_after=1)]
    assert heard == {"topic": STREAMS_END, "user": 7}


def test_a_person_with_too_many_pages_loses_the_oldest():
    async def scene(server, port):
        pages = [await Page.open(port, path_of(ANN)) for _ in range(32)]
        for page in pages:
            await page.status()
        assert len(server.hub.listeners) == 30

    run(scene)


def test_heads():
    assert read_head("GET /x HTTP/1.1\r\nA: b\r\n\r\n") == ("GET", "/x", {"a": "b", "": ""})
    with pytest.raises(ValueError, match="unpack"):
        read_head("nonsense\r\n\r\n")


def cpu_seconds(pid: int) -> float:
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@pytest.mark.django_db(transaction=True)
def test_two_hundred_open_desks_cost_next_to_nothing(topics):
    """The real process on the real database: 200 pages, 50 notices to all of them. Prints what it cost."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    own = database()
    password = f":{own['password']}" if own.get("password") else ""
    url = f"postgresql://{own['user']}{password}@/{own['dbname']}?host={own['host']}&port={own.get('port', '')}"
    environment = {**os.environ, "DATABASE_URL": url, "PYTHONPATH": os.pathsep.join(sys.path)}
    environment["DJANGO_SETTINGS_MODULE"] = settings.SETTINGS_MODULE
    command = [sys.executable, "-m", "citydesk.kernel.live.server", "--port", str(port)]
    with subprocess.Popen(command, env=environment) as process:
        try:
            in_own_thread(two_hundred(port, process.pid))
        finally:
            process.terminate()
            assert process.wait(PATIENCE) == 0


async def two_hundred(port: int, pid: int) -> None:
    for _ in range(1200):
        with contextlib.suppress(OSError):
            if await (await Page.open(port, "/healthz")).status() == 200:
                break
        await asyncio.sleep(0.1)
    else:
        raise AssertionError("the event process does not hear the database")
    pages = []
    for number in range(200):
        access = Access(Actor(ActorKind.STAFF, 1000 + number, ""), team_ids=frozenset({1}))
        pages.append(await Page.open(port, path_of(access)))
    assert {await page.status() for page in pages} == {200}
    before, began = cpu_seconds(pid), time.monotonic()
    async with await psycopg.AsyncConnection.connect(**database(), autocommit=True) as voice:
        for number in range(50):
            await voice.execute("SELECT pg_notify(%s, %s)", [CHANNEL, json.dumps({"topic": "team.1", "n": number})])
    for page in pages:
        heard = [json.loads(one)["n"] for one in [await page.next() for _ in range(50)]]
        assert heard == list(range(50))
    cost = cpu_seconds(pid) - before
    print(f"10,000 news in {time.monotonic() - began:.2f} s, event process {cost * 1000:.0f} CPU-ms")
    assert cost < 2.0

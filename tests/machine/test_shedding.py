"""The web process's waiting room: so many at once, the desk first, the rest told to come later. No clock decides here:
each request is held until the test lets it go."""

import importlib
import json
import threading
from xml.etree import ElementTree

import pytest
from django.db import connection

from config import shedding
from config.shedding import WaitingRoom, threads_for


class Asked:
    """A request in a thread of its own, as the server gives it one."""

    def __init__(self, room, path):
        self.status, self.headers, self.body = "", {}, b""
        self.thread = threading.Thread(target=self._ask, args=(room, path), daemon=True)
        self.thread.start()

    def _ask(self, room, path):
        def start_response(status, headers, _error=None):
            self.status, self.headers = status, dict(headers)

        self.body = b"".join(room({"PATH_INFO": path}, start_response))

    def end(self):
        self.thread.join(30)
        assert not self.thread.is_alive()
        return self


class House:
    """An application whose every answer waits until it is let go; knows who is inside, in what order they came."""

    def __init__(self):
        self.inside, self.order, self.held = threading.Semaphore(0), [], threading.Semaphore(0)

    def __call__(self, environ, start_response):
        self.order.append(environ["PATH_INFO"])
        self.inside.release()
        assert self.held.acquire(timeout=30)
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [environ["PATH_INFO"].encode()]

    def wait_for(self, count):
        for _ in range(count):
            assert self.inside.acquire(timeout=30)

    def let_go(self, count):
        for _ in range(count):
            self.held.release()


def in_line(room, count):
    """Wait until so many stand in the lines."""
    with room.changed:
        assert room.changed.wait_for(lambda: sum(map(len, room.lines.values())) == count, timeout=30)


@pytest.fixture
def small(monkeypatch):
    monkeypatch.setattr(shedding, "DESK_WAITS", 3)
    monkeypatch.setattr(shedding, "OTHERS_WAIT", 2)


def test_whoever_finds_the_line_full_is_told_to_come_later(small):
    house = House()
    room = WaitingRoom(house, 2, warm_up=0.0)
    working = [Asked(room, "/desk/a/"), Asked(room, "/report/b/")]
    house.wait_for(2)
    waiting = [Asked(room, "/report/1/"), Asked(room, "/report/2/")]
    in_line(room, 2)
    away = Asked(room, "/report/3/").end()
    assert away.status.startswith("503") and away.headers["Retry-After"] == "5" and b"try again" in away.body
    desk = [Asked(room, f"/desk/{number}/") for number in range(3)]
    in_line(room, 5)
    assert Asked(room, "/desk/4/").end().status.startswith("503")
    house.let_go(7)
    assert {one.end().status for one in (*working, *waiting, *desk)} == {"200 OK"}
    assert sum(path.startswith("/desk/") for path in house.order) == 4


def test_whoever_stood_before_the_door_while_a_program_started_is_let_in(small):
    house = House()
    room = WaitingRoom(house, 1, warm_up=3600.0)
    asked = [Asked(room, f"/report/{number}/") for number in range(9)]
    house.wait_for(1)
    in_line(room, 8)
    house.let_go(9)
    assert {one.end().status for one in asked} == {"200 OK"}


def test_the_desk_goes_first_and_residents_do_not_starve(small, monkeypatch):
    monkeypatch.setattr(shedding, "DESK_WAITS", 9)
    house = House()
    room = WaitingRoom(house, 1)
    asked = [Asked(room, "/desk/first/")]
    house.wait_for(1)
    for number, path in enumerate(["/report/x/", *["/desk/y/"] * 6, "/report/z/"]):
        asked.append(Asked(room, path))
        in_line(room, number + 1)
    house.let_go(9)
    for one in asked:
        one.end()
    places = [number for number, path in enumerate(house.order) if path.startswith("/report/")]
    assert places == [3, 7], house.order


def test_whose_turn_comes_too_late_is_not_begun():
    house = House()
    room = WaitingRoom(house, 1, patience=-1.0)
    assert Asked(room, "/desk/a/").end().status.startswith("503") and not house.order


def test_a_process_says_that_it_lives_however_long_the_line_is(small):
    house = House()
    room = WaitingRoom(house, 1)
    asked = [Asked(room, "/desk/a/"), Asked(room, "/healthz/live")]
    house.wait_for(2)
    house.let_go(2)
    assert [one.end().status for one in asked] == ["200 OK"] * 2


def test_an_error_is_for_whoever_asked_and_the_thread_goes_on():
    def breaks(_environ, _start_response):
        raise ValueError("broken")

    room = WaitingRoom(breaks, 1)
    for _ in range(2):
        with pytest.raises(ValueError, match="broken"):
            room({"PATH_INFO": "/desk/"}, lambda *_words: None)


def test_a_long_answer_is_made_to_its_end_before_it_is_sent():
    made = []

    class Long:
        streaming, is_closed = True, False

        def __iter__(self):
            for number in range(3):
                made.append(threading.current_thread().name)
                yield b"x" * number

        def close(self):
            self.is_closed = True

    long = Long()

    def application(_environ, start_response):
        start_response("200 OK", [])
        return long

    body = WaitingRoom(application, 1)({"PATH_INFO": "/desk/export/"}, lambda *_words: None)
    assert set(made) == {"desk-0"} and long.is_closed
    assert b"".join(body) == b"xxx"
    body.close()


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/open311/v2/requests.json", "application/json"),
        ("/open311/v2/requests.xml", "text/xml"),
        ("/api/v1/requests", "application/json"),
        ("/desk/", "text/html"),
    ],
)
def test_the_refusal_has_the_form_that_was_asked_for(path, kind):
    said = []
    (body,) = shedding.busy({"PATH_INFO": path}, lambda status, headers: said.append((status, dict(headers))))
    ((status, headers),) = said
    assert status.startswith("503") and headers["Content-Type"].startswith(kind)
    assert int(headers["Content-Length"]) == len(body)
    if kind == "application/json":
        json.loads(body)
    elif kind == "text/xml":
        assert ElementTree.fromstring(body).find("error/code").text == "503"


def test_the_server_has_a_thread_for_everybody_who_may_wait():
    assert threads_for(4) > 4 + shedding.DESK_WAITS + shedding.OTHERS_WAIT


@pytest.mark.django_db(transaction=True)
def test_who_asks_whether_the_process_lives_leaves_no_connection_behind():
    opened, left = [], []

    def looks(_environ, start_response):
        connection.ensure_connection()
        opened.append(connection.connection)
        start_response("200 OK", [])
        return [b"ok\n"]

    def ask():
        room({"PATH_INFO": "/healthz/live"}, lambda *_said: None)
        left.append(connection.connection)

    room = WaitingRoom(looks, 1)
    thread = threading.Thread(target=ask)
    thread.start()
    thread.join(30)
    assert opened[0].closed and left == [None], "a thread of the server keeps a connection to the database"


@pytest.mark.django_db(transaction=True)
def test_a_server_of_many_threads_lets_people_in_through_the_waiting_room(monkeypatch):
    """Without it each of its threads would work, and keep a connection to the database of its own."""
    monkeypatch.setenv(shedding.AT_ONCE, "2")
    doors = importlib.reload(importlib.import_module("config.wsgi"))
    assert isinstance(doors.application, WaitingRoom)
    monkeypatch.delenv(shedding.AT_ONCE)
    assert not isinstance(importlib.reload(doors).application, WaitingRoom)

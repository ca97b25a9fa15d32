"""Figures the event process reads itself: once for all pages, sent when they change, only to who may hear them."""

import asyncio
import json

import pytest
from django.test import RequestFactory

from citydesk.kernel.actors import Access, Actor, ActorKind
from citydesk.kernel.live import feeds, listen, read_ticket, stream_url
from citydesk.kernel.live.hub import Hub, Listener
from citydesk.kernel.registries import LiveFeed, registries
from citydesk.kernel.shell import Shell
from citydesk.kernel.tests.test_live import in_own_thread

ANN = Access(Actor(ActorKind.STAFF, 7, "Ann"), frozenset({"a.view"}))
BEN = Access(Actor(ActorKind.STAFF, 8, "Ben"))
now_waiting = {"waiting": 2}


def waiting(*, now):
    """The feed of these tests."""
    if now_waiting["waiting"] < 0:
        raise ValueError("the database is away")
    return dict(now_waiting)


@pytest.fixture
def feed(monkeypatch):
    before = dict(registries.live_feeds)
    registries.add(LiveFeed("t.figures", "a.view", "citydesk.kernel.tests.test_feeds.waiting"))
    monkeypatch.setitem(now_waiting, "waiting", 2)
    yield "t.figures"
    registries.live_feeds.clear()
    registries.live_feeds.update(before)


class Line:
    """What a page's stream was told."""

    def __init__(self):
        self.told = []
        self.transport = self

    def is_closing(self):
        return False

    def get_write_buffer_size(self):
        return 0

    def write(self, message):
        self.told.append(json.loads(message.decode().partition("data: ")[2]))


def test_a_ticket_names_the_feeds_of_the_page_that_its_reader_may_hear(feed):
    def topics(access, *shown):
        return read_ticket(stream_url(access, shown).rpartition("/")[2]).topics

    assert feed in topics(ANN, feed)
    assert feed not in topics(ANN)  # other pages of the same reader do not hear it
    assert feed not in topics(BEN, feed)
    assert "no.such" not in topics(ANN, "no.such")


def test_a_page_asks_for_its_next_ticket_with_its_feeds(feed):
    request = RequestFactory().get("/")
    request.access = ANN
    assert "feed" not in Shell(request).live_ticket_url
    listen(request, feed)
    shell = Shell(request)
    assert shell.live_ticket_url.endswith("?feed=t.figures")
    assert feed in read_ticket(shell.live_url.rpartition("/")[2]).topics


def test_one_reading_for_all_pages_and_only_what_changed_is_sent(feed, monkeypatch):
    hub = Hub()
    kept = feeds.Feeds(hub)
    pages = [Listener(n, (feed,), Line()) for n in range(3)]
    for page in pages:
        hub.join(page)

    async def seconds():
        await kept._tell(feed)
        await kept._tell(feed)  # nothing changed
        now_waiting["waiting"] = 3
        await kept._tell(feed)
        now_waiting["waiting"] = -1
        await kept._tell(feed)  # not read: the pages keep what they have
        late = Listener(9, (feed,), Line())
        kept.greet(late)
        return late

    late = in_own_thread(seconds())
    assert kept.reads == 3
    assert [[one["waiting"] for one in page.writer.told] for page in pages] == [[2, 3]] * 3
    assert [one["waiting"] for one in late.writer.told] == [3]
    assert pages[0].writer.told[0]["topic"] == feed and pages[0].writer.told[0]["at"] > 0


def test_an_unchanged_figure_is_told_now_and_then(feed, monkeypatch):
    monkeypatch.setattr(feeds, "STILL_HERE_SECONDS", 0.0)
    hub = Hub()
    page = Listener(1, (feed,), Line())
    hub.join(page)
    kept = feeds.Feeds(hub)

    async def twice():
        await kept._tell(feed)
        await kept._tell(feed)

    in_own_thread(twice())
    assert len(page.writer.told) == 2


def test_nothing_is_read_while_nobody_looks(feed, monkeypatch):
    monkeypatch.setattr(feeds, "EVERY_SECONDS", 0.0)
    kept = feeds.Feeds(Hub())

    async def a_while():
        task = asyncio.create_task(kept.run())
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    in_own_thread(a_while())
    assert kept.reads == 0

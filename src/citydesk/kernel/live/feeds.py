"""Figures that the event process reads itself: once a second for all pages that show them, and only while one does.

A page that shows a `LiveFeed` says so by `listen` in its view; its ticket then names the feed, and the ticket's reader
must hold the feed's permission. What was read is sent when it differs from what was sent last, every ten seconds
anyway (so that a page knows that it is not forgotten), and at once to a page that just came.
"""

import asyncio
import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

import structlog

from citydesk.kernel.clock import utc_now
from citydesk.kernel.live.hub import Hub, Listener, news
from citydesk.kernel.registries import load_dotted, registries

EVERY_SECONDS = 1.0
STILL_HERE_SECONDS = 10.0
log = structlog.get_logger("live")


class Feeds:
    """The feeds somebody hears, each with what was told last. One thread reads, on one connection of its own."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self.reads = 0
        self._told: dict[str, dict[str, Any]] = {}
        self._said: dict[str, str] = {}
        self._sent_at: dict[str, float] = {}
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="feeds")

    async def run(self) -> None:
        """Read and tell for ever; a reading that fails is tried again with the next second."""
        while True:
            began = time.monotonic()
            for code in list(registries.live_feeds):
                if code in self.hub.by_topic:
                    await self._tell(code)
                else:
                    self._forget(code)
            await asyncio.sleep(max(EVERY_SECONDS - (time.monotonic() - began), 0.1))

    def greet(self, listener: Listener) -> None:
        """Tell a page that just came what the others heard last; it may have changed since the page was drawn."""
        for code in listener.topics:
            if code in self._said:
                listener.tell(news(self._said[code]))

    async def _tell(self, code: str) -> None:
        try:
            told = await asyncio.get_running_loop().run_in_executor(self._thread, _read, code, utc_now())
        except Exception as error:
            # Whatever it was (a database that restarts, most likely), the open pages must not lose their stream.
            log.warning("events.feed_not_read", feed=code, kind=type(error).__name__)
            return
        self.reads += 1
        is_due = time.monotonic() - self._sent_at.get(code, 0.0) >= STILL_HERE_SECONDS
        if is_due or told["facts"] != self._told.get(code):
            self._told[code] = told["facts"]
            self._sent_at[code] = time.monotonic()
            self._said[code] = json.dumps({"topic": code, "at": told["at"], **told["facts"]}, separators=(",", ":"))
            self.hub.publish(code, self._said[code])

    def _forget(self, code: str) -> None:
        for kept in (self._told, self._said, self._sent_at):
            kept.pop(code, None)


def _read(code: str, now: datetime) -> dict[str, Any]:
    """What the feed's query says now; on an error its connection is closed, so that the next reading opens another."""
    from django.db import close_old_connections, connections

    close_old_connections()
    read: Callable[..., dict[str, Any]] = load_dotted(registries.live_feeds[code].read)
    try:
        return {"at": int(now.timestamp()), "facts": read(now=now)}
    except Exception:
        connections.close_all()
        raise

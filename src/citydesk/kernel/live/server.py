"""The event process: listens to the database, feeds open pages. `citydesk events`; plain asyncio, one thread.

`GET /stream/<ticket>` is the stream, `GET /healthz` says whether the database is heard and how many pages are open.
"""

import argparse
import asyncio
import contextlib
import json
import os
import signal
import time
from typing import Any
from urllib.parse import urlsplit

import structlog

from citydesk.kernel import watchdog
from citydesk.kernel.live.feeds import Feeds
from citydesk.kernel.live.hub import Hub, Listener

BEAT_SECONDS = 20
MOST_LISTENERS = 5000
_HEAD_SECONDS = 5
_LONGEST_HEAD = 8 * 1024
log = structlog.get_logger("live")


class EventServer:
    """Streams over HTTP on one side, LISTEN on the other."""

    def __init__(self, hosts: list[str], database: dict[str, Any]) -> None:
        self.hub = Hub()
        self.feeds = Feeds(self.hub)
        self.hosts = hosts
        self.database = database
        self.is_heard = False
        # Whose streams ended and when (seconds since 1970): no ticket made before then opens another.
        self.ended: dict[int, float] = {}

    async def serve(self, host: str, port: int) -> None:
        """Serve until cancelled. Raises `OSError` when the port is taken."""
        server = await asyncio.start_server(self.answer, host, port, limit=_LONGEST_HEAD, backlog=512)
        log.info("events.ready", port=port)
        async with server, asyncio.TaskGroup() as tasks:
            tasks.create_task(self.hear())
            tasks.create_task(self.beat())
            tasks.create_task(watchdog.beat())
            tasks.create_task(self.feeds.run())
            tasks.create_task(server.serve_forever())

    async def beat(self) -> None:
        while True:
            await asyncio.sleep(BEAT_SECONDS)
            self.hub.beat()
            self.forget_ended(time.time())

    # -- the database side --------------------------------------------------------------------------------------------

    async def hear(self) -> None:
        """Listen for ever; after a lost connection pages are told to look again, for they may have missed something."""
        import psycopg

        from citydesk.kernel.live import CHANNEL

        wait = 0.5
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(**self.database, autocommit=True) as link:
                    await link.execute(f"LISTEN {CHANNEL}")
                    self.is_heard, wait = True, 0.5
                    self.hub.publish_all("resync")
                    async for notice in link.notifies():
                        self.relay(notice.payload)
            except psycopg.Error as error:
                log.warning("events.database_lost", kind=type(error).__name__)
            self.is_heard = False
            await asyncio.sleep(wait)
            wait = min(wait * 2, 10)

    def relay(self, payload: str) -> None:
        """Pass one notice on; what is no notice of ours is left."""
        from citydesk.kernel.live import STREAMS_END

        try:
            notice = json.loads(payload)
            topic = notice["topic"]
            if topic == STREAMS_END:
                return self.end(int(notice["user"]), time.time())
        except (ValueError, KeyError, TypeError):
            log.warning("events.not_a_notice")
            return
        self.hub.publish(str(topic), " ".join(payload.splitlines()))

    def end(self, user_id: int, now: float) -> None:
        """Somebody left, or may do something else now: their pages ask anew, or hear nothing more."""
        self.ended[user_id] = now
        self.hub.end(user_id)

    def forget_ended(self, now: float) -> None:
        """Older tickets open nothing any more by themselves."""
        from citydesk.kernel.live import TICKET_SECONDS

        self.ended = {user: at for user, at in self.ended.items() if at > now - 2 * TICKET_SECONDS}

    # -- the pages' side ----------------------------------------------------------------------------------------------

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection: one request, one answer or one stream."""
        try:
            async with asyncio.timeout(_HEAD_SECONDS):
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            method, path, headers = read_head(head)
            if path == "/healthz":
                facts = {"state": "ok" if self.is_heard else "bad", "pages": len(self.hub.listeners)}
                facts |= {"sent": self.hub.sent, "dropped": self.hub.dropped, "feeds_read": self.feeds.reads}
                _reply(writer, 200 if self.is_heard else 503, json.dumps(facts))
            elif method != "GET" or not path.startswith("/stream/"):
                _reply(writer, 404, "{}")
            else:
                await self.stream(reader, writer, path.removeprefix("/stream/").partition("?")[0], headers)
        except (TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError, ValueError):
            pass  # a half-open, oversized or broken request is simply closed
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError, OSError):
                await writer.wait_closed()

    async def stream(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, ticket: str, headers: dict[str, str]
    ) -> None:
        """Let a page listen until it goes."""
        from citydesk.kernel.errors import Invalid
        from citydesk.kernel.live import read_ticket

        origin = headers.get("origin", "")
        if origin and (urlsplit(origin).hostname or "") not in self.hosts:
            return _reply(writer, 403, "{}")
        try:
            known = read_ticket(ticket)
        except Invalid:
            return _reply(writer, 401, "{}", origin)
        if known.made_at <= self.ended.get(known.user_id, 0):
            return _reply(writer, 401, "{}", origin)
        if len(self.hub.listeners) >= MOST_LISTENERS:
            return _reply(writer, 503, "{}", origin)
        listener = Listener(known.user_id, known.topics, writer)
        writer.write(_head(200, "text/event-stream; charset=utf-8", origin) + b"\r\nretry: 3000\n\n")
        self.hub.join(listener)
        self.feeds.greet(listener)
        try:
            while await reader.read(1024):  # a page has nothing more to say; the end of reading is its leaving
                pass
        finally:
            self.hub.leave(listener)


def read_head(head: str) -> tuple[str, str, dict[str, str]]:
    """Method, path and headers (names in lower case). Raises `ValueError`."""
    first, *lines = head.split("\r\n")
    method, path, _version = first.split(" ")
    return (
        method,
        path,
        {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)},
    )


def _head(status: int, kind: str, origin: str) -> bytes:
    words = {200: "OK", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 503: "Service Unavailable"}[status]
    lines = [
        f"HTTP/1.1 {status} {words}",
        f"Content-Type: {kind}",
        "Cache-Control: no-store",
        "X-Content-Type-Options: nosniff",
        "X-Accel-Buffering: no",
        "Connection: close",
    ]
    if origin:
        lines += [f"Access-Control-Allow-Origin: {origin}", "Vary: Origin"]
    return ("\r\n".join(lines) + "\r\n").encode("latin-1", "replace")


def _reply(writer: asyncio.StreamWriter, status: int, body: str, origin: str = "") -> None:
    content = body.encode()
    writer.write(
        _head(status, "application/json", origin) + f"Content-Length: {len(content)}\r\n\r\n".encode() + content
    )


def database_of_settings() -> dict[str, Any]:
    """psycopg's connection words from Django's settings."""
    from django.conf import settings

    own = settings.DATABASES["default"]
    names = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    words = {word: own[name] for word, name in names.items() if own[name]}
    extra = {key: value for key, value in own.get("OPTIONS", {}).items() if isinstance(value, str)}
    return {**extra, **words, "application_name": "citydesk-events"}


async def _run(host: str, port: int) -> None:
    from django.conf import settings

    # "testserver" and the like do no harm here: a ticket is needed anyway, the origin only keeps other sites out.
    server = EventServer([name.strip("[]") for name in settings.ALLOWED_HOSTS], database_of_settings())
    task = asyncio.create_task(server.serve(host, port))
    for one in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(one, task.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        await task


def main(arguments: list[str] | None = None) -> int:
    """Run the event process until told to stop. Exit code 0."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    from django.conf import settings

    said = urlsplit(settings.EVENTS_URL)
    parser = argparse.ArgumentParser(prog="citydesk events", description="Feeds open pages with live news.")
    parser.add_argument("--host", default=os.environ.get("CITYDESK_EVENTS_HOST", "127.0.0.1"))
    parser.add_argument("--port", type=int, default=int(os.environ.get("CITYDESK_EVENTS_PORT", said.port or 8001)))
    given = parser.parse_args(arguments)
    asyncio.run(_run(given.host, given.port))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

"""Who listens to what, and telling them. One write per listener and notice; nobody waits for a slow one."""

import asyncio
import itertools
import time
from collections import defaultdict
from dataclasses import dataclass, field

# A page that lets this much pile up is not reading; it is dropped, connects anew and reloads what it shows.
MOST_UNREAD = 64 * 1024
MOST_PER_PERSON = 30
LONGEST_STREAM = 3600
_numbers = itertools.count(1)


@dataclass(eq=False)
class Listener:
    """One open page."""

    user_id: int
    topics: tuple[str, ...]
    writer: asyncio.StreamWriter
    since: float = field(default_factory=time.monotonic)
    number: int = field(default_factory=lambda: next(_numbers))

    def tell(self, message: bytes) -> bool:
        """Write without waiting; False when the page does not read any more."""
        transport = self.writer.transport
        if transport.is_closing() or transport.get_write_buffer_size() > MOST_UNREAD:
            return False
        self.writer.write(message)
        return True


def news(text: str) -> bytes:
    """A notice (JSON text) as a stream carries it."""
    return b"event: news\ndata: " + text.encode() + b"\n\n"


class Hub:
    """All open pages of this process."""

    def __init__(self) -> None:
        self.listeners: set[Listener] = set()
        self.by_topic: dict[str, set[Listener]] = defaultdict(set)
        self.sent = 0
        self.dropped = 0

    def join(self, listener: Listener) -> None:
        """Add a page; a person's oldest page beyond thirty is let go."""
        own = sorted((one for one in self.listeners if one.user_id == listener.user_id), key=lambda one: one.number)
        for old in own[: max(0, len(own) - MOST_PER_PERSON + 1)]:
            self.drop(old)
        self.listeners.add(listener)
        for topic in listener.topics:
            self.by_topic[topic].add(listener)

    def leave(self, listener: Listener) -> None:
        """Forget a page."""
        self.listeners.discard(listener)
        for topic in listener.topics:
            audience = self.by_topic.get(topic)
            if audience:
                audience.discard(listener)
                if not audience:
                    del self.by_topic[topic]

    def drop(self, listener: Listener) -> None:
        """Close a page's stream at once, unread news and all."""
        self.dropped += 1
        self.leave(listener)
        listener.writer.transport.abort()

    def end(self, user_id: int) -> int:
        """Close every stream of a person. Returns how many there were."""
        own = [one for one in self.listeners if one.user_id == user_id]
        for listener in own:
            self.drop(listener)
        return len(own)

    def publish(self, topic: str, text: str) -> int:
        """Send one notice (JSON text) to everybody who hears the topic. Returns how many were told."""
        return self._send(list(self.by_topic.get(topic, ())), news(text))

    def publish_all(self, event: str) -> int:
        """Send a bare event to every page, such as "resync" after notices may have been missed."""
        return self._send(list(self.listeners), f"event: {event}\ndata: {{}}\n\n".encode())

    def beat(self) -> None:
        """Keep proxies from closing quiet streams; end the ones that are an hour old, so that rights are asked anew."""
        oldest = time.monotonic() - LONGEST_STREAM
        for listener in list(self.listeners):
            if listener.since < oldest or not listener.tell(b": still here\n\n"):
                self.drop(listener)

    def _send(self, audience: list[Listener], message: bytes) -> int:
        told = 0
        for listener in audience:
            if listener.tell(message):
                told += 1
            else:
                self.drop(listener)
        self.sent += told
        return told

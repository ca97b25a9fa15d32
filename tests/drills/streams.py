"""A page's stream of live news, as a browser keeps it: opened with a ticket, opened again when it breaks."""

import contextlib
import http.client
import json
import socket
import threading
from urllib.parse import urlsplit

RETRY_SECONDS = 0.5  # a browser waits three seconds; that is its patience, not the server's


class Stream:
    """Listens in the background until closed; `heard` has the marks of the news."""

    def __init__(self, installation, cookie):
        self.installation, self.cookie = installation, cookie
        self.opened = 0
        self.resyncs = 0
        self.heard = set()
        self.closed = threading.Event()
        self.socket = None
        self.thread = threading.Thread(target=self._listen, daemon=True)
        self.thread.start()

    def hang_up(self):
        """Break the line and listen no more; `close` waits for the end."""
        self.closed.set()
        if self.socket is not None:
            with contextlib.suppress(OSError):
                self.socket.shutdown(socket.SHUT_RDWR)

    def close(self):
        self.hang_up()
        self.thread.join(30)

    def _listen(self):
        url = ""
        while not self.closed.is_set():
            url = url or self._ticket()
            if url and not self._read(url):
                url = ""
            self.closed.wait(RETRY_SECONDS)

    def _ticket(self):
        status, _headers, body = self.installation.get("/live/ticket/", cookie=self.cookie)
        return json.loads(body)["url"] if status == 200 else ""

    def _read(self, url):
        """Read until the stream breaks; False when a fresh ticket is needed."""
        place = urlsplit(url)
        line = http.client.HTTPConnection(place.hostname, place.port, timeout=60)
        try:
            line.request("GET", place.path)
            self.socket = line.sock  # the answer takes the line's socket over
            said = line.getresponse()
            if said.status != 200:
                return False
            self.opened += 1
            event = ""
            while (told := said.readline()) and not self.closed.is_set():
                words = told.decode().strip()
                if words.startswith("event: "):
                    event = words.removeprefix("event: ")
                    self.resyncs += event == "resync"
                elif words.startswith("data: ") and event == "news":
                    self.heard.add(json.loads(words.removeprefix("data: ")).get("mark", ""))
        except (OSError, ValueError, http.client.HTTPException, AttributeError):
            pass
        finally:
            line.close()
        return True

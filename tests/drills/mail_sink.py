"""A mail server that keeps what arrives and can pull the plug on whoever is sending, before it has said thank you."""

import socketserver
import threading
import time
from collections import Counter
from collections.abc import Callable


def nothing(_count: int) -> None:
    """What usually happens when a message is in."""


class MailSink:
    """Counts messages by their Message-ID. `on_accepted(count)` runs before the sender hears that it arrived."""

    def __init__(self) -> None:
        self.arrived: Counter[str] = Counter()
        self.on_accepted: Callable[[int], None] = nothing
        self.slowness = 0.0  # seconds each message takes
        self.mood = "well"  # or "hangs": takes the line and says nothing; or "refuses": says that it is closed
        self.knocks = 0
        self._lock = threading.Lock()
        sink = self

        class Talk(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                sink.talk(self.rfile, self.wfile)

        class Listener(socketserver.ThreadingTCPServer):
            daemon_threads = True
            allow_reuse_address = True

        self.listener = Listener(("127.0.0.1", 0), Talk)
        self.port = self.listener.server_address[1]
        threading.Thread(target=self.listener.serve_forever, daemon=True).start()

    def begin(self, *, slowness: float = 0.0) -> None:
        """Forget everything before a drill."""
        self.arrived.clear()
        self.on_accepted, self.slowness, self.mood, self.knocks = nothing, slowness, "well", 0

    def talk(self, heard, said) -> None:
        """As much of SMTP as a sender needs."""

        def say(text: str) -> None:
            said.write(f"{text}\r\n".encode())
            said.flush()

        self.knocks += 1
        try:
            if self.mood == "hangs":
                heard.read()  # until the sender gives up
                return None
            if self.mood == "refuses":
                return say("421 closed")
            say("220 sink")
            while line := heard.readline():
                word = line[:4].strip().upper()
                if word == b"DATA":
                    say("354 go on")
                    if not self._take(heard):
                        return None
                    say("250 kept")
                elif word == b"QUIT":
                    return say("221 bye")
                else:
                    say("250 sink" if word in (b"EHLO", b"HELO") else "250 well")
        except OSError:
            return None

    def _take(self, heard) -> bool:
        """Read a message to its end; one that breaks off before its final dot was never sent."""
        name = ""
        while (line := heard.readline()) != b".\r\n":
            if not line:
                return False
            if line.lower().startswith(b"message-id:"):
                name = line.split(b":", 1)[1].strip().decode()
        with self._lock:
            self.arrived[name] += 1
            count = self.arrived.total()
        self.on_accepted(count)
        time.sleep(self.slowness)
        return True

    def close(self) -> None:
        self.listener.shutdown()
        self.listener.server_close()

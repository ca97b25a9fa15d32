"""Mail to a server that hangs: bounded, left alone after a few waits, and never in doubt without need."""

import socketserver
import threading
import time

import pytest
from django.core.mail import EmailMessage

from citydesk.kernel import smtp

# The bound of these tests. What hangs is held until the test ends, so no test depends on who is quicker.
SECONDS = 0.3


class Server:
    """Answers as told: each word of SMTP with a line, or with silence where there is None."""

    def __init__(self, **said):
        self.said = {"banner": "220 well", "DATA": "354 go on", ".": "250 kept", "QUIT": "221 bye", **said}
        self.heard, self.ended = [], threading.Event()
        server = self

        class Talk(socketserver.StreamRequestHandler):
            def handle(self):
                server.talk(self.rfile, self.wfile)

        class Listener(socketserver.ThreadingTCPServer):
            daemon_threads = True

        self.listener = Listener(("127.0.0.1", 0), Talk)
        self.port = self.listener.server_address[1]
        threading.Thread(target=self.listener.serve_forever, daemon=True).start()

    def talk(self, rfile, wfile):
        def say(word):
            line = self.said.get(word, "250 well")
            if line is None:
                self.ended.wait(30)
                return False
            wfile.write(f"{line}\r\n".encode())
            return True

        is_text = False
        self.heard.append("banner")
        if not say("banner"):
            return
        while line := rfile.readline().strip().decode():
            if is_text and line != ".":
                continue
            word = line[:4].upper()
            is_text = word == "DATA"
            self.heard.append(word)
            if not say(word):
                return
            if word == "DATA":
                while rfile.readline() != b".\r\n":
                    pass
                is_text = False
                self.heard.append(".")
                if not say("."):
                    return

    def close(self):
        self.ended.set()
        self.listener.shutdown()
        self.listener.server_close()


@pytest.fixture
def backend_of(monkeypatch):
    """`backend_of(MAIL=None)`: a line to a server that falls silent at MAIL."""
    monkeypatch.setattr(smtp, "TOTAL_SECONDS", SECONDS)
    monkeypatch.setattr(smtp, "rest", smtp.Rest())
    servers = []

    def make(**said):
        servers.append(Server(**said))
        return smtp.Backend(host="127.0.0.1", port=servers[-1].port, use_tls=False, use_ssl=False)

    make.servers = servers
    yield make
    for one in servers:
        one.close()


def send(backend):
    return EmailMessage("Subject", "Body", "a@city.example", ["b@example.org"], connection=backend).send()


def test_a_good_server_takes_it(backend_of):
    assert send(backend_of()) == 1


@pytest.mark.parametrize(("word", "may_have_arrived"), [("MAIL", False), ("RCPT", False), ("DATA", False), (".", True)])
def test_only_a_text_that_was_begun_may_have_arrived(backend_of, word, may_have_arrived):
    backend = backend_of(**{word: None})
    backend.open()
    began = time.monotonic()
    with pytest.raises(OSError):
        send(backend)
    assert backend.may_have_arrived == may_have_arrived
    backend.close()
    assert time.monotonic() - began < 20, "a server that hangs was waited for"


def test_a_silent_server_is_left_alone_after_three_waits(backend_of, monkeypatch):
    backend = backend_of(banner=None)
    for _ in range(smtp.REST_AFTER):
        with pytest.raises(OSError):
            backend.open()
    knocks = len(backend_of.servers[0].heard)
    for _ in range(20):
        with pytest.raises(smtp.ServerRests):
            backend.open()
    assert len(backend_of.servers[0].heard) == knocks == smtp.REST_AFTER
    later = smtp.monotonic() + smtp.REST_SECONDS + 1
    monkeypatch.setattr(smtp, "monotonic", lambda: later)
    with pytest.raises(OSError) as one_tries:
        backend.open()
    assert not isinstance(one_tries.value, smtp.ServerRests)
    with pytest.raises(smtp.ServerRests):
        backend.open()


def test_a_server_that_refuses_answers_and_needs_no_rest(backend_of):
    backend = backend_of(banner="554 closed")
    for _ in range(smtp.REST_AFTER + 2):
        with pytest.raises(OSError) as refused:
            backend.open()
        assert not isinstance(refused.value, smtp.ServerRests)


def test_a_name_that_nobody_knows_is_an_error_of_the_line(backend_of, monkeypatch):
    def unknown(_host, _port):
        raise smtp.OutwardFailed("the name is not known")

    monkeypatch.setattr(smtp, "resolve", unknown)
    with pytest.raises(OSError, match="name"):
        backend_of().open()

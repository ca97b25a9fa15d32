"""Clients that write down what they mean to send and what they were told, and a checker of the two against the city.

Every other client keeps one Idempotency-Key over its retries, the rest rely on the same words being the same report.
Every other one asks in JSON, the rest in XML. Some first answers are thrown away unread.
"""

import http.client
import json
import random
import socket
import threading
import time
import urllib.parse
from collections import Counter
from dataclasses import dataclass, field
from xml.etree import ElementTree

PLACE = {"lat": "35.0501", "long": "-85.3001"}
GIVES_UP_AFTER = 180.0  # seconds
ANSWER_SECONDS = 60.0


@dataclass
class Log:
    """The intents, written before the post; what was told, written after the answer."""

    intents: set[str] = field(default_factory=set)
    told: dict[str, str] = field(default_factory=dict)  # report -> number, or "token:..." of one acknowledged as kept
    refused: dict[str, str] = field(default_factory=dict)
    away: Counter = field(default_factory=Counter)  # format -> how often 503 was said, in that format
    oddities: list[str] = field(default_factory=list)
    hung_up: int = 0
    tries: int = 0


class Clients:
    """Several posters at once, in the background."""

    def __init__(self, port: int, key: str, seed: int, *, hang_ups: float = 0.1) -> None:
        self.port, self.key, self.seed, self.hang_ups = port, key, seed, hang_ups
        self.log = Log()
        self.threads: list[threading.Thread] = []
        self.given_up = threading.Event()

    def post_all(self, count: int, *, clients: int = 8, pause: float = 0.0) -> None:
        """Begin to post `count` reports, each client with `pause` seconds between two; `wait` for the end."""
        names = [f"Drill report {self.seed}-{number}" for number in range(count)]
        for one in range(clients):
            chance = random.Random(self.seed * 100 + one)
            thread = threading.Thread(target=self._post_some, args=(names[one::clients], chance, pause), daemon=True)
            self.threads.append(thread)
            thread.start()

    def is_posting(self) -> bool:
        return any(thread.is_alive() for thread in self.threads)

    def wait(self) -> None:
        for thread in self.threads:
            thread.join()

    def give_up(self) -> None:
        """Let every client end after the try it is in."""
        self.given_up.set()

    def _post_some(self, names: list[str], chance: random.Random, pause: float) -> None:
        for name in names:
            if self.given_up.wait(pause):
                return
            self.log.intents.add(name)
            form = "json" if self._has_key(name) else "xml"
            if chance.random() < self.hang_ups:
                self._send_and_hang_up(name, form)
            self._post_one(name, form)

    def _has_key(self, name: str) -> bool:
        return int(name.rpartition("-")[2]) % 2 == 0

    def _post_one(self, name: str, form: str) -> None:
        until = time.monotonic() + GIVES_UP_AFTER
        while time.monotonic() < until and not self.given_up.is_set():
            self.log.tries += 1
            status, kind, body = self._send(name, form)
            if status == 200:
                self._read(name, form, body)
                return
            if status == 503:
                self._note_away(form, kind, body)
            elif status:
                self.log.refused[name] = f"{status} {body[:300]!r}"
                return
            time.sleep(0.5)
        self.log.refused.setdefault(name, "no answer")

    def _send(self, name: str, form: str) -> tuple[int, str, bytes]:
        """Status (0 without an answer), content type, body."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=ANSWER_SECONDS)
        try:
            line.request("POST", f"/open311/v2/requests.{form}", self._body(name), self._headers(name))
            said = line.getresponse()
            return said.status, said.headers.get("Content-Type", ""), said.read()
        except (OSError, http.client.HTTPException):
            return 0, "", b""
        finally:
            line.close()

    def _read(self, name: str, form: str, body: bytes) -> None:
        if form == "json":
            said = json.loads(body)[0]
        else:
            said = {one.tag: one.text or "" for one in ElementTree.fromstring(body)[0]}
        self.log.told[name] = said.get("service_request_id") or f"token:{said['token']}"

    def _note_away(self, form: str, kind: str, body: bytes) -> None:
        """503 is an answer too: in the format asked for, with words."""
        self.log.away[form] += 1
        try:
            code = json.loads(body)[0]["code"] if form == "json" else ElementTree.fromstring(body)[0].find("code").text
            if int(code) == 503 and form in kind:
                return
        except (ValueError, LookupError, AttributeError, ElementTree.ParseError):
            pass
        self.log.oddities.append(f"503 in {kind}: {body[:200]!r}")

    def _body(self, name: str) -> bytes:
        fields = {"api_key": self.key, "service_code": "pothole", "description": name, **PLACE}
        return urllib.parse.urlencode(fields).encode()

    def _headers(self, name: str) -> dict[str, str]:
        kept = {"Idempotency-Key": name.replace(" ", "-")} if self._has_key(name) else {}
        return {"Content-Type": "application/x-www-form-urlencoded", **kept}

    def _send_and_hang_up(self, name: str, form: str) -> None:
        """The report arrives, its answer is never read; the client will ask again."""
        body = self._body(name)
        lines = [f"POST /open311/v2/requests.{form} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(body)}"]
        lines += [f"{header}: {value}" for header, value in self._headers(name).items()]
        self.log.hung_up += 1
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=5) as wire:
                wire.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
                wire.settimeout(5)
                wire.recv(1)  # it was handled; the rest of the answer is thrown away
        except OSError:
            pass


def faults(log: Log, rows: list[tuple[str, str]]) -> list[str]:
    """What is wrong between clients and city; `rows` are the description and number of every request.

    Acknowledged must be within the database, the database within the intents, and each report there at most once.
    """
    named = {name: number for name, number in rows}
    times = Counter(name for name, _number in rows)
    found = [f"lost: {name} was told {told}" for name, told in log.told.items() if name not in named]
    found += [
        f"another number: {name} was told {told}, it is {named[name]}"
        for name, told in log.told.items()
        if name in named and not told.startswith("token:") and told != named[name]
    ]
    found += [f"{count} times: {name}" for name, count in times.items() if count > 1]
    found += [f"never sent: {name}" for name in times if name not in log.intents]
    found += [f"refused: {name}: {why}" for name, why in log.refused.items()]
    return found + log.oddities

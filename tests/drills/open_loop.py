"""Clerks who ask when they would, not when the last answer came: arrivals by Poisson, latency from the intended start.

A generator that waits for an answer before it asks again measures a slow server kindly. Here the times of all requests
are drawn from the seed before anything begins; whoever starts late because all lines are busy has waited since then.
"""

import http.client
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

GOOD = (200, 201, 204, 302)
SHED = 503
LINES = 64  # at most so many requests under way: more than the server lets wait
TIMEOUT_SECONDS = 120.0


@dataclass(frozen=True)
class Ask:
    """One request of the plan, `at` seconds after the beginning. A form where there are fields, else a page."""

    at: float
    kind: str
    path: str
    fields: dict[str, str] | None = None
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Clerk:
    """Who asks: the cookies of a session, the lists and requests that are theirs to see, the words they look for."""

    cookies: str
    token: str
    lists: Sequence[str]
    requests: Sequence[str]
    words: Sequence[str]
    find: bool = True


@dataclass
class Answers:
    """What came of it: seconds by kind of request, what was turned away, what was wrong."""

    took: dict[str, list[float]] = field(default_factory=dict)
    shed: Counter = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    late: float = 0.0  # how much after its time a request was sent at worst

    def p(self, share: float, *kinds: str) -> float:
        """A percentile in milliseconds; 0 where nothing of these kinds was asked."""
        found = sorted(one for kind in kinds for one in self.took.get(kind, ()))
        return 1000 * found[min(len(found) - 1, int(len(found) * share))] if found else 0.0

    def count(self, *kinds: str) -> int:
        return sum(len(self.took.get(kind, ())) for kind in kinds)


READS, WRITES = ("list", "view"), ("post",)


def plan_of(clerks: Sequence[Clerk], rate: float, seconds: float, seed: int) -> list[Ask]:
    """60 % lists and searches, 30 % requests and customers, 10 % posts, at `rate` a second over all clerks."""
    chance, at, plan = random.Random(seed), 0.0, []
    while True:
        at += chance.expovariate(rate)
        if at >= seconds:
            return plan
        plan.append(_one(chance, chance.choice(clerks), at, len(plan)))


def _one(chance: random.Random, clerk: Clerk, at: float, number: int) -> Ask:
    drawn, own = chance.random(), {"Cookie": clerk.cookies}
    if drawn < 0.35:
        return Ask(at, "list", chance.choice(clerk.lists), headers=own)
    if drawn < 0.6:
        words = chance.choice(clerk.words)
        if chance.random() < 0.5 or not clerk.find:
            address = "/desk/requests/?" + urlencode({"show": "all", "q": words})
            return Ask(at, "list", address, headers={**own, "HX-Request": "true"})
        return Ask(at, "list", "/desk/find/", {"q": words}, {**own, "X-CSRFToken": clerk.token, "HX-Request": "true"})
    if drawn < 0.9:
        return Ask(at, "view", f"/desk/requests/{chance.choice(clerk.requests)}/", headers=own)
    fields = {"act": "note", "text": f"Called back, nobody there ({number})", "to": "internal"}
    address = f"/desk/requests/{chance.choice(clerk.requests)}/do/"
    return Ask(at, "post", address, fields, {**own, "X-CSRFToken": clerk.token})


def intake_of(key: str, rate: float, seconds: float, seed: int, place: dict[str, str], code: str) -> list[Ask]:
    """Reports over Open311 at `rate` a second, each with a key of its own for its retries."""
    chance, at, plan = random.Random(seed + 1), 0.0, []
    while (at := at + chance.expovariate(rate)) < seconds:
        words = f"Storm report {seed}-{len(plan)}"
        fields = {"api_key": key, "service_code": code, "description": words, **place}
        plan.append(
            Ask(at, "intake", "/open311/v2/requests.json", fields, {"Idempotency-Key": words.replace(" ", "-")})
        )
    return plan


def run(port: int, plan: Sequence[Ask], *, heard: Callable[[Ask, int, bytes], None] | None = None) -> Answers:
    """Ask all of it at its time; `heard` gets every answer. A request that was turned away is not tried again here."""
    answers, lock, waiting = Answers(), threading.Lock(), iter(sorted(plan, key=lambda one: one.at))
    began = time.monotonic() + 0.2

    def ask_on() -> None:
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_SECONDS)
        while True:
            with lock:
                one = next(waiting, None)
            if one is None:
                line.close()
                return
            meant = began + one.at
            time.sleep(max(0.0, meant - time.monotonic()))
            started = time.monotonic()
            status, body = _ask(line, one)
            took = time.monotonic() - meant
            with lock:
                answers.late = max(answers.late, started - meant)
                if status == SHED:
                    answers.shed[one.kind] += 1
                elif status in GOOD:
                    answers.took.setdefault(one.kind, []).append(took)
                else:
                    answers.wrong.append(f"{one.path.partition('?')[0]} {status} {body[:200]!r}")
            if heard:
                heard(one, status, body)

    threads = [threading.Thread(target=ask_on, daemon=True) for _ in range(min(LINES, len(plan) or 1))]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return answers


def _ask(line: http.client.HTTPConnection, one: Ask) -> tuple[int, bytes]:
    """Status (0 without an answer) and body; a line that the server closed meanwhile is opened again once."""
    body = urlencode(one.fields) if one.fields is not None else None
    headers = {**one.headers, **({"Content-Type": "application/x-www-form-urlencoded"} if body is not None else {})}
    for is_last in (False, True):
        try:
            line.request("POST" if body is not None else "GET", one.path, body, headers)
            said = line.getresponse()
            return said.status, said.read()
        except (OSError, http.client.HTTPException) as error:
            line.close()
            if is_last or not isinstance(error, http.client.RemoteDisconnected | ConnectionError):
                return 0, repr(error).encode()
    return 0, b""

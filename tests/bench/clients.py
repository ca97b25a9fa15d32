"""Eight people or programs at once: each asks again as soon as it is answered, over real connections."""

import http.client
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from statistics import quantiles
from urllib.parse import urlencode

CLIENTS = 8
_WARM = 1.5
# Answers that are what was asked for; a find box that meets a whole number sends its reader on.
_GOOD = (200, 201, 302)


@dataclass(frozen=True)
class Ask:
    """One question: a form where there are fields, else a page."""

    path: str
    fields: dict[str, str] | None = None
    headers: dict[str, str] | None = None


@dataclass(frozen=True)
class Rate:
    """What came of a while of asking."""

    answers: int
    seconds: float
    p95_ms: float

    @property
    def a_second(self) -> float:
        return self.answers / self.seconds


def rate_of(port: int, each: list[Iterator[Ask]], seconds: float, began: Callable[[], None] = lambda: None) -> Rate:
    """Let every client ask for so long. Connections, plans and caches are warmed first, then `began` is called.

    Raises RuntimeError when an answer was not what it should be: an error is answered quickly.
    """
    _all(port, each, _WARM)
    began()
    start = time.perf_counter()
    walls = _all(port, each, seconds)
    return Rate(len(walls), time.perf_counter() - start, quantiles(walls, n=20)[-1])


def _all(port: int, each: list[Iterator[Ask]], seconds: float) -> list[float]:
    until = time.perf_counter() + seconds
    walls: list[list[float]] = [[] for _ in each]
    failed: list[str] = []
    threads = [
        threading.Thread(target=_ask_on, args=(port, asks, mine, failed, until))
        for asks, mine in zip(each, walls, strict=True)
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    if failed:
        raise RuntimeError(f"{len(failed)} answers were not right, the first: {failed[0]}")
    return [wall for mine in walls for wall in mine]


def _ask_on(port: int, asks: Iterator[Ask], walls: list[float], failed: list[str], until: float) -> None:
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    while time.perf_counter() < until and (one := next(asks, None)):
        body, headers = None, dict(one.headers or {})
        if one.fields is not None:
            body = urlencode(one.fields)
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        began = time.perf_counter()
        client.request("POST" if body else "GET", one.path, body, headers)
        answer = client.getresponse()
        said = answer.read()
        walls.append((time.perf_counter() - began) * 1000)
        if answer.status not in _GOOD:
            failed.append(f"{one.path.split('?')[0]} {answer.status} {said[:200]!r}")
    client.close()

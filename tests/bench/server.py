"""The house as it is served: eight partners at once, bytes over the wire, memory of the processes."""

import gzip
import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from tests.bench.clients import CLIENTS, Ask, rate_of
from tests.bench.cost import TOKEN, session_of, whole_process_seconds
from tests.bench.figures import Figure, at_least, at_most
from tests.bench.pages import clerk_of_busy_team
from tests.bench.shifts import shifts_of
from tests.bench.work import begun_contact, list_of_words, make_keys, reports, someone


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


# Somebody else's server on a fixed port would answer in our place.
PORT = int(os.environ.get("BENCH_PORT", "0")) or _free_port()
HEADERS = {"Accept-Encoding": "br, gzip", "Accept-Language": "en"}


@contextmanager
def served() -> Iterator[int]:
    """A granian of two processes with four threads each, as `citydesk serve` starts it; yields its process id."""
    from config.cli.serve import web_command

    with _running(web_command("127.0.0.1", PORT)) as process:
        _wait()
        yield process.pid


@contextmanager
def _running(command: list[str], **more: Any) -> Iterator[subprocess.Popen]:
    """A process and those it starts; they are told to end, and are ended when they have not after 15 seconds."""
    with subprocess.Popen(command, start_new_session=True, **more) as process:
        try:
            yield process
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)


def measures(pid: int, size: int, seconds: float) -> dict[str, Callable[[], list[Figure]]]:
    """What is asked of a server that runs as `pid`, in this order: its memory last, after all the others."""
    return {
        "served intake": lambda: _measure_intake(pid, size, seconds),
        "served search": lambda: _measure_search(size, seconds),
        "served bytes": lambda: _measure_bytes(size),
        "served shifts": lambda: _measure_shifts(size),
        "served memory": lambda: _measure_memory(pid, size),
    }


def _measure_memory(pid: int, size: int) -> list[Figure]:
    largest = max(_rss(one) for one in _family(pid)[1:])
    return [at_most("memory_web", largest, "MB", 250, size), _measure_worker(size)]


def _measure_intake(pid: int, size: int, seconds: float) -> list[Figure]:
    keys = make_keys(CLIENTS)
    each = [_posts(reports(key, 1200, seed=1000 + at)) for at, key in enumerate(keys)]
    family, backends, spent = _family(pid), [], [0.0, 0.0]

    def used() -> list[float]:
        living = [one for one in backends if Path(f"/proc/{one}").exists()]
        return [sum(map(whole_process_seconds, family)), sum(map(whole_process_seconds, living))]

    def began() -> None:
        # The processes have their connections by now; a database's process lives as long as its connection.
        backends.extend(_backends())
        spent[:] = used()

    rate = rate_of(PORT, each, seconds, began)
    web, database = (after - before for after, before in zip(used(), spent, strict=True))
    return [
        at_least("intake_rate_8_clients", rate.a_second, "a second", 150, size),
        at_most("intake_8_clients_p95", rate.p95_ms, "ms", 100, size),
        at_most("intake_8_clients_cpu", (web + database) * 1000 / rate.answers, "CPU-ms", None, size),
    ]


def _posts(fields: list[dict[str, str]]) -> Iterator[Ask]:
    return iter([Ask("/open311/v2/requests.json", one) for one in fields])


def _measure_search(size: int, seconds: float) -> list[Figure]:
    """The words of eight people: the list of the first 50 requests that hold them, and the find box over every room."""
    session = {"Cookie": session_of(someone("dana")), "HX-Request": "true"}
    texts = [list_of_words(seed) for seed in range(CLIENTS)]
    listed = rate_of(PORT, [_lists(words, session) for words in texts], seconds)
    boxed = rate_of(PORT, [_boxes(words, session) for words in texts], seconds)
    said = "the queue's list of the first 50 requests that hold the words, as its page asks for it"
    return [
        at_least("search_rate_8_clients", listed.a_second, "a second", 60, size, said=said),
        at_most("search_8_clients_p95", listed.p95_ms, "ms", None, size),
        at_least(
            "find_rate_8_clients", boxed.a_second, "a second", None, size, said="the find box: the first 8 of each room"
        ),
        at_most("find_8_clients_p95", boxed.p95_ms, "ms", None, size),
    ]


def _lists(words: list[str], session: dict[str, str]) -> Iterator[Ask]:
    return cycle([Ask("/desk/requests/?" + urlencode({"show": "all", "q": one}), None, session) for one in words])


def _boxes(words: list[str], session: dict[str, str]) -> Iterator[Ask]:
    headers = session | {"X-CSRFToken": TOKEN}
    return cycle([Ask("/desk/find/", {"q": one}, headers) for one in words])


def _measure_shifts(size: int) -> list[Figure]:
    """Contact, queue, request and portal pages: what moves while they come up."""
    from citydesk.contact.service_requests.models import ServiceRequest

    clerk, team = clerk_of_busy_team()
    member, taker = _key_of(clerk), _key_of(someone("dana"))
    rows = ServiceRequest.objects.filter(team_id=team, is_open=True, is_confidential=False)
    pages = {
        "contact": (f"/desk/contact/{begun_contact(someone('dana'))[0]}/", taker),
        "queue": (f"/desk/requests/?show=open&team={team}", member),
        "request": (f"/desk/requests/{rows.order_by('id')[0].number}/", member),
        "portal": ("/", ""),
        "portal_phone": ("/report/", ""),
    }
    found = shifts_of(f"http://127.0.0.1:{PORT}", pages)
    # Half a thousandth of the window is a fraction of a pixel's worth of movement: nobody sees it.
    return [at_most(f"layout_shift_{name}", round(moved, 3), "shift", 0, size) for name, moved in found.items()]


def _key_of(user: Any) -> str:
    """The session's key alone."""
    return session_of(user).split(";")[0].split("=", 1)[1]


def _measure_bytes(size: int) -> list[Figure]:
    """The queue's page with all that it draws in, then the page alone, as the server sends it.

    The page itself travels through the proxy's gzip in front of the server; files are compressed when they are built.
    """
    user, team = clerk_of_busy_team()
    cookies = {"Cookie": session_of(user)}
    page, coded = _fetch(f"/desk/requests/?show=open&team={team}", cookies)
    plain = gzip.decompress(page) if coded == "gzip" else page
    alone = len(page) if coded else len(gzip.compress(page, 6))
    files = sorted(set(re.findall(r'(?:href|src)="(/static/[^"]+\.(?:css|js|woff2|svg|png|ico))"', plain.decode())))
    sizes = {one: len(_fetch(one, {})[0]) for one in files}
    for css in [one for one in files if one.endswith(".css")]:
        sizes |= {font: len(_fetch(font, {})[0]) for font in _fonts(css)}
    print("first page:", alone, {one.rsplit("/", 1)[-1]: length for one, length in sizes.items()}, flush=True)
    return [
        at_most("first_page_kb", (alone + sum(sizes.values())) / 1024, "KB", 300, size),
        at_most("next_page_kb", alone / 1024, "KB", 60, size),
        at_most("next_page_uncompressed_kb", len(plain) / 1024, "KB", None, size),
    ]


def _fonts(css: str) -> list[str]:
    """Fonts a style sheet names, as an address of the site."""
    client = http.client.HTTPConnection("127.0.0.1", PORT, timeout=30)
    client.request("GET", css)
    words = client.getresponse().read().decode()
    folder = css.rsplit("/", 1)[0]
    names = re.findall(r"url\([\"']?([^\"')]+\.woff2)", words)
    return [os.path.normpath(one if one.startswith("/") else f"{folder}/{one}") for one in names]


def _fetch(path: str, headers: dict[str, str]) -> tuple[bytes, str]:
    client = http.client.HTTPConnection("127.0.0.1", PORT, timeout=30)
    client.request("GET", path, headers={**HEADERS, **headers})
    answer = client.getresponse()
    body = answer.read()
    client.close()
    if answer.status != 200:
        raise RuntimeError(f"{path} answered {answer.status}")
    return body, answer.headers.get("Content-Encoding", "")


def _measure_worker(size: int) -> Figure:
    """The worker after it has had a few seconds of the jobs that the reports left behind."""
    command = [sys.executable, "-m", "config.cli", "work"]
    with _running(command, stdout=subprocess.DEVNULL) as process:
        time.sleep(12)
        if process.poll() is not None:
            raise RuntimeError("the worker ended by itself")
        used = max(_rss(one) for one in _family(process.pid))
    return at_most("memory_worker", used, "MB", 400, size)


def _family(pid: int) -> list[int]:
    """A process and those it started."""
    found = [pid]
    for one in found:
        for task in Path(f"/proc/{one}/task").glob("*/children"):
            found += [int(child) for child in task.read_text().split()]
    return found


def _backends() -> list[int]:
    """The database's processes that serve this database."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        return [row[0] for row in cursor.fetchall()]


def _rss(pid: int) -> float:
    """Resident memory in MB."""
    words: Any = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    return int(words[1]) / 1024 if words else 0.0


def _wait(seconds: float = 60.0) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            client = http.client.HTTPConnection("127.0.0.1", PORT, timeout=5)
            client.request("GET", "/healthz/live")
            if client.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.3)
    raise RuntimeError("the web server did not come up")

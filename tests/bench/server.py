"""The house as it is served: eight partners at once, bytes over the wire, memory of the processes."""

import gzip
import http.client
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import quantiles
from typing import Any
from urllib.parse import urlencode

from tests.bench.cost import session_of, whole_process_seconds
from tests.bench.figures import Figure, at_least, at_most
from tests.bench.pages import clerk_of_busy_team
from tests.bench.work import make_keys, reports

CLIENTS = 8
PORT = int(os.environ.get("BENCH_PORT", "8150"))
HEADERS = {"Accept-Encoding": "br, gzip", "Accept-Language": "en"}


@contextmanager
def served() -> Iterator[int]:
    """A granian of two processes with four threads each, as `citydesk serve` starts it; yields its process id."""
    from config.cli.serve import web_command

    with subprocess.Popen(web_command("127.0.0.1", PORT), start_new_session=True) as process:
        try:
            _wait()
            yield process.pid
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)


def measure_served(size: int, seconds: float = 10.0) -> list[Figure]:
    """Reports at eight clients, the first page, the memory after all that."""
    with served() as pid:
        found = _measure_rate(pid, size, seconds)
        found += _measure_bytes(size)
        found.append(at_most("memory_web", max(_rss(one) for one in _family(pid)[1:]), "MB", 250, size))
    found.append(_measure_worker(size))
    return found


def _measure_rate(pid: int, size: int, seconds: float) -> list[Figure]:
    keys = make_keys(CLIENTS)
    walls: list[list[float]] = [[] for _ in keys]
    failed: list[str] = []
    each = [reports(key, 600, seed=1000 + at) for at, key in enumerate(keys)]
    _report_all(each, walls, failed, 1.5)  # connections, plans and caches of both processes
    for one in walls:
        one.clear()
    family, backends = _family(pid), _backends()
    web = sum(whole_process_seconds(one) for one in family)
    database = sum(whole_process_seconds(one) for one in backends)
    began = time.perf_counter()
    _report_all(each, walls, failed, seconds)
    lasted = time.perf_counter() - began
    web = sum(whole_process_seconds(one) for one in family) - web
    database = sum(whole_process_seconds(one) for one in backends if Path(f"/proc/{one}").exists()) - database
    spent = [one for client in walls for one in client]
    if failed:
        raise RuntimeError(f"{len(failed)} reports failed, the first with: {failed[0]}")
    cpu = (web + database) * 1000 / len(spent)
    return [
        at_least("intake_rate_8_clients", len(spent) / lasted, "a second", 150, size),
        at_most("intake_8_clients_p95", quantiles(spent, n=20)[-1], "ms", 100, size),
        at_most("intake_8_clients_cpu", cpu, "CPU-ms", None, size),
    ]


def _report_all(each: list[list[dict[str, str]]], walls: list[list[float]], failed: list[str], seconds: float) -> None:
    until = time.perf_counter() + seconds
    threads = [
        threading.Thread(target=_report, args=(fields, mine, failed, until))
        for fields, mine in zip(each, walls, strict=True)
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join()


def _report(waiting: list[dict[str, str]], walls: list[float], failed: list[str], until: float) -> None:
    client = http.client.HTTPConnection("127.0.0.1", PORT, timeout=30)
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    while waiting and time.perf_counter() < until:
        began = time.perf_counter()
        client.request("POST", "/open311/v2/requests.json", urlencode(waiting.pop()), headers)
        answer = client.getresponse()
        said = answer.read()
        walls.append((time.perf_counter() - began) * 1000)
        if answer.status != 200:
            failed.append(f"{answer.status} {said[:200]!r}")
    client.close()


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
    with subprocess.Popen(command, start_new_session=True, stdout=subprocess.DEVNULL) as process:
        try:
            time.sleep(12)
            if process.poll() is not None:
                raise RuntimeError("the worker ended by itself")
            used = max(_rss(one) for one in _family(process.pid))
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
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

"""What a request costs: SQL statements, CPU-ms of this process and of the database, wall time.

A request runs through the WSGI application itself, with every middleware, in this process; only the HTTP server is
left out. CPU times repeat on a machine that others use too; wall times do not.
"""

import io
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from typing import Any
from urllib.parse import urlencode

from django.db import connection

WARM = 15
# A run that only shows that everything still works does each act a few times; `run_all` sets it.
is_quick = False


@dataclass(frozen=True)
class Cost:
    """Means over the runs of one act; the wall times are middle and 95th percentile."""

    statements: float
    web_ms: float
    database_ms: float
    wall_ms: float
    wall_p95_ms: float

    @property
    def cpu_ms(self) -> float:
        return self.web_ms + self.database_ms


def cost_of(act: Callable[[], Any], *, times: int = 100, warm: int = WARM) -> Cost:
    """Run an act often, after some runs that fill caches and plans."""
    if is_quick:
        times, warm = min(times, 12), min(warm, 6)
    # Workers of a parallel query are processes of their own: without them the one backend's time is all of it.
    with connection.cursor() as cursor:
        cursor.execute("SET max_parallel_workers_per_gather = 0")
    for _ in range(warm):
        act()
    walls = []
    with statements() as tally:
        began_web, began_database = time.process_time(), backend_seconds()
        for _ in range(times):
            began = time.perf_counter()
            act()
            walls.append((time.perf_counter() - began) * 1000)
        spent_web, spent_database = time.process_time() - began_web, backend_seconds() - began_database
    with connection.cursor() as cursor:
        cursor.execute("RESET max_parallel_workers_per_gather")
    return Cost(
        tally.count / times,
        spent_web * 1000 / times,
        spent_database * 1000 / times,
        median(walls),
        quantiles(walls, n=20)[-1],
    )


class Tally:
    """How many statements went through Django's connection."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, execute: Callable[..., Any], sql: str, values: Any, many: bool, context: Any) -> Any:
        self.count += 1
        return execute(sql, values, many, context)


@contextmanager
def statements() -> Iterator[Tally]:
    """Count the statements made inside."""
    tally = Tally()
    with connection.execute_wrapper(tally):
        yield tally


def backend_seconds() -> float:
    """CPU seconds (user and system) that the database process behind this connection has used so far."""
    connection.ensure_connection()
    return process_seconds(connection.connection.info.backend_pid)  # type: ignore[union-attr]  # connected by then


def process_seconds(pid: int) -> float:
    """CPU seconds of a process: to the nanosecond where the kernel tells, else to the tick."""
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9
    except (OSError, IndexError):
        return whole_process_seconds(pid)


def whole_process_seconds(pid: int) -> float:
    """CPU seconds of a process with all its threads, to the tick."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Browser:
    """Asks the WSGI application as a signed-in person, a partner's program or nobody."""

    def __init__(self, user: Any = None) -> None:
        from django.core.wsgi import get_wsgi_application

        self.application = get_wsgi_application()
        self.cookies = session_of(user) if user else ""
        self.headers: dict[str, str] = {}

    def get(self, path: str) -> bytes:
        """The page; refuses anything but 200 (and 201, which posts answer)."""
        return self._ask("GET", path, b"")

    def post(self, path: str, fields: dict[str, Any]) -> bytes:
        """Post a form with the CSRF cookie and token a page would give."""
        if self.cookies:
            fields = {"csrfmiddlewaretoken": TOKEN, **fields}
        return self._ask("POST", path, urlencode(fields).encode())

    def _ask(self, method: str, path: str, body: bytes) -> bytes:
        route, _sep, query = path.partition("?")
        answered: list[Any] = []
        environ = {
            "REQUEST_METHOD": method,
            "PATH_INFO": route,
            "QUERY_STRING": query,
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "8000",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "CONTENT_TYPE": "application/x-www-form-urlencoded" if body else "",
            "CONTENT_LENGTH": str(len(body)),
            "HTTP_COOKIE": self.cookies,
            "HTTP_ACCEPT_LANGUAGE": "en",
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": io.StringIO(),
            "wsgi.multithread": False,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
            "wsgi.version": (1, 0),
            **self.headers,
        }
        answer = self.application(environ, lambda status, headers, exc_info=None: answered.append((status, headers)))
        try:
            page = b"".join(answer)
        finally:
            answer.close()
        if not answered[0][0].startswith(("200", "201")):
            sent_to = dict(answered[0][1]).get("Location", "")
            raise RuntimeError(f"{method} {route} answered {answered[0][0]} {sent_to}: {page[:400]!r}")
        return page


TOKEN = "b" * 32


def session_of(user: Any) -> str:
    """The cookies of a signed-in person, without a password in between."""
    from django.conf import settings
    from django.contrib.auth import login
    from django.contrib.sessions.backends.db import SessionStore
    from django.http import HttpRequest

    request = HttpRequest()
    request.session = SessionStore()
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    request.session.save()
    return f"{settings.SESSION_COOKIE_NAME}={request.session.session_key}; {settings.CSRF_COOKIE_NAME}={TOKEN}"

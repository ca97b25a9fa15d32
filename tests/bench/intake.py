"""A report taken in over Open311, against a minimal view that writes the same rows.

What a report writes is not guessed: a real one is taken in and rolled back while its statements are noted; then the
sequences are wound back and a bare view says the same writing statements again, with the same values, in the same two
transactions (the raw report by itself, everything else together). No middleware, no keys, no validation, no rights, no
routing, no reading: the rows and nothing else.
"""

import json
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import psycopg
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import override_settings
from django.urls import path

from tests.bench import cost
from tests.bench.city import SEED
from tests.bench.cost import Browser, Cost, cost_of
from tests.bench.figures import Figure, at_most
from tests.bench.pages import print_costs
from tests.bench.work import figures_of, make_keys, reports

CPU_MS, TIMES_BARE = 10.0, 2.0
TIMES, WARM = 150, 15
_ADDRESS = "/open311/v2/requests.json"
_WRITES = re.compile(
    r"\s*(INSERT|UPDATE|DELETE)\b|.*\b(INSERT INTO|citydesk_next_number|procrastinate_defer\w*)\b", re.DOTALL
)

# What only decides whether a report is let in: the bare view lets everything in.
_BRAKES = re.compile(r"\b(?:INTO|UPDATE)\s+\"?kernel_(throttlebucket|idempotentact)\b")
_ROWS = re.compile(r"\b(?:INTO|UPDATE)\s+\"?(?!kernel_throttlebucket|kernel_idempotentact)[a-z]+_[a-z_]+")

_waiting: Iterator[Any] = iter(())


@dataclass(frozen=True)
class Said:
    """A statement with its values, and the kind of cursor it went through: some stay prepared on the server."""

    sql: str
    values: Any
    cursor: type

    def again(self) -> None:
        if not issubclass(self.cursor, psycopg.ClientCursor):
            with self.cursor(connection.connection) as cursor:
                cursor.execute(self.sql, self.values)
                _fetch(cursor)
        else:
            with connection.cursor() as cursor:
                cursor.execute(self.sql, self.values)
                _fetch(cursor)


def _fetch(cursor: Any) -> None:
    if cursor.description:
        cursor.fetchall()


def _is_brake(sql: str) -> bool:
    """Whether a statement writes nothing but brakes; one that writes rows beside them belongs to the rows."""
    return bool(_BRAKES.search(sql)) and not _ROWS.search(sql)


def measure_intake(size: int) -> list[Figure]:
    """One report over Open311: stored raw, recorded with timeline, audit and jobs, committed."""
    (key,) = make_keys(1)
    browser = Browser()
    post = cost_of(reporting(browser, key, TIMES + WARM), times=TIMES, warm=WARM)
    bare = measure_bare(browser, key)
    print_costs("intake", post, bare)
    times = post.cpu_ms / bare.cpu_ms
    said = f"the same {bare.statements:.0f} writing statements of {post.statements:.0f}, said again by a bare view"
    return [
        *figures_of("intake", post, size, CPU_MS, bare=bare),
        at_most("intake_times_bare", times, "times", TIMES_BARE, size, said=said),
    ]


def reporting(browser: Browser, key: str, count: int, seed: int = SEED) -> Callable[[], None]:
    """Sends one of so many reports after another."""
    waiting = iter(reports(key, count, seed))
    return lambda: _post(browser, next(waiting))


def _post(browser: Browser, fields: dict[str, str]) -> None:
    """Send a report; one that was only kept for later does not count."""
    answer = browser.post(_ADDRESS, fields)
    if b'"service_request_id"' not in answer:
        raise RuntimeError(f"the report was not recorded: {answer[:200]!r}")


def measure_bare(browser: Browser, key: str) -> Cost:
    """What writing the rows alone costs."""
    global _waiting
    written = _written(browser, reports(key, 20 if cost.is_quick else TIMES + WARM, seed=77))
    _waiting = iter(written)
    with override_settings(MIDDLEWARE=[], ROOT_URLCONF="tests.bench.intake"):
        bare = Browser()
        spent = cost_of(lambda: bare.post("/bare/", {"description": "the same"}), times=TIMES, warm=WARM)
    # They are said beside Django's cursor, where nothing counts them.
    return replace(spent, statements=sum(map(len, written)) / len(written))


def _written(browser: Browser, posts: list[dict[str, str]]) -> list[list[Said]]:
    """The writing statements of each post, of which none is left in the database."""
    found = []
    with _sequences_kept(), _connection_kept(), transaction.atomic():
        for post in posts:
            said: list[Said] = []
            with connection.execute_wrapper(_Noting(said)):
                _post(browser, post)
            found.append(said)
        transaction.set_rollback(True)
    if os.environ.get("BENCH_SQL"):
        for one in found[-1]:
            print(f"  bare: {' '.join(one.sql.split())[:300]}")
    return found


class _Noting:
    """Keeps the statements that write."""

    def __init__(self, said: list[Said]) -> None:
        self.said = said

    def __call__(self, execute: Callable[..., Any], sql: str, values: Any, many: bool, context: Any) -> Any:
        if _WRITES.match(sql) and not _is_brake(sql):
            self.said.append(Said(sql, values, type(context["cursor"].cursor)))
        return execute(sql, values, many, context)


@contextmanager
def _sequences_kept() -> Iterator[None]:
    """Wind every sequence back afterwards: a rollback does not."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT format('%I.%I', schemaname, sequencename), last_value, start_value FROM pg_sequences")
        known = cursor.fetchall()
        yield
        for name, last, start in known:
            cursor.execute("SELECT setval(%s, %s, %s)", [name, last or start, last is not None])


@contextmanager
def _connection_kept() -> Iterator[None]:
    """Between two requests Django looks whether a connection is to be closed; not while all of them are one act."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    try:
        yield
    finally:
        for signal in (request_started, request_finished):
            signal.connect(close_old_connections)


def _bare(request: HttpRequest) -> HttpResponse:
    raw, *others = next(_waiting)
    raw.again()
    with transaction.atomic():
        for one in others:
            one.again()
    return HttpResponse(json.dumps([{"description": request.POST["description"]}]), content_type="application/json")


urlpatterns = [path("bare/", _bare)]

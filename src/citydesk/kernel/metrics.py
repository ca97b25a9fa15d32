"""Prometheus figures: rate, errors and duration per route, statements and time in the database, the queues.

Labels are route names, methods and statuses: never an address, a number or a name. Several web processes write into one
folder, which any of them can answer from.
"""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponseBase
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest, multiprocess
from prometheus_client.core import GaugeMetricFamily

Path(os.environ["PROMETHEUS_MULTIPROC_DIR"]).mkdir(parents=True, exist_ok=True)

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
REQUESTS = Counter("citydesk_requests", "Answers by route, method and status", ["route", "method", "status"])
DURATION = Histogram("citydesk_request_seconds", "Time to answer", ["route"], buckets=SECONDS)
STATEMENTS = Counter("citydesk_statements", "SQL statements by route", ["route"])
DATABASE_SECONDS = Counter("citydesk_database_seconds", "Time waiting for the database by route", ["route"])
REFUSALS = Counter("citydesk_refusals", "Refused input by reason code", ["code"])
JOBS = Counter("citydesk_jobs", "Jobs run by task and result", ["task", "result"])
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Tally:
    """What one request asked of the database."""

    def __init__(self) -> None:
        self.statements = 0
        self.seconds = 0.0

    def __call__(self, execute: Callable[..., Any], sql: str, values: Any, many: bool, context: Any) -> Any:
        began = time.perf_counter()
        try:
            return execute(sql, values, many, context)
        finally:
            self.statements += 1
            self.seconds += time.perf_counter() - began


current_tally: ContextVar[Tally | None] = ContextVar("current_tally", default=None)


@contextmanager
def tallied() -> Iterator[Tally]:
    """Count the statements made inside."""
    tally = Tally()
    token = current_tally.set(tally)
    try:
        with connection.execute_wrapper(tally):
            yield tally
    finally:
        current_tally.reset(token)


def route_of(request: HttpRequest) -> str:
    """The name of the route: "service_requests:detail"; "none" for an address nobody serves."""
    match = getattr(request, "resolver_match", None)
    return (match.view_name or "unnamed") if match else "none"


def observe(request: HttpRequest, response: HttpResponseBase, seconds: float, tally: Tally) -> None:
    """Note one answered request."""
    route = route_of(request)
    method = request.method if request.method in _METHODS else "other"
    REQUESTS.labels(route, method, str(response.status_code)).inc()
    DURATION.labels(route).observe(seconds)
    STATEMENTS.labels(route).inc(tally.statements)
    DATABASE_SECONDS.labels(route).inc(tally.seconds)


class _Queues:
    """Figures asked for at the moment of reading."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def collect(self) -> Iterator[GaugeMetricFamily]:
        from citydesk.kernel.health import deep, queue_figures

        figures = queue_figures(self.now)
        depth = GaugeMetricFamily("citydesk_queue_depth", "Jobs due and waiting", labels=["queue"])
        age = GaugeMetricFamily("citydesk_queue_oldest_seconds", "Age of the oldest due job", labels=["queue"])
        for queue, count in figures.waiting.items():
            depth.add_metric([queue], count)
            age.add_metric([queue], figures.oldest_seconds[queue])
        yield depth
        yield age
        yield GaugeMetricFamily("citydesk_jobs_failed", "Jobs that failed for good", value=figures.failed)
        health = GaugeMetricFamily("citydesk_health", "Checks: 0 ok, 1 warn, 2 bad", labels=["check"])
        for code, state in deep(self.now)[1].items():
            health.add_metric([code], {"ok": 0, "warn": 1, "bad": 2}[state.level])
        yield health


def exposition(now: datetime) -> bytes:
    """All figures of all processes in Prometheus' text format."""
    registry = CollectorRegistry()
    multiprocess.MultiProcessCollector(registry)
    registry.register(_Queues(now))  # type: ignore[arg-type]  # a collector by its method
    return generate_latest(registry)

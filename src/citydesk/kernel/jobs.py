"""Declaring a job: name, queue, retries with growing delay, request id, the city's zone and language around it."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

import structlog
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from citydesk.kernel.trace import current_request_id

log = structlog.get_logger("job")

# Ten attempts spread over about a day: 4 s, 16 s, 64 s, ... the administrator's page shows what is left after that.
RETRY = RetryStrategy(max_attempts=10, exponential_wait=4)

# Set by the profile room: a context manager that activates the city's zone.
city_surroundings: list[Callable[[], Any]] = []


@contextmanager
def surroundings() -> Any:
    """Activate what every job needs; rooms add theirs in `city_surroundings`."""
    from contextlib import ExitStack

    with ExitStack() as stack:
        for make in city_surroundings:
            stack.enter_context(make())
        yield


@contextmanager
def observed(name: str) -> Iterator[None]:
    """Count the job and write its one log line: name, result, time. Never its arguments."""
    from citydesk.kernel.metrics import JOBS

    began, result = time.perf_counter(), "failed"
    try:
        yield
        result = "done"
    finally:
        JOBS.labels(name, result).inc()
        log.info("job", task=name, result=result, ms=round((time.perf_counter() - began) * 1000, 1))


def job(name: str, *, queue: str = "default", retry: Any = RETRY) -> Callable[[Callable[..., Any]], Any]:
    """Register a function as a job. It gets the keyword arguments given to `outbox.defer`, without `request_id`."""

    def register(function: Callable[..., Any]) -> Any:
        @wraps(function)
        def run(*, request_id: str = "", **arguments: Any) -> Any:
            token = current_request_id.set(request_id)
            try:
                with surroundings(), observed(name):
                    return function(**arguments)
            finally:
                current_request_id.reset(token)

        return app.task(name=name, queue=queue, retry=retry)(run)

    return register


def periodic(name: str, cron: str, *, queue: str = "sweeps") -> Callable[[Callable[[], Any]], Any]:
    """Register a function without arguments to run on a cron line (UTC); two copies never wait at once."""

    def register(function: Callable[[], Any]) -> Any:
        @wraps(function)
        def run(timestamp: int) -> Any:
            with surroundings(), observed(name):
                return function()

        return app.periodic(cron=cron)(app.task(name=name, queue=queue, queueing_lock=name)(run))

    return register

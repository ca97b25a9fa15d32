"""`citydesk work`: take deferred jobs and periodic tasks until stopped; a running job is finished first.

The jobs run in lanes that do not wait for each other: a partner's program that hangs holds up other programs' news, but
no letter; a mail server that hangs holds up letters, but neither routing nor seals nor statistics.
"""

import argparse
import asyncio
import os
import signal
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

# Queues to how many of their jobs run at a time. Whoever calls the outside has a lane of its own.
LANES = {
    "house": (("default", "events", "sweeps"), 4),
    "mail": (("messages", "mail"), 2),
    "outside": (("outside",), 2),
    "files": (("files",), 1),
    # Solvers take a core for as long as they are given; one at a time, and nobody else waits for it.
    "heavy": (("heavy",), 1),
}
# How often the wall clock is looked at, and how far back is more than the usual correction.
WATCH_SECONDS, SET_BACK_SECONDS = 5.0, 20


def register(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--concurrency", type=int, default=4, help="jobs of the house at a time (default 4)")
    parser.add_argument("--queues", default="", help="comma-separated names (default: all, in lanes)")
    parser.add_argument("--until-empty", action="store_true", help="end when no job waits")
    parser.set_defaults(run=run)


def run(given: argparse.Namespace, console: Any) -> int:
    """Exit code 0 after Ctrl-C, SIGTERM, or an empty queue with `--until-empty`.

    Without a database it waits and begins anew when there is one, so that jobs go on by themselves after an outage.
    """
    from config.cli.main import set_up_django
    from config.roles import forget_owner

    os.environ["CITYDESK_ROLE"] = "worker"  # the settings let this process alone import the rooms' tasks
    set_up_django()
    forget_owner()
    import structlog
    from django.db import Error as DatabaseError

    from citydesk.kernel.practice import require_agreement

    require_agreement()
    from procrastinate.contrib.django import app
    from procrastinate.exceptions import ConnectorException
    from psycopg import Error

    try:
        forget_what_lies_ahead()
        with app.replace_connector(connector()) as worker_app:
            if asyncio.run(take_jobs(worker_app, lanes_of(given), given)):
                return 0
    except ClockSetBack as error:
        structlog.get_logger("worker").warning("worker.clock_set_back", by=str(error))
    except (ConnectorException, DatabaseError, Error, OSError):
        if given.until_empty:
            raise
    wait_for_database()
    # A fresh process has no dead connections and is a new worker: what the old one held is given back by the sweep.
    os.execv(sys.executable, [sys.executable, "-m", "config.cli", *sys.argv[1:]])  # noqa: S606


def lanes_of(given: argparse.Namespace) -> dict[str, tuple[tuple[str, ...], int]]:
    """Name to queues and jobs at a time. One lane for all where queues are named, and where the end is waited for:
    a job of one lane may leave another to do."""
    queues = tuple(name for name in given.queues.split(",") if name)
    if queues or given.until_empty:
        return {"worker": (queues, given.concurrency)}
    return {**LANES, "house": (LANES["house"][0], given.concurrency)}


def connector() -> Any:
    """Procrastinate's own, with a connection for each lane to listen on and some to work with."""
    from procrastinate.contrib.django.utils import connector_params
    from procrastinate.psycopg_connector import PsycopgConnector

    return PsycopgConnector(kwargs=connector_params(), min_size=2, max_size=len(LANES) + 4)


async def take_jobs(worker_app: Any, lanes: dict[str, Any], given: argparse.Namespace) -> bool:
    """Run the lanes; SIGTERM lets running jobs finish for half a minute, then gives them back.

    False when they stopped without being told to: the line to the database is gone.
    """
    from citydesk.kernel.watchdog import beat

    loop = asyncio.get_running_loop()
    worker_app.perform_import_paths()
    loop.set_default_executor(ThreadPoolExecutor(sum(most for _queues, most in lanes.values()) + 2))
    async with worker_app.open_async():
        work = [
            asyncio.ensure_future(
                lane(
                    worker_app,
                    is_first=number == 0,
                    name=name,
                    queues=list(queues) if queues else None,
                    concurrency=most,
                    wait=not given.until_empty,
                    shutdown_graceful_timeout=30,
                    update_heartbeat_interval=10,
                )
            )
            for number, (name, (queues, most)) in enumerate(lanes.items())
        ]
        beats = asyncio.ensure_future(beat())
        clock = asyncio.ensure_future(watch_clock())
        told = asyncio.Event()

        def stop() -> None:
            told.set()
            for lane in work:
                lane.cancel()

        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop)
        try:
            await until_one_ends([*work, clock])
        except (asyncio.CancelledError, Exception):
            if not told.is_set():
                raise
        finally:
            beats.cancel()
            clock.cancel()
        return told.is_set() or bool(given.until_empty)


class ClockSetBack(Exception):
    """The wall clock went back: what the schedule noted as done lies ahead of it."""


async def watch_clock() -> None:
    """Raises `ClockSetBack` when the clock of this machine was set back by more than a few seconds."""
    apart = time.time() - time.monotonic()
    while True:
        await asyncio.sleep(WATCH_SECONDS)
        now_apart = time.time() - time.monotonic()
        if now_apart < apart - SET_BACK_SECONDS:
            raise ClockSetBack(f"by {apart - now_apart:.0f} s")
        apart = max(apart, now_apart)


def forget_what_lies_ahead() -> int:
    """Take away what the schedule noted for moments still to come, before the clock was set back; returns how many.

    Each moment of a periodic task is deferred once. Without this, after an hour back no seal, no count and no reminder
    would run for an hour.
    """
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM procrastinate_periodic_defers WHERE defer_timestamp > %s",
            [int(time.time()) + SET_BACK_SECONDS],
        )
        found: int = cursor.rowcount
    connection.close()
    return found


def lane(worker_app: Any, *, is_first: bool, **options: Any) -> Any:
    """One of Procrastinate's workers. The first alone defers the periodic tasks, whatever lane they then run in: they
    would all do it at the same moment, and stand in each other's way."""
    from procrastinate.worker import Worker

    class Quiet(Worker):
        async def _periodic_deferrer(self) -> None:
            await asyncio.Event().wait()

    return (Worker if is_first else Quiet)(app=worker_app, install_signal_handlers=False, **options).run()


async def until_one_ends(work: list[Any]) -> None:
    """Lanes end together: when one loses its line to the database, so have the others. Raises what ended the first."""
    ended, others = await asyncio.wait(work, return_when=asyncio.FIRST_COMPLETED)
    for lane in others:
        if not lane.cancelling():  # whoever was told to stop finishes its jobs; told twice, it would not
            lane.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    for lane in ended:
        lane.result()


def wait_for_database() -> None:
    """Return when the database answers. Ctrl-C and SIGTERM end the process as they do any other."""
    import structlog
    from django.db import Error, connection

    from citydesk.kernel.watchdog import tell

    structlog.get_logger("worker").warning("worker.database_away")
    wait = 0.5
    while True:
        tell("READY=1\nWATCHDOG=1")  # it waits on purpose: a restart would not bring the database back
        try:
            connection.close()
            connection.ensure_connection()
        except Error:
            time.sleep(wait)
            wait = min(wait * 2, 5.0)
            continue
        connection.close()
        return

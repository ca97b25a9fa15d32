"""`citydesk work`: take deferred jobs and periodic tasks until stopped; a running job is finished first."""

import argparse
import asyncio
import os
import signal
import sys
import time
from typing import Any


def register(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--concurrency", type=int, default=4, help="jobs at a time (default 4)")
    parser.add_argument("--queues", default="", help="comma-separated names (default: all)")
    parser.add_argument("--until-empty", action="store_true", help="end when no job waits")
    parser.set_defaults(run=run)


def run(given: argparse.Namespace, console: Any) -> int:
    """Exit code 0 after Ctrl-C, SIGTERM, or an empty queue with `--until-empty`.

    Without a database it waits and begins anew when there is one, so that jobs go on by themselves after an outage.
    """
    from config.cli.main import set_up_django

    os.environ["CITYDESK_ROLE"] = "worker"  # the settings let this process alone import the rooms' tasks
    set_up_django()
    from procrastinate.contrib.django import app
    from procrastinate.exceptions import ConnectorException
    from psycopg import Error

    queues = [name for name in given.queues.split(",") if name] or None
    try:
        with app.replace_connector(app.connector.get_worker_connector()) as worker_app:  # type: ignore[attr-defined]
            if asyncio.run(take_jobs(worker_app, queues, given)):
                return 0
    except (ConnectorException, Error, OSError):
        if given.until_empty:
            raise
    wait_for_database()
    # A fresh process has no dead connections and is a new worker: what the old one held is given back by the sweep.
    os.execv(sys.executable, [sys.executable, "-m", "config.cli", *sys.argv[1:]])  # noqa: S606


async def take_jobs(worker_app: Any, queues: list[str] | None, given: argparse.Namespace) -> bool:
    """Run the worker; SIGTERM lets running jobs finish for half a minute, then gives them back.

    False when it stopped without being told to: its line to the database is gone.
    """
    from citydesk.kernel.watchdog import beat

    async with worker_app.open_async():
        work = asyncio.ensure_future(
            worker_app.run_worker_async(
                queues=queues,
                concurrency=given.concurrency,
                wait=not given.until_empty,
                shutdown_graceful_timeout=30,
                update_heartbeat_interval=10,
                install_signal_handlers=False,
            )
        )
        beats = asyncio.ensure_future(beat())
        told = asyncio.Event()

        def stop() -> None:
            told.set()
            work.cancel()

        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop)
        try:
            await work
        except (asyncio.CancelledError, Exception):
            if not told.is_set():
                raise
        finally:
            beats.cancel()
        return told.is_set() or bool(given.until_empty)


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

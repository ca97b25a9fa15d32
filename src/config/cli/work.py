"""`citydesk work`: take deferred jobs and periodic tasks until stopped; a running job is finished first."""

import argparse
import asyncio
import os
import signal
from typing import Any


def register(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--concurrency", type=int, default=4, help="jobs at a time (default 4)")
    parser.add_argument("--queues", default="", help="comma-separated names (default: all)")
    parser.add_argument("--until-empty", action="store_true", help="end when no job waits")
    parser.set_defaults(run=run)


def run(given: argparse.Namespace, console: Any) -> int:
    """Exit code 0 after Ctrl-C, SIGTERM, or an empty queue with `--until-empty`."""
    from config.cli.main import set_up_django

    os.environ["CITYDESK_ROLE"] = "worker"  # the settings let this process alone import the rooms' tasks
    set_up_django()
    from procrastinate.contrib.django import app

    queues = [name for name in given.queues.split(",") if name] or None
    with app.replace_connector(app.connector.get_worker_connector()) as worker_app:  # type: ignore[attr-defined]
        asyncio.run(take_jobs(worker_app, queues, given))
    return 0


async def take_jobs(worker_app: Any, queues: list[str] | None, given: argparse.Namespace) -> None:
    """Run the worker; SIGTERM lets running jobs finish for half a minute, then gives them back."""
    async with worker_app.open_async():
        await worker_app.run_worker_async(
            queues=queues,
            concurrency=given.concurrency,
            wait=not given.until_empty,
            shutdown_graceful_timeout=30,
            update_heartbeat_interval=10,
            install_signal_handlers=hasattr(signal, "SIGTERM"),
        )

"""What a worker that died held is given back, all of it."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from django.db import connection
from procrastinate.contrib.django import app

from citydesk.kernel.stalled import give_back_stalled

NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)


def job(status: str, *, lock: str | None = None) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, priority, lock, queueing_lock, args, status)"
            " VALUES ('sweeps', 'drill', 0, NULL, %s, '{}', %s) RETURNING id",
            [lock, status],
        )
        return int(cursor.fetchone()[0])


def given_back() -> int:
    try:
        return asyncio.run(give_back_stalled(app, seconds=30, at=NOW))
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_one_whose_successor_waits_holds_nobody_back():
    """A dead worker's periodic task, whose next copy waits, ends; the letters behind it go on."""
    dead, waiting, letter = job("doing", lock="seal"), job("todo", lock="seal"), job("doing")
    # In a thread of its own: a browser test in the same process leaves its event loop in this one.
    with ThreadPoolExecutor(1) as thread:
        assert thread.submit(given_back).result() == 2
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, status::text FROM procrastinate_jobs WHERE id = ANY(%s)", [[dead, waiting, letter]])
        assert dict(cursor.fetchall()) == {waiting: "todo", letter: "todo"}

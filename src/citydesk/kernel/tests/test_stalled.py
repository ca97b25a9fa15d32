"""What a worker that died held is given back, all of it."""

from datetime import UTC, datetime

import pytest
from asgiref.sync import async_to_sync
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


@pytest.mark.django_db(transaction=True)
def test_one_whose_successor_waits_holds_nobody_back():
    """A dead worker's periodic task, whose next copy waits, ends; the letters behind it go on."""
    dead, waiting, letter = job("doing", lock="seal"), job("todo", lock="seal"), job("doing")
    assert async_to_sync(give_back_stalled)(app, seconds=30, at=NOW) == 2
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, status::text FROM procrastinate_jobs WHERE id = ANY(%s)", [[dead, waiting, letter]])
        assert dict(cursor.fetchall()) == {waiting: "todo", letter: "todo"}

"""The year's deferred work, done at the year's own times: events reach their handlers, mail goes nowhere."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection

from citydesk.city.correspondence import services as correspondence
from citydesk.kernel.handled import handle_once
from citydesk.kernel.outbox import HANDLE_EVENTS

_TAKE = """
WITH taken AS (
    DELETE FROM procrastinate_jobs WHERE status = 'todo' AND task_name = ANY(%s) RETURNING id, task_name, args
) SELECT task_name, args FROM taken ORDER BY id
"""


@contextmanager
def quiet_mail() -> Iterator[None]:
    """No message of the invented year leaves this machine, whatever mail settings are in force."""
    kept = settings.EMAIL_BACKEND, settings.SMS_ADAPTER
    with connection.cursor() as cursor:
        # An invented year may lose its last second in a crash; waiting for the disk 50,000 times helps nobody.
        cursor.execute("SET synchronous_commit = off")
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    settings.SMS_ADAPTER = kept[1].rpartition(".")[0] + ".LogAdapter"
    try:
        yield
    finally:
        settings.EMAIL_BACKEND, settings.SMS_ADAPTER = kept


def settle_year(now: datetime) -> None:
    """Run the handlers and deliveries that the last step deferred, as if a worker had done it at that moment.

    What happened some minutes into the step (a request is written down while they speak) is told of then, not before.
    """
    moment = now
    for _round in range(10):
        jobs = _take()
        if not jobs:
            return
        for task, args in jobs:
            moment = max([moment, *(datetime.fromisoformat(one["happened_at"]) for one in args.get("handlings", ()))])
            _do(task, args, moment)


def forget_told() -> None:
    """Drop what waits to be told of calls written down: nobody is told of a resident's call."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_events WHERE job_id IN (SELECT id FROM procrastinate_jobs)")
        cursor.execute("DELETE FROM procrastinate_jobs WHERE status = 'todo' AND task_name = %s", [HANDLE_EVENTS])


def _take() -> list[tuple[str, dict[str, Any]]]:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_events WHERE job_id IN (SELECT id FROM procrastinate_jobs)")
        cursor.execute(_TAKE, [[HANDLE_EVENTS, "correspondence.deliver"]])
        return [(task, json.loads(args) if isinstance(args, str) else args) for task, args in cursor.fetchall()]


def _do(task: str, args: dict[str, Any], now: datetime) -> None:
    for one in args.get("handlings", ()):
        given = {key: one[key] for key in ("event", "event_id", "handler", "payload")}
        handle_once(**given, happened_at=datetime.fromisoformat(one["happened_at"]), now=now)
    if task != HANDLE_EVENTS:
        correspondence.deliver(message_id=args["message_id"], now=now)

"""Running deferred jobs inside a test: in its own connection and transaction, in the order they were deferred."""

import os
from collections.abc import Container
from typing import Any

from django.utils.module_loading import autodiscover_modules
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from citydesk.kernel.outbox import HANDLE_EVENT, HANDLE_EVENTS


def waiting_jobs() -> list[dict[str, Any]]:
    """Jobs deferred and not yet run: `{id, task_name, args, scheduled_at}`, oldest first."""
    rows = ProcrastinateJob.objects.filter(status="todo").order_by("id")
    return list(rows.values("id", "task_name", "args", "scheduled_at"))


def run_jobs(only: Container[str] | None = None, *, at_most: int = 500) -> list[str]:
    """Run every waiting job and the jobs those defer; returns the task names in order. A failing job raises.

    Jobs scheduled for later run too: a test decides itself what it waits for (`only` names tasks; with the handling of
    events goes the second attempt of a handler that failed, so that its error is seen).
    """
    assert os.environ["DJANGO_SETTINGS_MODULE"].endswith(".test"), "run_jobs is for tests"
    autodiscover_modules("tasks")
    done: list[str] = []
    while len(done) < at_most:
        job = next((one for one in waiting_jobs() if only is None or _is_wanted(one["task_name"], only)), None)
        if job is None:
            return done
        # Procrastinate's models are read-only by design; a test may take the row away as the worker would.
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM procrastinate_events WHERE job_id = %s", [job["id"]])
            cursor.execute("DELETE FROM procrastinate_jobs WHERE id = %s", [job["id"]])
        app.tasks[job["task_name"]].func(**job["args"])
        done.append(job["task_name"])
    raise AssertionError(f"more than {at_most} jobs: do they defer each other?")


def _is_wanted(task: str, only: Container[str]) -> bool:
    return task in only or (task == HANDLE_EVENT and HANDLE_EVENTS in only)

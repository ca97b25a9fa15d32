"""What the figures were measured on: versions, load, how fast this machine is at this moment."""

import os
import platform
import time
from importlib.metadata import version
from typing import Any

from django.db import connection

from tests.bench.noise import REFERENCE_LOOP_MS, loop_ms

PACKAGES = ("django", "jinja2", "psycopg", "granian", "procrastinate", "django-allauth")


def describe(rows: int, seed: int, database_bytes: int) -> dict[str, Any]:
    """Everything one needs to compare two runs."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        server = cursor.fetchone()[0]
        cursor.execute("SHOW shared_buffers")
        buffers = cursor.fetchone()[0]
    return {
        "rows": {"requests": rows, "interactions": rows, "timeline": 2 * rows},
        "database_bytes": database_bytes,
        "seed": seed,
        "load": [round(one, 2) for one in os.getloadavg()],
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "kernel": platform.release(),
        "postgresql": server,
        "shared_buffers": buffers,
        "packages": {name: version(name) for name in PACKAGES},
        "calibration": calibrate(),
    }


def calibrate() -> dict[str, float]:
    """Fixed work that has nothing to do with Citydesk: CPU-ms of a Python loop, round trips a second of SELECT 1,
    milliseconds of a commit."""
    loop = loop_ms()
    with connection.cursor() as cursor:
        began = time.perf_counter()
        for _ in range(2000):
            cursor.execute("SELECT 1")
            cursor.fetchone()
        trips = 2000 / (time.perf_counter() - began)
        cursor.execute("CREATE TABLE bench_commit (n int)")
        began = time.perf_counter()
        for one in range(50):
            cursor.execute("INSERT INTO bench_commit VALUES (%s)", [one])
        commit = (time.perf_counter() - began) * 1000 / 50
        cursor.execute("DROP TABLE bench_commit")
    return {
        "python_loop_cpu_ms": round(loop, 1),
        "python_loop_cpu_ms_at_reference": REFERENCE_LOOP_MS,
        "select_1_a_second": round(trips),
        "commit_ms": round(commit, 2),
    }

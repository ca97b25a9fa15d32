"""django-helpdesk 2.6.1 as it comes from PyPI, in an environment of its own, on the same PostgreSQL server.

It is not among our requirements: its packages are installed into build/helpdesk when it is first measured, nothing
of it is imported here, and its database is dropped afterwards. `there.py` runs in that environment.
"""

import json
import os
import subprocess
import sys
from typing import Any

from tests.bench.database import ROOT, empty_database
from tests.bench.figures import Figure, at_least, at_most

VERSION = "2.6.1"
FOLDER = ROOT / "build/helpdesk"
LIST_TIMES, PAGE_TIMES, INTAKE_TIMES = 30.0, 8.0, 4.0
# What stands against what: (theirs, ours, the figure's name, how many times ours must be cheaper, in words).
AGAINST = (
    (
        "list",
        "queue_cpu",
        "queue_times_cheaper",
        LIST_TIMES,
        "its ticket list as it opens for its staff (open tickets of all queues by creation, 50 a page: the page and the"
        " rows its script fetches) / our queue of one team by status, sorted by due time, 50 rows",
    ),
    (
        "list_one_queue",
        "queue_cpu",
        "queue_times_cheaper_one_queue",
        None,
        "its ticket list narrowed to one queue and status, sorted by due date / our queue of one team by status,"
        " sorted by due time; 50 rows each",
    ),
    (
        "ticket",
        "request_cpu",
        "request_times_cheaper",
        PAGE_TIMES,
        "its page of an open ticket with two follow-ups / our page of an open request with two lines of history",
    ),
    (
        "create",
        "intake_cpu",
        "intake_times_cheaper",
        INTAKE_TIMES,
        "a ticket made by its REST API with a signed-in session, mail rendered but not sent / a report over Open311",
    ),
)


def measure_helpdesk(
    tickets: int, *, database: str, teams: int, words: dict[str, Any], times: int = 60
) -> list[Figure]:
    """What its list, its ticket page and its API cost at so many tickets, in a database of that name."""
    found = _ask(_environment(), database, {"count": tickets, "teams": teams, "times": times, **words})
    print(f"django-helpdesk: {json.dumps(found)}", flush=True)
    figures = []
    for name in ("list", "list_one_queue", "list_whole", "ticket", "create"):
        cost = found[name]
        said = f"{cost['statements']:.0f} statements"
        if "found" in cost:
            said += f", {cost['shown']} of {cost['found']} tickets shown"
        cpu = cost["web_ms"] + cost["database_ms"]
        figures.append(at_most(f"helpdesk_{name}_cpu", cpu, "CPU-ms", None, tickets, said=said))
    return figures


def compare(theirs: dict[str, float], ours: dict[str, float], size: int) -> list[Figure]:
    """How many times cheaper our pages at one size are, for what of both was measured in this run."""
    return [
        at_least(name, theirs[f"helpdesk_{one}_cpu"] / ours[our], "times", target, size, said=said)
        for one, our, name, target, said in AGAINST
        if f"helpdesk_{one}_cpu" in theirs and our in ours
    ]


def _environment() -> str:
    """The Python that has it, made when it is not there."""
    python = FOLDER / "venv/bin/python"
    known = python.exists() and subprocess.run(
        [python, "-c", f"from importlib.metadata import version; assert version('django-helpdesk') == '{VERSION}'"],
        check=False,
        capture_output=True,
    )
    if not known or known.returncode:
        print("Installing django-helpdesk for the comparison ...", flush=True)
        subprocess.run([sys.executable, "-m", "venv", "--clear", FOLDER / "venv"], check=True)
        packages = [f"django-helpdesk=={VERSION}", "psycopg[binary]", f"django=={_django()}"]
        install = [python, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", *packages]
        subprocess.run(install, check=True)
    return str(python)


def _django() -> str:
    """The version of Django that Citydesk runs on: both are measured on the same."""
    from importlib.metadata import version

    return version("django")


def _ask(python: str, name: str, given: dict[str, Any]) -> dict[str, Any]:
    with empty_database(name) as url:
        from config.settings.database import database_from_url

        database = database_from_url(url)
        names = ("ENGINE", "NAME", "USER", "PASSWORD", "HOST", "PORT", "CONN_MAX_AGE")
        given = {"database": {one: database[one] for one in names}, **given}
        done = subprocess.run(
            [python, "-m", "tests.bench.helpdesk.there"],
            input=json.dumps(given).encode(),
            stdout=subprocess.PIPE,
            cwd=ROOT,
            env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
            check=False,
        )
    if done.returncode:
        raise RuntimeError("django-helpdesk could not be measured; what it said stands above")
    return dict(json.loads(done.stdout))

"""django-helpdesk 2.6.1 as it comes from PyPI, in an environment of its own, on the same PostgreSQL server.

It is not among our requirements: its packages are installed into build/helpdesk when it is first measured, nothing
of it is imported here, and its database is dropped afterwards. `there.py` runs in that environment.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.bench.database import ROOT, empty_database

VERSION = "2.6.1"
FOLDER = ROOT / "build/helpdesk"


class Site:
    """The process that has it: answers what its list, its ticket page and its API cost, when it is asked."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self._process = process

    def cost(self, act: str, times: int) -> dict[str, float]:
        """The cost of one act over so many times, as `there.py` has it."""
        if self._process.stdin is None or self._process.stdout is None:
            raise RuntimeError("the process was started without pipes")
        try:
            self._process.stdin.write(json.dumps({"act": act, "times": times}).encode() + b"\n")
            self._process.stdin.flush()
            answer = self._process.stdout.readline()
        except BrokenPipeError:
            answer = b""
        if not answer:
            raise RuntimeError("django-helpdesk could not be measured; what it said stands above")
        return dict(json.loads(answer))


@contextmanager
def site(name: str, *, tickets: int, teams: int, words: dict[str, Any]) -> Iterator[Site]:
    """It with so many tickets, in a database of that name that is dropped afterwards."""
    from config.settings.database import database_from_url

    with empty_database(name) as url:
        database = database_from_url(url)
        names = ("ENGINE", "NAME", "USER", "PASSWORD", "HOST", "PORT", "CONN_MAX_AGE")
        given = {"database": {one: database[one] for one in names}, "count": tickets, "teams": teams, **words}
        with subprocess.Popen(
            [_environment(), "-m", "tests.bench.helpdesk.there"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=ROOT,
            env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
        ) as process:
            process.stdin.write(json.dumps(given).encode() + b"\n")  # type: ignore[union-attr]  # asked for a pipe
            try:
                yield Site(process)
            finally:
                process.kill()


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

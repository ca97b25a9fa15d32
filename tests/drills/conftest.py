"""One installation for the drills of a run; their size is `DRILL_SIZE=full` or small, their seed `DRILL_SEED`."""

import os
import random
import time

import pytest

from tests.drills.installation import Installation
from tests.drills.mail_sink import MailSink
from tests.fixtures.database import _launched, template_database, url_of

FULL = os.environ.get("DRILL_SIZE") == "full"


@pytest.fixture(scope="session")
def sink():
    """Where mail goes."""
    listening = MailSink()
    yield listening
    listening.close()


@pytest.fixture(scope="session")
def installation(sink):
    """A city on a database server of its own; nothing runs but that server."""
    from django.conf import settings

    database = dict(settings.DATABASES["default"])
    if not os.environ.get("DATABASE_URL"):
        database |= _launched(database["TEST"])
    maintenance = url_of(database)
    made = Installation(smtp_port=sink.port)
    try:
        made.prepare(maintenance.replace("dbname=postgres", f"dbname={template_database(maintenance)}"))
        yield made
    finally:
        made.remove()


@pytest.fixture
def house(installation):
    """`house("web", "worker")` starts some of the processes; whatever runs is ended after the test."""

    def start(*parts, **more):
        installation.start(*parts, **more)
        return installation

    yield start
    installation.stop()
    installation.server.ensure()  # a drill that failed half-way must not fail the next


@pytest.fixture
def seed():
    """Printed, so that a failed drill can be run again: `DRILL_SEED=...`."""
    number = int(os.environ.get("DRILL_SEED") or random.SystemRandom().randrange(10**6))
    print(f"SEED={number}")  # pytest shows it with a failure
    return number


@pytest.fixture
def report(request, seed, capsys):
    """`report(kills=3, lost=0)` prints the drill's line of figures with its duration and seed, also when it passes."""
    began = time.monotonic()

    def say(**figures):
        words = " ".join(f"{name}={value}" for name, value in figures.items())
        size = "full" if FULL else "small"
        with capsys.disabled():
            print(f"\nDRILL {request.node.name} size={size} {words} seconds={time.monotonic() - began:.1f} SEED={seed}")

    return say

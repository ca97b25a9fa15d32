"""A release takes over under twenty requests a second: none fails, what was acknowledged is there once.

One that cannot start is refused before anything has changed.
"""

import json
import os
import shutil
import subprocess
import sys

import pytest

from tests.drills.conftest import FULL
from tests.drills.installation import ROOT, wait_until
from tests.drills.upgrading import People, next_release, running_release

pytestmark = [pytest.mark.drill, pytest.mark.timeout(1800)]

WORKERS, RATE = (2, 20.0) if FULL else (1, 5.0)
COLUMN = (
    "SELECT count(*) FROM information_schema.columns"
    " WHERE table_name = 'kernel_idempotentact' AND column_name = 'drilled'"
)


@pytest.fixture
def release(installation):
    """The link to the release that runs; the processes are started through it."""
    place = installation.place / "upgrade"
    yield running_release(place)
    installation.stop()
    installation.sql("ALTER TABLE kernel_idempotentact DROP COLUMN IF EXISTS drilled")
    installation.sql("DELETE FROM django_migrations WHERE app = 'kernel' AND name LIKE '900%%'")
    shutil.rmtree(place)


def environment(installation, release):
    return {
        **installation.environment,
        "PYTHONPATH": os.pathsep.join([str(release / "src"), str(ROOT)]),
        "CITYDESK_PROFILES": str(ROOT / "profiles"),
        "CITYDESK_BACKUPS": str(installation.place / "backups"),
        "GRANIAN_RESPAWN_INTERVAL": "2",
    }


def upgrade(installation, release, *words):
    done = subprocess.run(
        [sys.executable, "-m", "config.cli", "upgrade", "--json", "--current", str(release), *map(str, words)],
        cwd=ROOT,
        env=environment(installation, release),
        capture_output=True,
        text=True,
        check=False,
    )
    return done, json.loads(done.stdout) if done.stdout else {}


def said(installation):
    return installation.get("/healthz/live")[2]


def test_a_release_takes_over_and_no_request_fails(installation, house, release, seed, report):
    place = release.parent
    new = next_release(place)
    house("web", "worker", workers=WORKERS, **environment(installation, release))
    assert said(installation) == b"ok\n"
    people = People(installation, seed, rate=RATE)
    try:
        done, _facts = upgrade(installation, release, next_release(place, broken=True))
        assert done.returncode == 3 and "this release cannot start" in done.stderr
        assert release.resolve().name == "1" and said(installation) == b"ok\n"
        assert installation.sql(COLUMN) == [(0,)]

        backup = [] if FULL else ["--no-backup"]
        done, facts = upgrade(installation, release, new, *backup)
        assert done.returncode == 0, done.stderr[-3000:] + installation.last_words()
        wait_until(lambda: len(people.acknowledged) >= (200 if FULL else 10), "acknowledged posts")
        if FULL:
            wait_until(lambda: people.answered.total() >= 2000, "two thousand answers")
    finally:
        people.end()
    assert not people.failed, (people.failed[:5], installation.last_words())
    assert said(installation) == b"ok 2\n"
    assert facts["migrations"] == ["kernel.9001_drill"] and facts["web_workers"] == WORKERS
    assert installation.sql(COLUMN) == [(1,)]
    table = "service_requests_servicerequest"
    rows = installation.sql(
        f"SELECT description, number FROM {table} WHERE starts_with(description, %s)", f"Upgrade report {seed}-"
    )
    assert sorted(rows) == sorted(people.acknowledged.items())

    # What only the release before needed goes when it is said, and the new one never missed it.
    done, facts = upgrade(installation, release, "--finish")
    assert done.returncode == 0 and facts["names"] == ["kernel.9002_drill_later"], done.stderr[-2000:]
    assert installation.sql(COLUMN) == [(0,)] and installation.get("/healthz/ready")[0] == 200
    report(requests=people.answered.total(), failed=0, posts=len(rows), worst=f"{people.worst:.1f}s")

"""The database's disk fills: red before, refused in words when full, nothing told is lost, well again by itself."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.drills.conftest import FULL
from tests.drills.installation import wait_until
from tests.drills.upgrading import post

pytestmark = [pytest.mark.drill, pytest.mark.timeout(1800)]

MEGABYTE = 1024 * 1024
MOST_POSTS = 3000 if FULL else 600


@pytest.fixture
def small_disk(installation):
    """A disk in memory that holds the database's tables; its log stays where it was. Needs root."""
    place = installation.place / "small-disk"
    place.mkdir()
    size = installation.sql("SELECT pg_database_size(current_database())")[0][0] // MEGABYTE + 30
    words = ["mount", "-t", "tmpfs", "-o", f"size={size}m,mode=0755", "none", str(place)]
    if os.geteuid() or subprocess.run(words, capture_output=True, check=False).returncode:
        place.rmdir()
        pytest.skip("a disk of our own needs root and the right to mount")
    try:
        (place / "tables").mkdir()
        owner = Path(installation.server.home / "data").stat()
        os.chown(place / "tables", owner.st_uid, owner.st_gid)
        move(installation, f"CREATE TABLESPACE small LOCATION '{place / 'tables'}'", "small")
        yield place
        (place / "filler").unlink(missing_ok=True)
        installation.stop()
        move(installation, "", "pg_default")
        installation.server_sql("DROP TABLESPACE small")
    finally:
        subprocess.run(["umount", str(place)], check=True)


def move(installation, first, space):
    if first:
        installation.server_sql(first)
    installation.server_sql(f"ALTER DATABASE citydesk SET TABLESPACE {space}")


def fill(place, leave):
    """Leave so many bytes free on the disk."""
    free = os.statvfs(place)
    with (place / "filler").open("ab") as file:
        file.write(b"x" * max(0, free.f_bavail * free.f_frsize - leave))


def deep(installation):
    """The level and the words of the disk's check."""
    _status, _headers, body = installation.get("/healthz/deep", bearer="development")
    said = json.loads(body)["checks"]["kernel.disk"]
    return said["level"], said["words"]


def test_a_full_disk_refuses_in_words_and_loses_nothing(installation, house, small_disk, seed, report):
    house("web", workers=1)
    workers = installation.web_workers()
    kept, refused = {}, []

    def send(number):
        words = f"Full disk {seed}-{number} " + "a" * 3500
        status, body = post(installation, words)
        if status == 200:
            kept[words] = body
        else:
            refused.append((status, body))
        return status

    for number in range(10):
        assert send(number) == 200, refused
    assert deep(installation)[0] != "bad"
    fill(small_disk, 2 * MEGABYTE)
    level, words = deep(installation)
    assert level == "bad" and "nearly full" in words  # before anybody was refused
    assert send(10) == 200

    fill(small_disk, 0)
    number = 11
    while len(refused) < 10 and number < MOST_POSTS:
        send(number)
        number += 1
    assert len(refused) >= 10
    assert {status for status, _body in refused} == {503}, refused[:3]
    assert all(json.loads(body)[0]["description"] for _status, body in refused)
    assert installation.get("/healthz/live")[0] == 200

    (small_disk / "filler").unlink()
    number = iter(range(number, number + 10_000))
    wait_until(lambda: send(next(number)) == 200, "the desk to take reports again", 60)
    assert installation.web_workers() == workers  # by itself
    # What could be kept but not yet recorded was acknowledged with a token: the sweep records it.
    installation.do("tests.drills.prepare", "later")
    table = "service_requests_servicerequest"
    rows = installation.sql(
        f"SELECT description, count(*) FROM {table} WHERE starts_with(description, %s) GROUP BY 1", f"Full disk {seed}-"
    )
    there = {words: count for words, count in rows}
    assert all(there.get(words) == 1 for words in kept), (len(kept), len(there))
    assert all(count == 1 for count in there.values())
    report(acknowledged=len(kept), refused=len(refused), lost=0, unexpected=len(there) - len(kept))

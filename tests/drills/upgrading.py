"""A next release made from this one, and people who go on working while it takes over."""

import http.client
import json
import shutil
import threading
import time
import urllib.parse
from collections import Counter
from pathlib import Path

from tests.drills.clients import PLACE
from tests.drills.installation import ROOT

MIGRATION = '''"""Made by the drill: something is added, and something is taken away later."""

from django.db import migrations, models


class Migration(migrations.Migration):
    contract = {contract}
    dependencies = [("kernel", "{before}")]
    operations = [migrations.{operation}]
'''
ADDS = 'RunSQL("ALTER TABLE kernel_idempotentact ADD COLUMN drilled int DEFAULT 7 NOT NULL")'
TAKES = 'RunSQL("ALTER TABLE kernel_idempotentact DROP COLUMN drilled")'


def running_release(place: Path) -> Path:
    """A release that is this very program, and the link by which the processes find it."""
    release = place / "releases/1"
    release.mkdir(parents=True)
    for name in ("src", "profiles", ".venv"):
        if (ROOT / name).exists():
            (release / name).symlink_to(ROOT / name)
    (place / "current").symlink_to(release)
    return place / "current"


def next_release(place: Path, *, broken: bool = False) -> Path:
    """A copy that says `ok 2`, adds a column at once, and drops it when it may."""
    release = place / ("releases/broken" if broken else "releases/2")
    # Compiled modules come along: the copies keep the times they were compiled for.
    leave = shutil.ignore_patterns("tests", "locale", "vendor", "faces")
    shutil.copytree(ROOT / "src", release / "src", ignore=leave)
    for name in ("profiles", ".venv"):
        if (ROOT / name).exists():
            (release / name).symlink_to(ROOT / name)
    door = release / "src/citydesk/kernel/middleware.py"
    text = door.read_text()
    assert '"ok\\n"' in text
    door.write_text(text.replace('"ok\\n"', '"ok 2\\n"'))
    folder = release / "src/citydesk/kernel/migrations"
    last = max(path.stem for path in folder.glob("[0-9]*.py"))
    (folder / "9001_drill.py").write_text(MIGRATION.format(contract=False, before=last, operation=ADDS))
    later = MIGRATION.format(contract=True, before="9001_drill", operation=TAKES)
    (folder / "9002_drill_later.py").write_text(later)
    if broken:
        (release / "src/config/wsgi.py").write_text("raise SystemExit('this release cannot start')\n")
    return release


class People:
    """`rate` requests a second, begun on the clock whatever answers take: pages of staff and residents, and posts."""

    def __init__(self, installation, seed: int, *, rate: float = 20.0) -> None:
        self.installation, self.seed, self.rate = installation, seed, rate
        self.failed: list[str] = []
        self.answered: Counter[int] = Counter()
        self.acknowledged: dict[str, str] = {}
        self.worst = 0.0
        self.ended = threading.Event()
        self.threads: list[threading.Thread] = []
        self.clock = threading.Thread(target=self._begin_all, daemon=True)
        self.clock.start()

    def end(self) -> None:
        """No more are begun; those that were are waited for."""
        self.ended.set()
        self.clock.join()
        for thread in self.threads:
            thread.join(120)

    def _begin_all(self) -> None:
        began, number = time.monotonic(), 0
        while not self.ended.is_set():
            thread = threading.Thread(target=self._one, args=(number,), daemon=True)
            thread.start()
            self.threads.append(thread)
            number += 1
            self.ended.wait(max(0.0, began + number / self.rate - time.monotonic()))

    def _one(self, number: int) -> None:
        facts = self.installation.facts
        pages = ("/healthz/ready", f"/track/{facts['tracks'][0]}/", "/", "/desk/requests/")
        began = time.monotonic()
        if number % 5:
            path = pages[number % 5 - 1]
            status, _headers, body = self.installation.get(path, cookie=facts["session"], seconds=120)
        else:
            words = f"Upgrade report {self.seed}-{number}"
            path, (status, body) = "post", post(self.installation, words)
            if status in (200, 201):
                self.acknowledged[words] = json.loads(body)[0]["service_request_id"]
        self.worst = max(self.worst, time.monotonic() - began)
        self.answered[status] += 1
        if status not in (200, 201):
            self.failed.append(f"{path}: {status} {body[:200]!r}")


def post(installation, words: str) -> tuple[int, bytes]:
    """Report something over Open311; the status (0 without an answer) and the body."""
    line = http.client.HTTPConnection("127.0.0.1", installation.port, timeout=120)
    given = {"service_code": "pothole", "description": words, "api_key": installation.facts["key"], **PLACE}
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Idempotency-Key": words[:60].replace(" ", "-")}
    try:
        line.request("POST", "/open311/v2/requests.json", urllib.parse.urlencode(given), headers)
        said = line.getresponse()
        return said.status, said.read()
    except (OSError, http.client.HTTPException) as error:
        return 0, repr(error).encode()
    finally:
        line.close()

"""A whole installation for drills: database server, web server, worker, event process. All of it may be killed.

The database is a cluster of its own that waits for the disk, as a city's does. The rest is started and restarted by
the house's own supervisor (`tests.drills.house`). Nothing here touches a process that was not started here.
"""

import http.client
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from config.launcher import leftovers
from config.launcher.identity import home_for, server_identity
from config.launcher.processes import die_with_parent, read_note
from config.launcher.server import Server, free_port, is_free

ROOT = Path(__file__).resolve().parents[2]
# Generous: other work may load the machine. Nothing waits this long when it goes well.
PATIENCE = 120.0


@dataclass(frozen=True)
class OwnServer(Server):
    """A database server in a folder of the drill."""

    place: Path = Path()

    @property
    def folder(self) -> Path:
        return self.place / self.name

    @property
    def home(self) -> Path:
        return home_for(self.folder, server_identity())

    def kill(self) -> None:
        """As if the machine lost it: no shutdown, no checkpoint. What it left behind is ended as at the next start."""
        pid = int((self.home / "data/postmaster.pid").read_text().split()[0])
        os.kill(pid, signal.SIGKILL)
        wait_until(lambda: is_gone(pid), "the killed database server to be gone")
        leftovers.clear(self.home / "data")


def wait_until(holds: Callable[[], Any], what: str, seconds: float = PATIENCE) -> Any:
    """Look again and again until `holds()` is true; its value. Fails with `what` after `seconds`."""
    until = time.monotonic() + seconds
    while not (value := holds()):
        assert time.monotonic() < until, f"waited {seconds:.0f} s in vain for {what}"
        time.sleep(0.05)
    return value


class Installation:
    """What a city runs, on free ports, in one folder that is removed at the end."""

    def __init__(self, *, smtp_port: int) -> None:
        self.place = Path(tempfile.mkdtemp(prefix="citydesk-drill-"))
        self.place.chmod(0o755)  # the database server's user has to get in
        self.smtp_port = smtp_port
        self.port = port_with_neighbor()
        self.house: subprocess.Popen | None = None
        self.facts: dict[str, Any] = {}
        self.server = OwnServer("postgres-drill", place=self.place)

    # -- before ---------------------------------------------------------------------------------------------------

    def prepare(self, template: str) -> None:
        """Tables from the test run's migrated template, a small city, a key, a clerk; then wait for the disk."""
        hurried = OwnServer("postgres-drill", throwaway=True, place=self.place)
        hurried.ensure()
        self._fill_from(template, hurried)
        self.do("config.cli", "migrate")  # the roles: from here on all that a drill starts works as the app role
        self.facts = json.loads(self.do("tests.drills.prepare", "city").strip().splitlines()[-1])
        hurried.stop()
        self.server.ensure()
        safe = [self.sql(f"SHOW {name}")[0][0] for name in ("fsync", "synchronous_commit", "full_page_writes")]
        assert safe == ["on"] * 3, safe

    def _fill_from(self, template: str, server: OwnServer) -> None:
        """Copying takes a second where migrating takes ten."""
        from config.launcher.binaries import find_binaries

        programs, dump = find_binaries(), self.place / "template.dump"
        for words in (
            [programs.path("pg_dump"), "-Fc", "-f", dump, "-d", template],
            [programs.path("pg_restore"), "--no-owner", "--no-privileges", "-d", server.stored_url(), dump],
        ):
            done = subprocess.run(words, capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stderr[-2000:]
        dump.unlink()

    @property
    def environment(self) -> dict[str, str]:
        # Without compiled modules each restart would cost seconds, so they are written wherever the tests run.
        foreign = ("PG", "CITYDESK_", "PYTHONDONTWRITEBYTECODE")
        return {
            **{name: value for name, value in os.environ.items() if not name.startswith(foreign)},
            "DATABASE_URL": self.server.app_url(),
            "CITYDESK_OWNER_URL": self.server.stored_url(),
            "DJANGO_SETTINGS_MODULE": "tests.drills.settings",
            "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
            "CITYDESK_VAR": str(self.place / "var"),
            "CITYDESK_SITE_URL": self.url,
            "CITYDESK_LOG_LEVEL": "WARNING",
            "CITYDESK_EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "CITYDESK_SMTP_HOST": "127.0.0.1",
            "CITYDESK_SMTP_PORT": str(self.smtp_port),
            "PROMETHEUS_MULTIPROC_DIR": str(self.place / "var/metrics"),
        }

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    # -- running --------------------------------------------------------------------------------------------------

    def do(self, module: str, *words: str, **more: str) -> str:
        """Run one of our modules to its end; its output."""
        done = subprocess.run(
            [sys.executable, "-m", module, *words],
            cwd=ROOT,
            env={**self.environment, **more},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout

    def start(self, *parts: str, careless: bool = False, workers: int = 2, **more: str) -> None:
        """Start some of web, worker and events under the supervisor, and wait until they do their work."""
        assert self.house is None
        (self.place / "var/metrics").mkdir(parents=True, exist_ok=True)
        words = ["--port", str(self.port), "--parts", ",".join(parts), "--workers", str(workers)]
        words += ["--careless"] if careless else []
        with (self.place / "house.log").open("ab") as log:
            self.house = subprocess.Popen(
                [sys.executable, "-m", "tests.drills.house", *words],
                cwd=ROOT,
                env={**self.environment, **more},
                stdout=log,
                stderr=log,
                preexec_fn=die_with_parent if sys.platform == "linux" else None,
            )
        if "web" in parts:
            wait_until(self.is_serving, "the web server to answer")
        if "events" in parts:
            wait_until(lambda: self.get("/healthz", port=self.port + 1)[0] == 200, "the event process to listen")

    def stop(self) -> None:
        """End the supervisor and what it started."""
        if self.house is None:
            return
        self.house.terminate()
        try:
            self.house.wait(30)
        except subprocess.TimeoutExpired:
            self.house.kill()
            self.house.wait(10)
        self.house = None

    def remove(self) -> None:
        """Leave nothing."""
        self.stop()
        self.server.stop()
        home = self.server.home
        shutil.rmtree(self.place, ignore_errors=True)
        shutil.rmtree(home, ignore_errors=True)

    # -- looking --------------------------------------------------------------------------------------------------

    def pid(self, part: str) -> int:
        """The process of a part right now; 0 between its death and its restart."""
        pid = int(read_note(self.place / f"var/run/{part}.json").get("pid", 0))
        return 0 if pid and is_gone(pid) else pid

    def web_workers(self) -> list[int]:
        """The processes that answer requests."""
        master = self.pid("web")
        return [pid for pid in children(master) if "config.web" in words_of(pid)] if master else []

    def kill(self, pid: int) -> bool:
        """SIGKILL to a process of this house; False when it was gone already."""
        assert pid > 1
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            return False
        return True

    def is_serving(self) -> bool:
        assert self.house is None or self.house.poll() is None, self.last_words()
        return self.get("/healthz/live")[0] == 200

    def get(
        self, path: str, *, port: int = 0, cookie: str = "", bearer: str = "", seconds: float = 90.0
    ) -> tuple[int, dict, bytes]:
        """Status (0 when nobody answered), headers and body of one page."""
        headers = {"Cookie": f"session={cookie}"} if cookie else {}
        headers |= {"Authorization": f"Bearer {bearer}"} if bearer else {}
        line = http.client.HTTPConnection("127.0.0.1", port or self.port, timeout=seconds)
        try:
            line.request("GET", path, headers=headers)
            said = line.getresponse()
            return said.status, {name.lower(): value for name, value in said.getheaders()}, said.read()
        except (OSError, http.client.HTTPException):
            return 0, {}, b""
        finally:
            line.close()

    def sql(self, statement: str, *values: object) -> list[tuple]:
        """Ask the database directly."""
        import psycopg

        with psycopg.connect(self.server.stored_url(), autocommit=True) as connection:
            cursor = connection.execute(statement, values or None)
            return cursor.fetchall() if cursor.description else []

    def server_sql(self, statement: str) -> None:
        """A statement that needs the city's database to be left alone."""
        import psycopg

        from config.launcher.server import maintenance

        with psycopg.connect(maintenance(self.server.stored_url()), autocommit=True) as connection:
            connection.execute(statement)

    def last_words(self) -> str:
        """The ends of all logs, for whoever reads a failed drill."""
        logs = [self.place / "house.log", *sorted((self.place / "var/log").glob("*.log"))]
        return "\n".join(f"--- {log.name}\n{log.read_text(errors='replace')[-3000:]}" for log in logs if log.exists())


def port_with_neighbor() -> int:
    """A free port whose next one is free too: the event process listens there."""
    while True:
        port = free_port()
        if port < 65000 and is_free(port + 1):
            return port


def children(pid: int) -> list[int]:
    """The living processes that a process started."""
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found += [int(one) for one in task.read_text().split()]
        except OSError:
            continue
    return [one for one in found if not is_gone(one)]


def words_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
    except OSError:
        return ""


def is_gone(pid: int) -> bool:
    """Whether a process is dead; one that only waits to be reaped counts as dead."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] in ("Z", "X")
    except OSError:
        return True


def memory_of(pid: int) -> int:
    """Resident memory in bytes; 0 for a process that is gone."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, IndexError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def open_files_of(pid: int) -> int:
    try:
        return len(os.listdir(f"/proc/{pid}/fd"))
    except OSError:
        return 0

"""The processes that run: under systemd, or under the house's own supervisor (one machine, drills)."""

import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from config.install.units import WEB_PORT
from config.launcher.errors import LauncherRefused
from config.launcher.processes import read_note
from config.launcher.server import var_folder

PATIENCE = 180.0


class Services:
    """Web server, worker and event process of this host."""

    def __init__(self) -> None:
        self.note = read_note(var_folder() / "run/supervisor.json")
        self.is_systemd = not self.note and Path("/run/systemd/system").exists()
        self.port = int(self.note.get("port", WEB_PORT))

    @property
    def are_known(self) -> bool:
        return bool(self.note) or self.is_systemd

    def pid(self, name: str) -> int:
        """The main process of a service; 0 when it does not run."""
        if self.is_systemd:
            return int(systemctl("show", "-P", "MainPID", f"citydesk-{name}") or 0)
        return int(read_note(var_folder() / f"run/{name}.json").get("pid", 0))

    def reload_web(self) -> int:
        """Let the web server replace its workers one by one; returns how many were replaced. Raises after minutes."""
        main = self.pid("web")
        before = children(main)
        if not main or not before:
            return 0
        os.kill(main, signal.SIGHUP)
        wait_until(lambda: not before & children(main), "the web server's old processes to be gone")
        wait_until(self.is_ready, "the web server to be ready")
        return len(before)

    def restart(self, name: str) -> bool:
        """End a service as it likes to be ended and have it started anew; False when it did not run."""
        if self.is_systemd:
            if not self.pid(name):
                return False
            systemctl("restart", f"citydesk-{name}")
            return True
        pid = self.pid(name)
        if not pid:
            return False
        os.kill(pid, signal.SIGTERM)
        wait_until(lambda: self.pid(name) not in (0, pid), f"the {name} process to come back")
        return True

    def is_ready(self) -> bool:
        """Whether the web server says that it may take work."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz/ready", timeout=10) as said:
                return bool(said.status == 200)
        except OSError:
            return False


def systemctl(*words: str) -> str:
    done = subprocess.run(["systemctl", *words], capture_output=True, text=True, check=False)  # noqa: S607
    if done.returncode:
        raise LauncherRefused(f"systemctl {' '.join(words)} did not finish: {done.stderr.strip()}")
    return done.stdout.strip()


def children(pid: int) -> set[int]:
    """The living workers of a web server's main process, without Python's own helper."""
    found: set[int] = set()
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found |= {int(one) for one in task.read_text().split()}
        except OSError:
            continue
    return {one for one in found if is_worker(one)}


def is_worker(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        words = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False
    return state not in "ZX" and b"resource_tracker" not in words


def wait_until(holds: Callable[[], object], what: str) -> None:
    """Look again until it holds. Raises `LauncherRefused` after three minutes."""
    until = time.monotonic() + PATIENCE
    while not holds():
        if time.monotonic() > until:
            raise LauncherRefused(f"Waited three minutes in vain for {what}.")
        time.sleep(0.2)

"""The processes of a running Citydesk: started together, watched, restarted when one dies, ended together.

Each runs in a process group of its own and is written down in `var/run`, so that a run after `kill -9` ends what the
killed one left before it starts anew, and never anything else: a number is only trusted with its start time.
"""

import ctypes
import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from config.launcher.server import var_folder
from config.roles import without_secrets

GRACE_SECONDS = 15.0
# A process that dies sooner than this after its start has something wrong with it: starting it again does not help.
TOO_SOON_SECONDS = 5.0


@dataclass
class Part:
    """One process: its name, its command and what is added to its environment."""

    name: str
    command: list[str]
    environment: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen | None = None
    started: float = 0.0
    early_deaths: int = 0

    @property
    def log(self) -> Path:
        return var_folder() / f"log/{self.name}.log"

    @property
    def note(self) -> Path:
        return var_folder() / f"run/{self.name}.json"

    def start(self) -> None:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**without_secrets(dict(os.environ)), **self.environment},
                start_new_session=True,
                preexec_fn=die_with_parent if sys.platform == "linux" else None,
            )
        self.started = time.monotonic()
        write_note(self.note, self.process.pid)

    def signal(self, number: int) -> None:
        if self.process:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, number)

    def last_words(self, lines: int = 15) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:]) if self.log.exists() else ""


def die_with_parent() -> None:
    """Linux: the child gets SIGTERM when its starter is killed, however that happens."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG


def start_time(pid: int) -> str:
    """When a process began, in the system's own ticks; empty when there is no such process."""
    try:
        # The name in parentheses may hold spaces; the fields after it do not.
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        if sys.platform == "linux":
            return ""
    asked = subprocess.run(["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)  # noqa: S607
    return asked.stdout.strip()


def write_note(path: Path, pid: int, **facts: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps({"pid": pid, "started": start_time(pid), **facts}))
    fresh.replace(path)


def read_note(path: Path) -> dict:
    """What was written down about a process, if that very process (or its group) is still there; else empty."""
    try:
        note = json.loads(path.read_text())
    except (OSError, ValueError):
        return {}
    return note if note.get("started") and start_time(int(note["pid"])) == note["started"] else {}


def group_members(group: int) -> list[int]:
    """Processes of a group that is led by a process of ours that may be gone by now."""
    found = []
    for entry in Path("/proc").glob("[0-9]*") if Path("/proc/self").exists() else []:
        with suppress(OSError, IndexError, ValueError):
            if int((entry / "stat").read_text().rpartition(")")[2].split()[2]) == group:
                found.append(int(entry.name))
    return found


def is_ours(pid: int, var: Path) -> bool:
    """Whether a process was started by us for this folder: its environment says so."""
    try:
        return f"CITYDESK_RUN={var}".encode() in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return False


def end_leftovers() -> int:
    """End what a killed run left; returns how many groups were ended."""
    var, count = var_folder(), 0
    for path in sorted((var / "run").glob("*.json")):
        try:
            group = int(json.loads(path.read_text())["pid"])
        except (OSError, ValueError, KeyError):
            path.unlink(missing_ok=True)
            continue
        members = [pid for pid in group_members(group) if pid != os.getpid() and is_ours(pid, var)]
        if members and path.name != "supervisor.json":
            end_all(members)
            count += 1
        path.unlink(missing_ok=True)
    return count


def end_all(pids: list[int]) -> None:
    """SIGTERM, then SIGKILL to what did not go."""
    for number, seconds in ((signal.SIGTERM, GRACE_SECONDS), (signal.SIGKILL, 2.0)):
        for pid in pids:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(pid, number)
        until = time.monotonic() + seconds
        while (pids := [pid for pid in pids if start_time(pid) and not is_zombie(pid)]) and time.monotonic() < until:
            time.sleep(0.05)


def is_zombie(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (OSError, IndexError):
        return True


def forget_figures() -> None:
    """Prometheus keeps a file for each process that ever counted; those of an earlier run would be read for ever."""
    for file in Path(os.environ.get("PROMETHEUS_MULTIPROC_DIR", var_folder() / "metrics")).glob("*.db"):
        file.unlink(missing_ok=True)


class Supervisor:
    """Runs parts until Ctrl-C, SIGTERM or a part that cannot run."""

    def __init__(self, parts: list[Part], *, port: int) -> None:
        self.parts = parts
        self.port = port
        self.note = var_folder() / "run/supervisor.json"
        self.stopping = False

    @staticmethod
    def running() -> dict:
        """What is known of a supervisor that runs right now: its pid and port; empty when none does."""
        return read_note(var_folder() / "run/supervisor.json")

    def start(self) -> None:
        end_leftovers()
        forget_figures()
        os.environ["CITYDESK_RUN"] = str(var_folder())
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop_soon)
        write_note(self.note, os.getpid(), port=self.port)
        for part in self.parts:
            part.start()

    def _stop_soon(self, *_given: object) -> None:
        self.stopping = True

    def watch(self) -> int:
        """Wait; start again what dies. Returns 0 after Ctrl-C or SIGTERM, 1 when a part keeps dying."""
        while not self.stopping:
            for part in self.parts:
                if part.process and part.process.poll() is not None and not self._again(part):
                    return 1
            time.sleep(0.3)
        return 0

    def _again(self, part: Part) -> bool:
        """Start a dead part anew; False when it died early three times running."""
        part.early_deaths = part.early_deaths + 1 if time.monotonic() - part.started < TOO_SOON_SECONDS else 0
        # A killed web server leaves its own processes behind, which would go on answering beside the new ones.
        part.signal(signal.SIGKILL)
        if part.early_deaths >= 3:
            print(
                f"The {part.name} process does not stay up. The end of {part.log}:\n{part.last_words()}",
                file=sys.stderr,
            )
            return False
        time.sleep(0.5)
        part.start()
        return True

    def stop(self) -> None:
        """End every part and wait for it; a second Ctrl-C does not leave half of them running."""
        for part in self.parts:
            part.signal(signal.SIGTERM)
        until = time.monotonic() + GRACE_SECONDS
        for part in self.parts:
            if part.process:
                with suppress(subprocess.TimeoutExpired):
                    part.process.wait(max(0.1, until - time.monotonic()))
            part.signal(signal.SIGKILL)
            part.note.unlink(missing_ok=True)
        self.note.unlink(missing_ok=True)

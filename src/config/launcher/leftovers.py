"""What a killed server leaves: a pid file whose process is gone or is another's by now, and orphaned backends.

PostgreSQL recovers its data by itself at the next start; these two are what can keep it from starting.
"""

import os
import signal
import time
from contextlib import suppress
from pathlib import Path

WAIT_SECONDS = 20.0


def clear(data: Path) -> None:
    """Remove a stale pid file and end the backends of a server that is gone. A living server is left alone."""
    pid_file = data / "postmaster.pid"
    if pid_file.exists() and serves(first_number(pid_file), data):
        return
    orphans = [pid for pid in processes() if serves(pid, data)]
    for pid in orphans:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGQUIT)  # the server's own "stop at once"; its next start recovers
    until = time.monotonic() + WAIT_SECONDS
    while any(serves(pid, data) for pid in orphans) and time.monotonic() < until:
        time.sleep(0.1)
    pid_file.unlink(missing_ok=True)


def first_number(pid_file: Path) -> int:
    words = pid_file.read_text().split()
    return int(words[0]) if words and words[0].isdecimal() else 0


def processes() -> list[int]:
    """Every process id; none where there is no /proc (there PostgreSQL's own check has to do)."""
    folder = Path("/proc")
    return [int(entry.name) for entry in folder.iterdir() if entry.name.isdecimal()] if folder.is_dir() else []


def serves(pid: int, data: Path) -> bool:
    """Whether a process is a PostgreSQL process of this data folder: they all run inside it."""
    if pid <= 0:
        return False
    place = Path(f"/proc/{pid}")
    if not Path("/proc/self").exists():
        return is_alive(pid)
    try:
        return (
            place.joinpath("cwd").resolve(strict=True) == data.resolve()
            and b"postgres" in (place / "cmdline").read_bytes()
        )
    except OSError:
        return False


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True

"""A base backup and the archive of the log, made into a database as it was at one moment, in a folder of its own."""

import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from config.backups.log import Log
from config.launcher.binaries import Binaries, find_binaries
from config.launcher.errors import LauncherRefused
from config.launcher.identity import Identity, server_identity
from config.launcher.server import run

SECONDS = 3600.0
# The base may come from Debian, whose settings lie elsewhere; nothing of the city's own server is needed here.
CONF = """\
listen_addresses = ''
unix_socket_directories = '{socket}'
unix_socket_permissions = 0700
max_connections = {most}
shared_buffers = 256MB
archive_mode = off
restore_command = '{command}'
recovery_target_time = '{to}'
recovery_target_inclusive = true
recovery_target_action = promote
"""


@dataclass(frozen=True)
class Minute:
    """The database server of one moment: its folder, who it runs as, how it is reached."""

    folder: Path
    identity: Identity
    binaries: Binaries
    log: Log

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def url(self) -> str:
        return f"postgresql://citydesk@/{self.database}?host={self.folder / 'socket'}"

    @property
    def database(self) -> str:
        return (self.folder / "database").read_text().strip()

    def start(self) -> None:
        """Read the log up to the moment, then take up work. Raises `LauncherRefused` with the log's end."""
        log = self.folder / "server.log"
        words = [self.binaries.path("pg_ctl"), "start", "-D", self.data, "-l", log, "-w", "-t", int(SECONDS)]
        options = f"-c config_file={self.folder / 'server.conf'} -c hba_file={self.folder / 'hba.conf'}"
        with self.log.served(self.folder, self.identity) as faults:
            done = run([*words, "-o", options], self.identity, self.folder, check=False)
            if done.returncode or not self.is_open():
                last = log.read_text(errors="replace").splitlines()[-8:] if log.exists() else [done.stderr]
                self.stop()
                tail = "\n".join([*last, *faults])
                raise LauncherRefused(f"The log does not lead to that moment. The server's last words:\n{tail}")

    def is_open(self) -> bool:
        """Wait until the server has reached the moment and left recovery."""
        import psycopg

        until = time.monotonic() + SECONDS
        while time.monotonic() < until:
            try:
                with psycopg.connect(self.url, connect_timeout=5) as line:
                    row = line.execute("SELECT pg_is_in_recovery()").fetchone()
                    if row and not row[0]:
                        return True
            except psycopg.OperationalError:
                if not (self.data / "postmaster.pid").exists():
                    return False
            time.sleep(0.2)
        return False

    def stop(self) -> None:
        words = [self.binaries.path("pg_ctl"), "stop", "-D", self.data, "-m", "fast", "-w"]
        run(words, self.identity, self.folder, check=False)


def moment(text: str) -> datetime:
    """A moment with its zone, as in 2026-11-22T14:05:00-05:00. Raises `Invalid`."""
    from citydesk.kernel.errors import Invalid

    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise Invalid(f"{text} is no moment. Write it as 2026-11-22T14:05:00-05:00.") from None
    if found.tzinfo is None:
        raise Invalid(f"{text} has no zone: add the hours from UTC, as in {text}-05:00, or Z.")
    return found.astimezone(UTC)


def unpack(lay: Callable[[Path], object], log: Log, folder: Path, to: datetime, most: int = 200) -> Minute:
    """Have the base laid into a new folder and write what leads it to the moment. Raises `Invalid` for one in use."""
    from citydesk.kernel.errors import Invalid

    if folder.exists() and any(folder.iterdir()):
        raise Invalid(f"{folder} is not empty.")
    log.check()
    identity = server_identity()
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    (folder / "socket").mkdir(mode=0o700)
    lay(folder / "data")
    (folder / "data/recovery.signal").touch()
    (folder / "data/postgresql.auto.conf").write_text("")
    conf = CONF.format(socket=folder / "socket", command=log.command(folder), to=to.isoformat(), most=most)
    (folder / "server.conf").write_text(conf)
    (folder / "hba.conf").write_text("local all all trust\n")
    (folder / "server.log").touch()
    if identity.name:
        for place in [folder, *folder.rglob("*")]:
            shutil.chown(place, identity.uid, identity.gid)
    (folder / "data").chmod(0o700)
    return Minute(folder, identity, find_binaries(int((folder / "data/PG_VERSION").read_text())), log)


def copy_of(base: Path) -> Callable[[Path], object]:
    """Lays a base that lies there as it is."""
    return lambda target: shutil.copytree(base, target, symlinks=True)

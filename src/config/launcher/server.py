"""One PostgreSQL server of our own: made once, started on a free port, found again, mended after a crash."""

import fcntl
import os
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from config.launcher import leftovers
from config.launcher.binaries import Binaries, find_binaries
from config.launcher.errors import LauncherRefused
from config.launcher.identity import Identity, home_for, reachable_binaries, server_identity
from config.roles import OWNER

ROOT = Path(__file__).resolve().parents[3]
START_SECONDS = 120  # crash recovery of a large demo takes a while

COMMON = {"max_connections": "60", "shared_buffers": "256MB", "jit": "off", "log_min_messages": "warning"}
# Tests throw their databases away: nothing is lost by not waiting for the disk.
THROWAWAY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}
THROWAWAY |= {"checkpoint_timeout": "1h", "max_wal_size": "2GB"}


def var_folder() -> Path:
    return Path(os.environ.get("CITYDESK_VAR", ROOT / "var")).resolve()


@dataclass(frozen=True)
class Server:
    """A server whose folder is `var/<name>`: `postgres` for demo and development, `postgres-test` for tests."""

    name: str
    throwaway: bool = False

    @property
    def folder(self) -> Path:
        return var_folder() / self.name

    @property
    def url_file(self) -> Path:
        return self.folder / "url"

    def stored_url(self) -> str:
        """The address of the server as last started, or an empty text. It says nothing about running."""
        return self.url_file.read_text().strip() if self.url_file.exists() else ""

    def app_url(self) -> str:
        """The address for the role that the program works as, which `citydesk migrate` makes; empty without a server.

        The server's own role is the owner: it may do everything, as the one that PostgreSQL was made with does.
        """
        parts = urlsplit(self.stored_url())
        if not parts.hostname:
            return ""
        secret = self.folder / "app-password"
        if not secret.exists():
            secret.touch(mode=0o600)
            secret.write_text(secrets.token_urlsafe(24))
        return urlunsplit(parts._replace(netloc=f"citydesk_app:{secret.read_text()}@{parts.hostname}:{parts.port}"))

    def ensure(self) -> str:
        """Make the server if there is none, start it if it stands still; returns its URL.

        Raises `LauncherRefused` under production settings and where PostgreSQL cannot be had.
        """
        refuse_production()
        with self._alone():
            if self._answers():
                return self.stored_url()
            identity = server_identity()
            home = home_for(self.folder, identity)
            data = home / "data"
            binaries = reachable_binaries(find_binaries(major_of(data)), identity, home)
            if not (data / "PG_VERSION").exists():
                self._make(binaries, identity, data)
            leftovers.clear(data)
            self._start(binaries, identity, data)
            return self.stored_url()

    def stop(self) -> None:
        """Stop the server if it runs; open transactions are rolled back, nothing committed is lost."""
        if not self.url_file.exists():
            return
        identity = server_identity()
        data = home_for(self.folder, identity) / "data"
        if not (data / "postmaster.pid").exists():
            return
        binaries = reachable_binaries(find_binaries(major_of(data)), identity, data.parent)
        run([binaries.path("pg_ctl"), "stop", "-D", data, "-m", "fast", "-w"], identity, data.parent, check=False)

    def is_running(self) -> bool:
        return self._answers()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Two commands started at once must not both make or start the server."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _answers(self) -> bool:
        url = self.stored_url()
        return bool(url) and answers(url)

    def _make(self, binaries: Binaries, identity: Identity, data: Path) -> None:
        shutil.rmtree(data, ignore_errors=True)  # a half-made one, of a run that was killed
        identity.own(data)
        password = secrets.token_urlsafe(24)
        with tempfile.TemporaryDirectory() as folder:
            secret = Path(folder) / "password"
            secret.write_text(password)
            if identity.name:
                os.chown(folder, identity.uid, identity.gid)
                os.chown(secret, identity.uid, identity.gid)
            make_cluster(binaries, identity, data, secret)
        self._keep_url(password, free_port())

    def _keep_url(self, password: str, port: int) -> None:
        fresh = self.url_file.with_suffix(".new")
        fresh.touch(mode=0o600)
        fresh.write_text(f"postgresql://citydesk:{password}@127.0.0.1:{port}/citydesk\n")
        fresh.chmod(0o600)
        fresh.replace(self.url_file)

    def _start(self, binaries: Binaries, identity: Identity, data: Path) -> None:
        password, port = password_and_port(self.stored_url())
        if not is_free(port):
            port = free_port()
            self._keep_url(password, port)
        values = {**COMMON, **(THROWAWAY if self.throwaway else {}), "port": str(port)}
        # Loopback alone and no socket file: nothing is left lying about when the machine loses power.
        values |= {"listen_addresses": "127.0.0.1", "unix_socket_directories": ""}
        options = " ".join(f"-c {name}='{value}'" for name, value in values.items())
        log = data.parent / "server.log"
        log.touch()
        if identity.name:
            os.chown(log, identity.uid, identity.gid)
        done = run(
            [binaries.path("pg_ctl"), "start", "-D", data, "-l", log, "-w", "-t", str(START_SECONDS), "-o", options],
            identity,
            data.parent,
            check=False,
        )
        if done.returncode:
            tail = "\n".join(log.read_text(errors="replace").splitlines()[-12:])
            raise LauncherRefused(f"PostgreSQL did not start. The end of {log}:\n{tail}")
        create_database(self.stored_url())


def major_of(data: Path) -> int | None:
    """The version a data folder was made by; None when it is not made yet."""
    mark = data / "PG_VERSION"
    return int(mark.read_text()) if mark.exists() else None


def refuse_production() -> None:
    if os.environ.get("CITYDESK_ENV") == "production":
        raise LauncherRefused(
            "In production the launcher starts no database. Set DATABASE_URL to the server the city backs up."
        )


def make_cluster(binaries: Binaries, identity: Identity, data: Path, secret: Path) -> None:
    """initdb with the first locale that sorts and folds Unicode on this machine."""
    common = [binaries.path("initdb"), "-D", data, "-U", "citydesk", "-A", "scram-sha-256", "--pwfile", secret]
    locales = [["--locale=C.UTF-8"], ["--locale=en_US.UTF-8"], ["--locale=C"]]
    if binaries.major >= 17:
        locales.insert(0, ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"])
    said = ""
    for locale in locales:
        done = run([*common, "--encoding=UTF8", "--no-instructions", *locale], identity, data.parent, check=False)
        if done.returncode == 0:
            return
        said = done.stderr
    raise LauncherRefused(f"PostgreSQL could not make its data folder {data}:\n{said}")


def run(command: list, identity: Identity, folder: Path, *, check: bool = True) -> subprocess.CompletedProcess:
    """Run one of PostgreSQL's programs as the server's user, from a folder that user can enter."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
    # pg_ctl hands its output on to the server: a pipe would stay open for as long as the server runs.
    with tempfile.TemporaryFile("w+") as out:
        done = subprocess.run(
            [str(part) for part in command],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            env=environment,
            check=False,
            **identity.options(),
        )
        out.seek(0)
        said = out.read()
    if check and done.returncode:
        raise LauncherRefused(said)
    return subprocess.CompletedProcess(command, done.returncode, said, said)


def password_and_port(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    return parts.password or "", parts.port or free_port()


def free_port() -> int:
    """A port nobody listens on, away from PostgreSQL's own 5432."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def is_free(port: int) -> bool:
    with socket.socket() as one:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            one.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def answers(url: str) -> bool:
    """Whether our own server answers at a URL: our password opens it, so it is not another's on the same port."""
    import psycopg

    try:
        psycopg.connect(maintenance(url), connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True


def maintenance(url: str) -> str:
    """The same server's `postgres` database, from which others are created."""
    return urlunsplit(urlsplit(url)._replace(path="/postgres"))


def create_database(url: str) -> None:
    """Create the `citydesk` database once."""
    import psycopg

    with psycopg.connect(maintenance(url), autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = 'citydesk'").fetchone():
            connection.execute("CREATE DATABASE citydesk")


demo_server = Server("postgres")
test_server = Server("postgres-test", throwaway=True)


def database_url() -> str:
    """DATABASE_URL, else the app role's address of the launcher's own server, started when it stands still.

    The owner's address is then in the environment too, as in a city's installation (`config.roles`).
    """
    if given := os.environ.get("DATABASE_URL", ""):
        return given
    os.environ[OWNER] = demo_server.ensure()
    return demo_server.app_url()

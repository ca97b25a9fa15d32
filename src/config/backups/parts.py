"""The parts of a backup and how each is read: PostgreSQL's programs, the stored files, hashes."""

import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

# Where no role may be had that passes by row security, the dump is made within what opens every row.
WHOLE = ("--no-owner", "--enable-row-security")


def dump(target: Path, snapshot: str) -> None:
    """pg_dump of the snapshot, two tables at a time."""
    call_pg("pg_dump", *WHOLE, "--format=directory", "--jobs=2", f"--snapshot={snapshot}", f"--file={target}")


@contextmanager
def dumped(snapshot: str) -> Iterator[IO[bytes]]:
    """pg_dump of the snapshot to be read as it comes, so that none of it lies on a disk. Raises `Conflict`."""
    from citydesk.kernel.errors import Conflict

    command, environment = pg_command("pg_dump", *WHOLE, "--format=custom", f"--snapshot={snapshot}")
    with (
        tempfile.TemporaryFile("w+") as said,
        subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=said) as running,
    ):
        assert running.stdout
        yield running.stdout
        if running.wait():
            said.seek(0)
            raise Conflict(f"pg_dump did not finish: {said.read().strip()[-2000:]}")


def call_pg(program: str, *arguments: str) -> None:
    """Run one of PostgreSQL's programs against the settings' database. Raises `Conflict` with its own words."""
    from citydesk.kernel.errors import Conflict

    command, environment = pg_command(program, *arguments)
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Conflict(f"{program} did not finish: {done.stderr.strip()[-2000:]}")


def verify_base(folder: Path) -> None:
    """Let PostgreSQL compare a base with the list that it carries. Raises `Invalid` with its words."""
    from citydesk.kernel.errors import Invalid
    from config.launcher.binaries import find_binaries

    major = int((folder / "PG_VERSION").read_text())
    command = [str(find_binaries(major).path("pg_verifybackup")), "--quiet", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Invalid(f"The base is damaged: {done.stderr.strip()[-2000:]}")


def pg_command(program: str, *arguments: str) -> tuple[list[str], dict[str, str]]:
    """The command, and the environment that leads it to the settings' database."""
    from django.db import connection

    from citydesk.city.customers.choices import OPENS_IDENTITY
    from config.launcher.binaries import find_binaries

    own = connection.settings_dict
    names = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD", "PGDATABASE": "NAME"}
    environment = {**os.environ, **{key: str(own[name]) for key, name in names.items() if own[name]}}
    environment["PGOPTIONS"] = f"-c {OPENS_IDENTITY}=yes"
    return [str(find_binaries().path(program)), *arguments], environment


def stored_names(folder: str = "") -> Iterator[str]:
    """Every file of the storage, in whatever storage the installation uses."""
    from django.core.files.storage import default_storage

    if not folder and not default_storage.exists(""):
        return
    folders, names = default_storage.listdir(folder)
    yield from (f"{folder}/{name}" if folder else name for name in sorted(names))
    for inner in sorted(folders):
        yield from stored_names(f"{folder}/{inner}" if folder else inner)


def copy_files(target: Path, step: Any) -> dict[str, str]:
    """Copy the stored files out; returns name -> SHA-256."""
    from django.core.files.storage import default_storage

    marks = {}
    for name in stored_names():
        place = target / name
        place.parent.mkdir(parents=True, exist_ok=True)
        with default_storage.open(name) as source, place.open("wb") as copy:
            shutil.copyfileobj(source, copy)
        marks[name] = sha256_of(place)
        step.advance(1)
    return marks


def file_hashes(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): sha256_of(path) for path in sorted(folder.rglob("*")) if path.is_file()}


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

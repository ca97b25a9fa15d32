"""`citydesk backup FOLDER`: database, files and settings in one folder, with a manifest that `restore` verifies.

database/      pg_dump's directory format, of one snapshot
base/          with `--base`: the database's own files, from which `restore --to` follows the log to any later minute
files/         the stored files, as the storage names them
manifest.json  versions, every table's row count and hash at that snapshot, SHA-256 of each file here
"""

import argparse
import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from config.backups import base, notes
from config.install.units import BACKUPS

FORMAT = 1
# Settings that a restored installation needs to know of. No password, key or token is ever written.
KEPT_SETTINGS = ("LANGUAGE_CODE", "SITE_URL", "ALLOWED_HOSTS", "EMAIL_THROUGH", "DEFAULT_FROM_EMAIL", "SMS_ADAPTER")
# A snapshot is one moment: tables that run on while it is taken hash the same, for they are read in it.
ROW_HASH = "SELECT count(*), coalesce(sum(hashtextextended(t::text, 0)::numeric), 0)::text FROM {table} t"


def register(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, nargs="?", help="a new folder")
    parser.add_argument("--into", type=Path, help="make the new folder in this one, named by the moment")
    parser.add_argument("--base", action="store_true", help="write a base backup too, for `restore --to`")
    parser.add_argument("--keep", type=int, default=0, help="with --into: remove all but the newest so many")
    parser.set_defaults(run=run)


def run(given: argparse.Namespace, console: Any) -> int:
    """Write the backup; refuses a folder that has something in it."""
    from config.cli.main import set_up_django

    set_up_django()
    from citydesk.kernel.errors import Invalid

    if bool(given.folder) == bool(given.into):
        raise Invalid("Give a new folder, or --into.")
    folder = given.folder or given.into / datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    if folder.exists() and any(folder.iterdir()):
        raise Invalid(f"{folder} is not empty.")
    manifest = back_up(folder, console, with_base=given.base)
    gone = base.prune(given.into, given.keep, archive_folder()) if given.into and given.keep else []
    notes.write(
        "backup", {"folder": str(folder), "base": given.base, "archive": (manifest["base"] or {}).get("archive")}
    )
    tables, files = len(manifest["tables"]), len(manifest["stored_files"])
    rows = sum(one["rows"] for one in manifest["tables"].values())
    console.report(
        {"folder": str(folder), "tables": tables, "rows": rows, "files": files, "base": given.base, "removed": gone},
        f"{folder}: {rows} rows of {tables} tables, {files} files.",
    )
    return 0


def archive_folder() -> Path:
    """Where the database's log is kept."""
    return Path(os.environ.get("CITYDESK_BACKUPS", BACKUPS)) / "wal"


def back_up(folder: Path, console: Any, *, with_base: bool = False) -> dict[str, Any]:
    """Write the folder; the manifest comes last, so that a backup without one is known to be half."""
    from django.db import connection, transaction

    from citydesk.kernel.clock import utc_now

    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    based = None
    if with_base:
        with console.progress("Writing the base"):
            based = base.take(folder / "base")
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute("SELECT pg_export_snapshot()")
            snapshot = cursor.fetchone()[0]
        with console.progress("Writing the database"):
            dump(folder / "database", snapshot)
        tables = table_hashes()
    with console.progress("Copying the files") as step:
        stored = copy_files(folder / "files", step)
    manifest = {
        "format": FORMAT,
        "made_at": utc_now().isoformat(),
        "citydesk": version(),
        "settings": kept_settings(),
        "base": based,
        "tables": tables,
        "stored_files": stored,
        "database_files": file_hashes(folder / "database"),
    }
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=1, sort_keys=True))
    return manifest


def version() -> str:
    from importlib.metadata import PackageNotFoundError
    from importlib.metadata import version as version_of

    try:
        return version_of("citydesk")
    except PackageNotFoundError:
        return "source"


def kept_settings() -> dict[str, Any]:
    from django.conf import settings

    return {name: getattr(settings, name) for name in KEPT_SETTINGS if hasattr(settings, name)}


def dump(target: Path, snapshot: str) -> None:
    """pg_dump of the snapshot, two tables at a time."""
    call_pg("pg_dump", "--format=directory", "--jobs=2", f"--snapshot={snapshot}", "--no-owner", f"--file={target}")


def call_pg(program: str, *arguments: str) -> None:
    """Run one of PostgreSQL's programs against the settings' database. Raises `Conflict` with its own words."""
    from django.db import connection

    from citydesk.kernel.errors import Conflict
    from config.launcher.binaries import find_binaries

    own = connection.settings_dict
    names = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD", "PGDATABASE": "NAME"}
    environment = {**os.environ, **{key: str(own[name]) for key, name in names.items() if own[name]}}
    command = [find_binaries().path(program), *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Conflict(f"{program} did not finish: {done.stderr.strip()[-2000:]}")


def table_hashes() -> dict[str, dict[str, Any]]:
    """Rows and their hash for every table of ours, whatever the order of the rows."""
    from django.db import connection

    found = {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        for (table,) in cursor.fetchall():
            cursor.execute(ROW_HASH.format(table=table))
            rows, mark = cursor.fetchone()
            found[table] = {"rows": rows, "hash": mark}
    return found


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

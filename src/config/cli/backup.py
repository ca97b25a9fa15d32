"""`citydesk backup FOLDER`: database, files and settings in one folder, with a manifest that `restore` verifies.

database/      pg_dump's directory format, of one snapshot
base/          with `--base`: the database's own files, from which `restore --to` follows the log to any later minute
files/         the stored files, as the storage names them
manifest.json  versions, every table's row count and hash at that snapshot, SHA-256 of each file here

Where this host has public keys (`citydesk install --backup-recipient`) each part is one file sealed for them, and what
the manifest tells of the city is sealed too: `config.backups.writers`.

Exit codes: 0 done, 3 the folder, a key or a number was refused, 4 the database cannot be reached.
"""

import argparse
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from config.backups import base, notes, writers
from config.install.units import BACKUPS

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
    from config.roles import as_backup

    if bool(given.folder) == bool(given.into):
        raise Invalid("Give a new folder, or --into.")
    folder = given.folder or given.into / datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    if folder.exists() and any(folder.iterdir()):
        raise Invalid(f"{folder} is not empty.")
    days = base.longest_days()
    with as_backup():
        manifest = back_up(folder, console, with_base=given.base)
    gone = base.prune(given.into, given.keep, archive_folder(), days, datetime.now(UTC)) if given.into else []
    is_sealed = manifest["format"] == writers.SEALED
    archive = (manifest["base"] or {}).get("archive")
    notes.write("backup", {"folder": str(folder), "base": given.base, "archive": archive, "sealed": is_sealed})
    tables, files = len(manifest["tables"]), len(manifest["stored_files"])
    rows = sum(one["rows"] for one in manifest["tables"].values())
    console.report(
        {
            "folder": str(folder),
            "tables": tables,
            "rows": rows,
            "files": files,
            "base": given.base,
            "sealed": is_sealed,
            "removed": gone,
        },
        f"{folder}: {rows} rows of {tables} tables, {files} files, {'sealed' if is_sealed else 'NOT encrypted'}.",
    )
    return 0


def archive_folder() -> Path:
    """Where the database's log is kept."""
    return Path(os.environ.get("CITYDESK_BACKUPS", BACKUPS)) / "wal"


def back_up(folder: Path, console: Any, *, with_base: bool = False) -> dict[str, Any]:
    """Write the folder, sealed where there are keys; returns what its manifest says, the sealed part of it too."""
    from django.db import connection, transaction

    from citydesk.kernel.clock import utc_now

    writer = writers.writer_for(folder)
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    based = None
    if with_base:
        with console.progress("Writing the base"):
            based = writer.base()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute("SELECT pg_export_snapshot()")
            snapshot = cursor.fetchone()[0]
        with console.progress("Writing the database"):
            writer.dump(snapshot)
        tables = table_hashes()
    with console.progress("Copying the files") as step:
        stored = writer.files(step)
    facts = {
        "made_at": utc_now().isoformat(),
        "citydesk": version(),
        "settings": kept_settings(),
        "base": based,
        "tables": tables,
        "stored_files": stored,
    }
    return writer.finish(facts)


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


def table_hashes() -> dict[str, dict[str, Any]]:
    """Rows and their hash for every table of ours, whatever the order of the rows; those behind row security too."""
    from django.db import connection, transaction

    from citydesk.city.customers.choices import OPENS_IDENTITY

    found = {}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, 'yes', true)", [OPENS_IDENTITY])
        cursor.execute("SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        for (table,) in cursor.fetchall():
            cursor.execute(ROW_HASH.format(table=table))
            rows, mark = cursor.fetchone()
            found[table] = {"rows": rows, "hash": mark}
    return found

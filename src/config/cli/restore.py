"""`citydesk restore FOLDER`: read a backup into an empty database, then compare every table and file with it.

`citydesk restore FOLDER --to TIME --data NEW`: the database as it was at that moment, from the base in the backup and
the archive of the log, as a server of its own in a new folder; the city's own server is not touched.
`docs/admin/backup.md` says how it takes that one's place.
"""

import argparse
import json
import os
from datetime import datetime
from pathlib import Path
from typing import Any

from config.backups import minute, proof
from config.cli import backup
from config.upgrade.release import lesser


def register(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, help="a folder that `citydesk backup` wrote")
    parser.add_argument("--to", default="", help="a moment with its zone, as in 2026-11-22T14:05:00-05:00")
    parser.add_argument("--data", type=Path, help="with --to: a new folder for the restored database")
    parser.add_argument("--wal", type=Path, help="with --to: the archive of the log (default: the installation's)")
    parser.add_argument("--leave-running", action="store_true", help="with --to: do not stop the restored server")
    parser.set_defaults(run=run)


def run(given: argparse.Namespace, console: Any) -> int:
    """Exit code 3 when the backup or the database is not fit; nothing is changed then. 1 when a comparison fails."""
    from config.cli.main import set_up_django

    if given.to:
        return run_to_minute(given, console)
    lower_rights()
    set_up_django()
    manifest = checked_manifest(given.folder)
    refuse_full_database()
    with console.progress("Reading the database"):
        backup.call_pg(
            "pg_restore", "--no-owner", "--exit-on-error", "--jobs=2", *target(), str(given.folder / "database")
        )
    with console.progress("Copying the files"):
        put_files(given.folder / "files", manifest["stored_files"])
    faults = compare(manifest)
    rows = sum(one["rows"] for one in manifest["tables"].values())
    fine = f"{rows} rows and {len(manifest['stored_files'])} files are as they were at {manifest['made_at']}."
    console.report({"rows": rows, "files": len(manifest["stored_files"]), "faults": faults}, "\n".join(faults) or fine)
    return 1 if faults else 0


def lower_rights() -> None:
    """As root on an installed host: go on as the services' user, whom the database knows."""
    own = lesser()
    if own:
        os.setgroups([])
        os.setgid(own["group"])
        os.setuid(own["user"])


def run_to_minute(given: argparse.Namespace, console: Any) -> int:
    """Exit code 3 when the backup or the moment is not fit, 4 when the log does not lead there, 1 when a check fails.

    The restored server is stopped at the end unless it is to be left running.
    """
    from citydesk.kernel.errors import Invalid

    if not given.data:
        raise Invalid("Name a new folder for the restored database with --data.")
    to = minute.moment(given.to)
    manifest = checked_manifest(given.folder)
    if not manifest.get("base"):
        raise Invalid(f"{given.folder} has no base: it was made without --base and restores to its own moment only.")
    if to < datetime.fromisoformat(manifest["base"]["ended_at"]):
        raise Invalid(f"This backup ended at {manifest['base']['ended_at']}. Take one that is older than {given.to}.")
    with console.progress("Copying the base"):
        made = minute.unpack(given.folder / "base", given.wal or backup.archive_folder(), given.data.resolve(), to)
        (made.folder / "database").write_text(manifest["base"].get("database", "citydesk"))
    with console.progress(f"Following the log to {given.to}"):
        made.start()
    try:
        found = proof.look(made.url, [given.folder / "files"])
    finally:
        if not given.leave_running:
            made.stop()
    data = {"data": str(made.data), "url": made.url, "to": to.isoformat(), **found}
    words = f"{made.data} is the database at {given.to}: {found['rows']} rows, {found['sealed']} sealed audit entries."
    console.report(data, "\n".join([words, *found["faults"]]))
    return 1 if found["faults"] else 0


def target() -> list[str]:
    from django.db import connection

    return [f"--dbname={connection.settings_dict['NAME']}"]


def checked_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a backup whose files are whole. Raises `Invalid` naming what is not."""
    from citydesk.kernel.errors import Invalid

    path = folder / "manifest.json"
    if not path.exists():
        raise Invalid(f"{folder} has no manifest.json: it is no backup, or one that was not finished.")
    manifest: dict[str, Any] = json.loads(path.read_text())
    if manifest.get("format") != backup.FORMAT:
        raise Invalid(f"This backup has format {manifest.get('format')}; this version reads {backup.FORMAT}.")
    for part, known in (("database", manifest["database_files"]), ("files", manifest["stored_files"])):
        have = backup.file_hashes(folder / part)
        wrong = sorted(name for name in {*known, *have} if known.get(name) != have.get(name))
        if wrong:
            raise Invalid(
                f"The backup is damaged: {part}/{wrong[0]}" + (f" and {len(wrong) - 1} more" if wrong[1:] else "")
            )
    return manifest


def refuse_full_database() -> None:
    """Raise `Invalid` unless the database is empty: a restore never overwrites."""
    from django.db import connection

    from citydesk.kernel.errors import Invalid

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
        if cursor.fetchone()[0]:
            raise Invalid("The database is not empty. Create a new one and name it in DATABASE_URL.")


def put_files(folder: Path, known: dict[str, str]) -> None:
    """Give the files to the storage under their old names; one that is there already keeps its content."""
    from django.core.files import File
    from django.core.files.storage import default_storage

    for name in known:
        if not default_storage.exists(name):
            with (folder / name).open("rb") as file:
                default_storage.save(name, File(file))


def compare(manifest: dict[str, Any]) -> list[str]:
    """One sentence for each table or file that is not as it was."""
    import hashlib

    from django.core.files.storage import default_storage

    now = backup.table_hashes()
    faults = [
        f"table {name}: {now.get(name, {}).get('rows', 'no')} rows, or other ones, where {one['rows']} were"
        for name, one in manifest["tables"].items()
        if now.get(name) != one
    ]
    for name, mark in manifest["stored_files"].items():
        with default_storage.open(name) as file:
            if hashlib.sha256(file.read()).hexdigest() != mark:
                faults.append(f"file {name} has another content")
    return faults

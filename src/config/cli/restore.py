"""`citydesk restore FOLDER`: read a backup into an empty database, then compare every table and file with it.

`citydesk restore FOLDER --to TIME --data NEW`: the database as it was at that moment, from the base in the backup and
the archive of the log, as a server of its own in a new folder; the city's own server is not touched.
`docs/admin/backup.md` says how it takes that one's place.

A sealed backup asks for `--identity FILE`, or `--identity -` to read it from standard input. `--check` needs neither
key nor database: it looks whether every file of the backup is as it was written.

Exit codes: 0 done, 1 a comparison failed, 3 the backup, its key, the moment or the database is not fit and nothing was
changed, 4 the database cannot be reached or the log does not lead to the moment.
"""

import argparse
import os
from datetime import datetime
from pathlib import Path
from typing import Any

from config.backups import keys, minute, parts, proof, readers
from config.backups.log import Log
from config.cli import backup
from config.upgrade.release import lesser


def register(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, help="a folder that `citydesk backup` wrote")
    parser.add_argument("--to", default="", help="a moment with its zone, as in 2026-11-22T14:05:00-05:00")
    parser.add_argument("--data", type=Path, help="with --to: a new folder for the restored database")
    parser.add_argument("--wal", type=Path, help="with --to: the archive of the log (default: the installation's)")
    parser.add_argument("--leave-running", action="store_true", help="with --to: do not stop the restored server")
    parser.add_argument("--identity", default="", help="file with the key of a sealed backup, or - to read it in")
    parser.add_argument("--scratch", type=Path, help="folder with room for what is opened (default: our own)")
    parser.add_argument("--check", action="store_true", help="look whether the backup is whole, change nothing")
    parser.set_defaults(run=run)


def run(given: argparse.Namespace, console: Any) -> int:
    """Exit code 3 when the backup or the database is not fit; nothing is changed then. 1 when a comparison fails."""
    from config.cli.main import set_up_django

    if given.check:
        return check(given.folder, console)
    identities = keys.identities(given.identity)  # while we are still who may read it
    if given.to:
        return run_to_minute(given, identities, console)
    lower_rights()
    set_up_django()
    from config.roles import as_owner, give_rights

    manifest = readers.whole_manifest(given.folder, readers.checked_manifest(given.folder), identities)
    with as_owner():
        refuse_full_database()
        with readers.readable(given.folder, manifest, identities, given.scratch) as place:
            with console.progress("Reading the database"):
                words = ("--no-owner", "--no-privileges", "--exit-on-error", "--jobs=2")
                parts.call_pg("pg_restore", *words, *target(), str(place / "database"))
            with console.progress("Copying the files"):
                put_files(place / "files", manifest["stored_files"])
        faults = compare(manifest)
    # Who may do what is this server's matter: the backup's may have had other roles.
    give_rights()
    rows = sum(one["rows"] for one in manifest["tables"].values())
    fine = f"{rows} rows and {len(manifest['stored_files'])} files are as they were at {manifest['made_at']}."
    console.report({"rows": rows, "files": len(manifest["stored_files"]), "faults": faults}, "\n".join(faults) or fine)
    return 1 if faults else 0


def check(folder: Path, console: Any) -> int:
    """Every file of the backup against its hash. Raises `Invalid` for one that is damaged."""
    manifest = readers.checked_manifest(folder)
    is_sealed = readers.is_sealed(manifest)
    console.report(
        {"folder": str(folder), "made_at": manifest["made_at"], "sealed": is_sealed, "faults": []},
        f"{folder} of {manifest['made_at']} is whole and {'sealed' if is_sealed else 'NOT encrypted'}.",
    )
    return 0


def lower_rights() -> None:
    """As root on an installed host: go on as the services' user, whom the database knows."""
    own = lesser()
    if own:
        os.setgroups([])
        os.setgid(own["group"])
        os.setuid(own["user"])


def run_to_minute(given: argparse.Namespace, identities: list[Any], console: Any) -> int:
    """Exit code 3 when the backup or the moment is not fit, 4 when the log does not lead there, 1 when a check fails.

    The restored server is stopped at the end unless it is to be left running.
    """
    from citydesk.kernel.errors import Invalid

    if not given.data:
        raise Invalid("Name a new folder for the restored database with --data.")
    to = minute.moment(given.to)
    manifest = readers.checked_manifest(given.folder)
    if not manifest.get("base"):
        raise Invalid(f"{given.folder} has no base: it was made without --base and restores to its own moment only.")
    if to < datetime.fromisoformat(manifest["base"]["ended_at"]):
        raise Invalid(f"This backup ended at {manifest['base']['ended_at']}. Take one that is older than {given.to}.")
    manifest = readers.whole_manifest(given.folder, manifest, identities)
    log = Log(given.wal or backup.archive_folder(), identities)
    with console.progress("Copying the base"):
        made = minute.unpack(
            lambda place: readers.lay_base(given.folder, manifest, identities, place), log, given.data.resolve(), to
        )
        (made.folder / "database").write_text(manifest["base"].get("database", "citydesk"))
        files = given.folder / "files"
        if readers.is_sealed(manifest):
            files = made.folder / "files"
            readers.lay_files(given.folder, manifest, identities, files)
    with console.progress(f"Following the log to {given.to}"):
        made.start()
    try:
        found = proof.look(made.url, [files])
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

"""`citydesk drill`: prove that a backup restores to a minute, with markers before and after it.

A base backup, a marker in the history, the moment, another marker; then the database is restored to the moment in a
folder of its own. The first marker must be there and the second not, the audit chain must hold and every file resolve.
The city's database is only read, but for the two markers. A sealed log needs `--identity`; `--identity -` reads it from
standard input, so that it never lies on this host. Exit codes: 0 it holds, 1 it does not, 3 no archive is kept or no
identity opens it, 4 the log does not lead to the moment.
"""

import argparse
import shutil
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

CODE, TYPE = "kernel.drilled", "restore_drill"


def register(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--scratch", type=Path, help="folder with room for the database twice (default: the backups')")
    parser.add_argument("--wal", type=Path, help="the archive of the log (default: the installation's)")
    parser.add_argument("--identity", default="", help="file with the key that opens a sealed log, or - to read it in")
    parser.set_defaults(run=run)


def run(given: argparse.Namespace, console: Any) -> int:
    """Drill, remove what was made, keep the result for `doctor`."""
    from config.backups import notes
    from config.cli.main import set_up_django

    set_up_django()
    from config.backups import keys
    from config.backups.log import Log
    from config.cli.backup import archive_folder

    log = Log(given.wal or archive_folder(), keys.identities(given.identity))
    log.check()
    began = time.monotonic()
    scratch = Path(tempfile.mkdtemp(prefix="citydesk-drill-", dir=given.scratch))
    scratch.chmod(0o755)
    try:
        found = drill(scratch, log, console)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    found["seconds"] = round(time.monotonic() - began, 1)
    notes.write("drill", {"faults": found["faults"], "to": found["to"]})
    fine = f"The database of {found['to']} came back whole in {found['restore_seconds']} s: {found['rows']} rows."
    console.report(found, "\n".join(found["faults"]) or fine)
    return 1 if found["faults"] else 0


def drill(scratch: Path, log: Any, console: Any) -> dict[str, Any]:
    """Backup, markers, restore, comparison."""
    from citydesk.kernel.errors import Invalid
    from config.backups import base, minute, proof
    from config.roles import as_backup

    with as_backup(), console.progress("Writing a base backup"):
        manifest = base.take(scratch / "base")
    if not manifest["archive"]:
        raise Invalid(
            "The database keeps no archive of its log (archive_mode is off): nothing newer than a backup is safe."
        )
    name = f"drill {datetime.now(UTC).isoformat()}"
    mark(f"{name} before")
    time.sleep(1.1)
    to = base.moment_of_database()
    time.sleep(1.1)
    mark(f"{name} after")
    with as_backup(), console.progress("Waiting for the archive"):
        base.archived()
    began = time.monotonic()
    made = minute.unpack(minute.copy_of(scratch / "base"), log, scratch / "restored", minute.moment(to))
    (made.folder / "database").write_text(manifest["database"])
    with console.progress(f"Following the log to {to}"):
        made.start()
    seconds = round(time.monotonic() - began, 1)
    try:
        found = proof.look(made.url, [])
        faults = [*found["faults"], *marker_faults(made.url, name)]
    finally:
        made.stop()
    return {**found, "to": to, "restore_seconds": seconds, "faults": faults}


def mark(label: str) -> None:
    """A marker in the history, sealed like every entry."""
    from django.db import transaction

    from citydesk.kernel.actors import SYSTEM
    from citydesk.kernel.audit import Act, record
    from citydesk.kernel.clock import utc_now
    from citydesk.kernel.sealer import seal_entries

    with transaction.atomic():
        record(Act(CODE, TYPE, 0, label), actor=SYSTEM, now=utc_now())
    seal_entries(now=utc_now())


def marker_faults(url: str, name: str) -> list[str]:
    """What is wrong with the markers in the restored database."""
    import psycopg

    with psycopg.connect(url) as line:
        asked = "SELECT object_label FROM kernel_auditentry WHERE object_type = %s AND starts_with(object_label, %s)"
        there = {row[0] for row in line.execute(asked, [TYPE, name]).fetchall()}
    wanted = {f"{name} before"}
    return [f"missing: {one}" for one in wanted - there] + [f"from after the moment: {one}" for one in there - wanted]

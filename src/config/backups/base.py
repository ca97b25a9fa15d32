"""A base backup: the database's files of one moment, from which its log leads on to any later one."""

import re
import shutil
import time
from pathlib import Path
from typing import Any

ARCHIVE_SECONDS = 180.0
START = re.compile(r"^START WAL LOCATION: \S+ \(file (\w{24})\)", re.MULTILINE)


def take(target: Path) -> dict[str, Any]:
    """Write the database's files to a new folder and check them; what `manifest.json` keeps of it.

    Raises `Conflict` with PostgreSQL's words. Needs the role's REPLICATION.
    """
    from django.db import connection

    from config.cli.backup import call_pg

    call_pg("pg_basebackup", "-D", str(target), "-X", "stream", "--checkpoint=fast", "--no-password")
    call_pg("pg_verifybackup", "--quiet", str(target))
    started = START.search((target / "backup_label").read_text())
    return {
        "first_log": started[1] if started else "",
        "ended_at": moment_of_database(),
        "archive": archived(),
        "database": connection.settings_dict["NAME"],
    }


def moment_of_database() -> str:
    """The database's own clock, in UTC: a restore goes by it."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT now()")
        return str(cursor.fetchone()[0].isoformat())


def archived() -> str:
    """Wait until the log so far lies in the archive; its last piece, or an empty text where no archive is kept.

    Raises `Conflict` when three minutes are not enough: then the archive command fails, and nothing newer is safe.
    """
    from django.db import Error, connection, transaction

    from citydesk.kernel.errors import Conflict

    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('archive_mode'), pg_walfile_name(pg_current_wal_lsn())")
        mode, wanted = cursor.fetchone()
        if mode == "off":
            return ""
        try:
            with transaction.atomic():
                cursor.execute("SELECT pg_switch_wal()")
        except Error:
            pass  # not ours to hurry: archive_timeout brings it within a minute
        until = time.monotonic() + ARCHIVE_SECONDS
        while time.monotonic() < until:
            cursor.execute("SELECT last_archived_wal, last_failed_wal, failed_count FROM pg_stat_archiver")
            last, failed, _count = cursor.fetchone()
            if last and last[:24] >= wanted:
                return str(last[:24])
            time.sleep(0.5)
    raise Conflict(
        f"The log's piece {wanted} did not reach the archive in three minutes"
        + (f"; the last that failed is {failed}. Look at archive_command and the disk." if failed else ".")
    )


def prune(folder: Path, keep: int, archive: Path) -> list[str]:
    """Remove all but the newest `keep` backups of a folder, and pieces of the log older than any base that stays."""
    import json

    whole = sorted(path.parent for path in folder.glob("*/manifest.json"))
    gone = whole[: max(0, len(whole) - keep)] if keep else []
    for place in gone:
        (place / "manifest.json").unlink()  # first, so that a half-removed one is no backup
        shutil.rmtree(place)
    firsts = [json.loads((place / "manifest.json").read_text()).get("base") for place in whole if place not in gone]
    needed = min((one["first_log"] for one in firsts if one and one["first_log"]), default="")
    if needed and archive.is_dir():
        for piece in archive.iterdir():
            if re.fullmatch(r"[0-9A-F]{24}(\.part)?", piece.name) and piece.name[8:24] < needed[8:]:
                piece.unlink(missing_ok=True)
    return [place.name for place in gone]

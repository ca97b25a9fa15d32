"""A base backup: the database's files of one moment, from which its log leads on to any later one."""

import json
import os
import re
import shutil
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from config.backups.pieces import NUMBERED

ARCHIVE_SECONDS = 180.0
LONGEST_DAYS = 90
NAME = re.compile(r"^\d{8}T\d{6}Z$")
START = re.compile(r"^START WAL LOCATION: \S+ \(file (\w{24})\)", re.MULTILINE)


def take(target: Path) -> dict[str, Any]:
    """Write the database's files to a new folder and check them; what `manifest.json` keeps of it.

    Raises `Conflict` with PostgreSQL's words. Needs the role's REPLICATION.
    """
    from django.db import connection

    from config.backups.parts import call_pg

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


def longest_days() -> int:
    """After how many days a backup goes, whatever it holds: what the city had to destroy must not live on in one.

    Raises `Invalid` unless CITYDESK_BACKUP_DAYS is a number of days, from 1 on.
    """
    from citydesk.kernel.errors import Invalid

    said = os.environ.get("CITYDESK_BACKUP_DAYS", "").strip() or str(LONGEST_DAYS)
    if not said.isdecimal() or int(said) < 1:
        raise Invalid(f"CITYDESK_BACKUP_DAYS is {said}; it takes a number of days, {LONGEST_DAYS} when it is left out.")
    return int(said)


def moment_of(place: Path) -> datetime | None:
    """When a backup was made: as its manifest says; of a half one, as its name does. None for what is no backup."""
    manifest = place / "manifest.json"
    if manifest.exists():
        return datetime.fromisoformat(json.loads(manifest.read_text())["made_at"])
    return datetime.strptime(f"{place.name}+0000", "%Y%m%dT%H%M%SZ%z") if NAME.match(place.name) else None


def outlived(folder: Path, days: int, now: datetime) -> list[Path]:
    """The backups of a folder, whole or half, that are older than so many days."""
    eldest = now - timedelta(days=days)
    places = sorted(place for place in folder.iterdir() if place.is_dir())
    return [place for place in places if (made := moment_of(place)) and made < eldest]


def prune(folder: Path, keep: int, archive: Path, days: int, now: datetime) -> list[str]:
    """Remove what is older than `days`, and all but the newest `keep` backups (0: no such bound); their names.

    Pieces of the log go with the last base that needs them, and without any base when they are older than `days`.
    """
    whole = sorted(path.parent for path in folder.glob("*/manifest.json"))
    gone = sorted({*(whole[: max(0, len(whole) - keep)] if keep else []), *outlived(folder, days, now)})
    for place in gone:
        (place / "manifest.json").unlink(missing_ok=True)  # first, so that a half-removed one is no backup
        shutil.rmtree(place)
    firsts = [json.loads((place / "manifest.json").read_text()).get("base") for place in whole if place not in gone]
    needed = min((one["first_log"] for one in firsts if one and one["first_log"]), default="")
    eldest = (now - timedelta(days=days)).timestamp()
    for piece in archive.iterdir() if archive.is_dir() else ():
        told = NUMBERED.match(piece.name)
        if told and (told["number"] < needed[8:] if needed else piece.stat().st_mtime < eldest):
            piece.unlink(missing_ok=True)
    return [place.name for place in gone]

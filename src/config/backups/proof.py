"""Whether a restored database is one to work with: its audit chain holds, its files are there, its rows can be read."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any


def look(url: str, folders: list[Path]) -> dict[str, Any]:
    """Rows, sealed entries, newest entry and faults of the database at an address; asked in a process of its own."""
    words = [sys.executable, "-m", "config.backups.proof", *map(str, folders)]
    environment = {**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "config.settings"}
    done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        return {"rows": 0, "sealed": 0, "files": 0, "faults": [done.stderr.strip()[-1500:]]}
    return dict(json.loads(done.stdout))


def main(folders: list[str]) -> None:
    """Print what was found as JSON."""
    import django

    django.setup()
    from citydesk.kernel.sealer import verify_audit

    chain = verify_audit()
    faults = [f"audit entry {chain.bad_id}: {chain.reason}"] if chain.bad_id is not None else []
    files, missing = stored_files([Path(one) for one in folders])
    faults += [f"file {name} is missing or has another content" for name in missing]
    print(json.dumps({"rows": rows(), "sealed": chain.sealed, "files": files, "faults": faults}))


def rows() -> int:
    """All rows of all tables, counted."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public'")
        total = 0
        for (table,) in cursor.fetchall():
            cursor.execute(f"SELECT count(*) FROM {table}")  # noqa: S608 - the name is quoted by the database
            total += cursor.fetchone()[0]
    return total


def stored_files(folders: list[Path]) -> tuple[int, list[str]]:
    """How many files the database names, and those whose content is nowhere: neither in the storage nor in a folder."""
    import hashlib

    from django.core.files.storage import default_storage

    from citydesk.kernel.files.store import path_of
    from citydesk.kernel.models import StoredFile

    marks = set(StoredFile.objects.values_list("sha256", flat=True))
    missing = []
    for mark in sorted(marks):
        name = path_of(mark)
        places = [folder / name for folder in folders if (folder / name).exists()]
        if places:
            content = places[0].read_bytes()
        elif default_storage.exists(name):
            with default_storage.open(name) as file:
                content = file.read()
        else:
            content = b""
        if hashlib.sha256(content).hexdigest() != mark:
            missing.append(name)
    return len(marks), missing


if __name__ == "__main__":
    main(sys.argv[1:])

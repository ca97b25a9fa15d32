"""An export of another system brought over, against a COPY of the very rows that it became.

The import reads a CSV file, checks every field, finds codes and places, writes requests and their history and counts
them. The floor is PostgreSQL's fastest way in: the finished rows are taken out, deleted, and copied into the same
tables with the same indexes, triggers and keys.
"""

import csv
import random
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from citydesk.contact.service_requests.services import importing
from citydesk.kernel.actors import SYSTEM
from citydesk.kernel.clock import utc_now
from tests.bench.city import SEED
from tests.bench.database import ROOT
from tests.bench.figures import Figure, at_least
from tests.bench.load import MORE, PROBLEMS

SHARE = 0.2
ROWS = 20_000
# What an import may write, and the key that tells new rows from those that were there.
_TABLES = {
    "service_requests_servicerequest": "id",
    "kernel_auditentry": "id",
    "service_requests_requestfact": "request_id",
    "service_requests_requestfactchange": "request_id",
}
_HEADER = ("Unique Key", "Created Date", "Closed Date", "Agency", "Complaint Type", "Descriptor", "Location Type",
           "Incident Zip", "Incident Address", "Street Name", "Status", "Resolution Description",
           "Resolution Action Updated Date", "Open Data Channel Type", "Latitude", "Longitude")  # fmt: skip
_CLOCK = "%m/%d/%Y %I:%M:%S %p"


def measure_import(size: int, rows: int = ROWS) -> list[Figure]:
    """Rows a second brought over from a file of the New York export's kind, beside those of COPY."""
    folder = ROOT / "build/bench"
    _bring(_file(folder / "warm.csv", 200, "warm"))
    before = {table: _last(table, key) for table, key in _TABLES.items()}
    spent = _bring(_file(folder / "import.csv", rows, "full"))
    copied = _copy_again(before)
    rate, floor = rows / spent, rows / copied
    print(f"import: {rows:,} rows in {spent:.2f} s, COPY in {copied:.2f} s", flush=True)
    said = f"{rows:,} rows from a CSV file; COPY of the finished rows into the same tables as the floor"
    return [
        at_least("import_rate", rate, "rows a second", None, size, floor=floor, said=said),
        at_least("import_share_of_copy", rate / floor, "of COPY", SHARE, size),
    ]


def _file(path: Path, rows: int, mark: str) -> Path:
    made = random.Random(SEED)
    with connection.cursor() as cursor:
        cursor.execute("SELECT line, zip, lat, lon FROM places_address ORDER BY id LIMIT 5000")
        places = cursor.fetchall()
    now = utc_now()
    with path.open("w", newline="") as file:
        out = csv.writer(file)
        out.writerow(_HEADER)
        for at in range(rows):
            line, code, lat, lon = made.choice(places)
            opened = now - timedelta(minutes=made.randrange(20_000, 500_000))
            closed = opened + timedelta(minutes=made.randrange(30, 15_000)) if at % 10 else None
            said = [closed.strftime(_CLOCK) if closed else "", "Closed" if closed else "Open"]
            out.writerow((
                f"{mark}{at}", opened.strftime(_CLOCK), said[0], "DOT", f"Bench kind {at % 40}", made.choice(PROBLEMS),
                made.choice(MORE), code, line, line.split(" ", 1)[-1], said[1], "It was looked at." if closed else "",
                said[0], ("PHONE", "ONLINE", "MOBILE")[at % 3], f"{lat:.6f}", f"{lon:.6f}",
            ))  # fmt: skip
    return path


def _bring(file: Path) -> float:
    """Import a file; returns the seconds it took. Every row must have come in."""
    mapping = importing.choose_mapping(file=file, zone="", epsg=None)
    began = time.perf_counter()
    result = importing.import_requests(
        file=file,
        mapping=mapping,
        actor=SYSTEM,
        now=utc_now(),
        create_codes=True,
        is_dry=False,
        is_strict=False,
        advance=lambda _rows: None,
    )
    spent = time.perf_counter() - began
    if result.bad or not result.added:
        raise RuntimeError(f"of {result.read} rows {result.added} came in; {result.bad_rows[:1]}")
    return spent


def _last(table: str, key: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT coalesce(max({key}), 0) FROM {table}")
        return int(cursor.fetchone()[0])


def _copy_again(before: dict[str, int]) -> float:
    """Take the new rows out and copy them in again; returns the seconds the copying took."""
    taken = {table: _take_out(table, _TABLES[table], last) for table, last in before.items()}
    began = time.perf_counter()
    for table, (columns, data) in taken.items():
        if data:
            _copy_in(f"COPY {table} ({columns}) FROM STDIN", data)
    return time.perf_counter() - began


def _copy_in(statement: str, data: bytes) -> None:
    with transaction.atomic(), connection.cursor() as cursor, cursor.copy(statement) as copy:
        copy.write(data)


def _take_out(table: str, key: str, last: int) -> tuple[str, bytes]:
    """(the columns that are stored, the rows after `last` as COPY writes them); the rows are gone afterwards."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute WHERE attrelid ="
            " %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''",
            [table],
        )
        columns = cursor.fetchone()[0]
        wanted = f"COPY (SELECT {columns} FROM {table} WHERE {key} > {last} ORDER BY {key}) TO STDOUT"
        with cursor.copy(wanted) as copy:
            data = b"".join(map(_bytes, copy))
        # The keys and sums of others are as they were as soon as the rows are back.
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(f"DELETE FROM {table} WHERE {key} > %s", [last])
        cursor.execute("SET session_replication_role = origin")
        cursor.execute(f"VACUUM {table}")
    return columns, data


def _bytes(part: Any) -> bytes:
    return bytes(part)

"""Notes of imported requests: who wrote what when in the old system. Nobody is told; no request moves."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from citydesk.city.profile import queries as profile
from citydesk.contact.service_requests.choices import OBJECT_TYPE
from citydesk.contact.service_requests.models import Note
from citydesk.contact.service_requests.queries.imported import Came, requests_from
from citydesk.contact.service_requests.rules.imported_notes import (
    NOTE_FIELDS,
    NOTE_NEEDED,
    NOTE_WORDS,
    ImportedNote,
    read_note,
)
from citydesk.contact.service_requests.services.importing.loading import AUDIT_COLUMNS, copy_rows
from citydesk.kernel.actors import Actor
from citydesk.kernel.detectors import mask_numbers
from citydesk.kernel.errors import CitydeskError
from citydesk.kernel.imports.columns import BadRow, Mapped, identifier_of
from citydesk.kernel.imports.runs import New, Running, Tally, digest, running
from citydesk.kernel.imports.sheets import Row, load_columns, rows_by

KIND = "notes"
NOTE_TYPE = "service_requests.note"
BATCH = 2_000


def import_notes(
    *,
    file: Path,
    mapping: Path | None = None,
    columns: Mapping[str, str] | None = None,
    source: str = "",
    zone: str = "",
    is_dry: bool = False,
    actor: Actor,
    now: datetime,
    advance: Callable[[int], Any] = lambda _count: None,
) -> Tally:
    """Import notes of requests that came from the same source. Every 2,000 rows commit together.

    A note is known by its own identifier, or by request, time, person and words. Raises `Invalid` for a file that
    cannot be read or lacks a column.
    """
    read = load_columns(
        mapping=mapping,
        fields=NOTE_FIELDS,
        words=NOTE_WORDS,
        source=source,
        zone=zone,
        usual_zone=str(profile.local_zone()),
        given=columns or {},
    )
    result = Tally()
    rows = rows_by(file, read, needed=NOTE_NEEDED, said=columns or {}, identifier="request")
    record: dict[str, Any] = {"kind": KIND, "source": read.source, "file": file, "options": {"mapping": read.name}}
    with running(**record, actor=actor, now=now, is_dry=is_dry, tally=result) as run:
        while batch := list(islice(rows, BATCH)):
            result.read += len(batch)
            with transaction.atomic():
                _load(list(_readable(batch, read, run)), run, actor, now)
                run.flush()
            advance(len(batch))
    return result


def _readable(
    batch: Sequence[tuple[int, Row | BadRow]], read: Mapped, run: Running
) -> Iterator[tuple[int, ImportedNote]]:
    for line, row in batch:
        if isinstance(row, BadRow):
            run.refuse(row)
            continue
        try:
            yield line, read_note(read, row)
        except CitydeskError as error:
            run.refuse(BadRow(line, identifier_of(read, row, "request")[:80], error.field or "", str(error.message)))


def _load(notes: Sequence[tuple[int, ImportedNote]], run: Running, actor: Actor, now: datetime) -> None:
    requests = requests_from(run.source, {one.request for _line, one in notes})
    keyed: dict[str, tuple[int, ImportedNote]] = {}
    for line, one in notes:
        keyed.setdefault(_key(one), (line, one))
    known = run.known(list(keyed))
    run.tally.known += len(notes) - len(keyed)
    fresh: list[tuple[str, ImportedNote, Came]] = []
    for key, (line, one) in keyed.items():
        request = requests.get(one.request)
        if key in known:
            run.tally.known += 1
        elif request is None:
            run.refuse(BadRow(line, one.request, "request", f"There is no request {one.request} from {run.source}."))
        else:
            fresh.append((key, one, request))
    run.tally.added += len(fresh)
    if fresh and not run.is_dry:
        _write(fresh, run, actor, now)


def _key(one: ImportedNote) -> str:
    return f"{one.request}:{one.id}" if one.id else f"{one.request}:#{_digest(one)[:40]}"


def _digest(one: ImportedNote) -> str:
    return digest(one.request, one.written_at, one.who, one.text, one.kind)


def _write(fresh: Sequence[tuple[str, ImportedNote, Came]], run: Running, actor: Actor, now: datetime) -> None:
    """Notes in the order of the file, the history's entry of each request, and what came from where."""
    ids = _ids(len(fresh))
    columns = ("id", "request_id", "kind", "text", "written_at", "author_id", "author_label", "source")
    with connection.cursor() as cursor:
        copy_rows(
            cursor,
            Note._meta.db_table,
            columns,
            (
                (key, request.id, one.kind, mask_numbers(one.text).text, one.written_at, None, one.who, run.source)
                for key, (_known_by, one, request) in zip(ids, fresh, strict=True)
            ),
        )
        copy_rows(cursor, "kernel_auditentry", AUDIT_COLUMNS, _acts(ids, fresh, run, actor, now))
    run.remember(
        [New(key, NOTE_TYPE, note, _digest(one)) for note, (key, one, _request) in zip(ids, fresh, strict=True)]
    )


def _ids(count: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence('service_requests_note', 'id')) FROM generate_series(1, %s)", [count]
        )
        return [key for (key,) in cursor.fetchall()]


def _acts(
    ids: Sequence[int], fresh: Sequence[tuple[str, ImportedNote, Came]], run: Running, actor: Actor, now: datetime
) -> Iterator[tuple[Any, ...]]:
    for note, (_key, one, request) in zip(ids, fresh, strict=True):
        came = {"note": note, "kind": one.kind, "who": one.who, "at": one.written_at.isoformat()}
        after = json.dumps({**came, "source": run.source, "run": run.id})
        yield (now, "service_requests.note_imported", actor.kind.value, actor.id, actor.label[:120], OBJECT_TYPE,
               request.id, request.number, None, after, "", None, False, "")  # fmt: skip

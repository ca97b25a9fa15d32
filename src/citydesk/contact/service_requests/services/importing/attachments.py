"""Files of imported requests: checked by content and cleaned like any upload, once for each request and content."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F

from citydesk.city.profile import queries as profile
from citydesk.contact.service_requests.choices import FILE_PURPOSE, OBJECT_TYPE, FileKind, ReviewState
from citydesk.contact.service_requests.models import RequestFile, ServiceRequest
from citydesk.contact.service_requests.queries.imported import Came, requests_from
from citydesk.contact.service_requests.rules.imported_notes import FILE_FIELDS, FILE_NEEDED, ImportedFile, read_file
from citydesk.kernel import audit, files
from citydesk.kernel.actors import Actor
from citydesk.kernel.errors import CitydeskError, Invalid
from citydesk.kernel.imports.columns import BadRow, Mapped, identifier_of
from citydesk.kernel.imports.runs import New, Running, Tally, running
from citydesk.kernel.imports.sheets import Row, load_columns, rows_by

KIND = "attachments"
FILE_TYPE = "service_requests.file"
ALLOWED = ("image", "pdf", "text", "office")


@dataclass(frozen=True)
class Attached:
    """A file to attach to an imported request: its bytes and what is known of it. `key` makes it come once."""

    key: str
    content: bytes
    name: str
    added_at: datetime | None
    who: str
    caption: str
    is_photo: bool | None
    is_from_resident: bool = False


def import_attachments(
    *,
    file: Path,
    folder: Path,
    mapping: Path | None = None,
    columns: Mapping[str, str] | None = None,
    source: str = "",
    zone: str = "",
    is_dry: bool = False,
    actor: Actor,
    now: datetime,
    advance: Callable[[int], Any] = lambda _count: None,
) -> Tally:
    """Attach the files of a manifest to requests that came from the same source; each in a transaction of its own.

    Photos wait for review like a resident's. A missing, too large or wrongly typed file, and a path that leads out of
    the folder, is named with its line. Raises `Invalid` for a manifest or folder that cannot be read.
    """
    if not folder.is_dir():
        raise Invalid(f"There is no folder {folder.name}.", field="folder")
    usual, given = str(profile.local_zone()), columns or {}
    read = load_columns(mapping=mapping, fields=FILE_FIELDS, source=source, zone=zone, usual_zone=usual, given=given)
    result = Tally()
    rows = rows_by(file, read, needed=FILE_NEEDED, said=columns or {}, identifier="request")
    record: dict[str, Any] = {"kind": KIND, "source": read.source, "file": file, "options": {"mapping": read.name}}
    with running(**record, actor=actor, now=now, is_dry=is_dry, tally=result) as run:
        for line, row in rows:
            result.read += 1
            _take(line, row, read, folder.resolve(), run, actor, now)
            advance(1)
    return result


def _take(line: int, row: Row | BadRow, read: Mapped, folder: Path, run: Running, actor: Actor, now: datetime) -> None:
    if isinstance(row, BadRow):
        run.refuse(row)
        return
    try:
        one = read_file(read, row)
        request = requests_from(run.source, [one.request]).get(one.request)
        if request is None:
            raise Invalid(f"There is no request {one.request} from {run.source}.", field="request")
        attach_once(_opened(one, folder), request, run, actor, now)
    except CitydeskError as error:
        run.refuse(BadRow(line, identifier_of(read, row, "request")[:80], error.field or "file", str(error.message)))


def _opened(one: ImportedFile, folder: Path) -> Attached:
    """The file's bytes. A link that leads out of the folder is refused like a path that does."""
    place = (folder / one.path).resolve()
    if not place.is_relative_to(folder):
        raise Invalid(f"{one.path[:80]!r} leads out of the folder.", field="file")
    if not place.is_file():
        raise Invalid(f"There is no file {one.path[:120]}.", field="file")
    if place.stat().st_size > settings.UPLOAD_MAX_BYTES:
        most = settings.UPLOAD_MAX_BYTES // (1024 * 1024)
        raise Invalid(f"{one.path[:120]} is too large: at most {most} MB.", field="file")
    content = place.read_bytes()
    key = f"{one.request}:{hashlib.sha256(content).hexdigest()}"
    return Attached(key, content, one.name, one.added_at, one.who, one.caption, one.is_photo)


def attach_once(one: Attached, request: Came, run: Running, actor: Actor, now: datetime) -> None:
    """Attach a file unless its content is at the request already. Raises `Invalid` for a file that is not taken."""
    if one.key in run.known([one.key]):
        run.tally.known += 1
        return
    if run.is_dry:
        found = files.inspect(one.content, one.name, allowed=ALLOWED, max_bytes=settings.UPLOAD_MAX_BYTES)
        _is_photo(one, found.kind)
    else:
        with transaction.atomic():
            link = _attach(one, request, run, actor, now)
            run.remember([New(one.key, FILE_TYPE, link.pk)])
    run.tally.added += 1


def _attach(one: Attached, request: Came, run: Running, actor: Actor, now: datetime) -> RequestFile:
    stored = files.store_upload(one.content, purpose=FILE_PURPOSE, actor=actor, now=now, name=one.name, allowed=ALLOWED)
    is_photo = _is_photo(one, stored.kind)
    link = RequestFile.objects.create(
        request_id=request.id,
        file=stored,
        kind=FileKind.PHOTO if is_photo else FileKind.DOCUMENT,
        caption=one.caption,
        added_at=one.added_at or now,
        added_by=one.who,
        is_from_resident=one.is_from_resident,
        review_state=ReviewState.PENDING,
    )
    if is_photo:
        ServiceRequest.objects.filter(pk=request.id).update(photo_count=F("photo_count") + 1)
    came = {"file": link.pk, "kind": link.kind, "who": one.who, "at": (one.added_at or now).isoformat()}
    after = {**came, "source": run.source, "run": run.id}
    code = "service_requests.file_imported"
    audit.record(audit.Act(code, OBJECT_TYPE, request.id, request.number, after=after), actor=actor, now=now)
    return link


def _is_photo(one: Attached, kind: str) -> bool:
    if one.is_photo and kind != "image":
        raise Invalid("The manifest calls it a photo, but it is no picture.", field="is_photo")
    return kind == "image" if one.is_photo is None else one.is_photo

"""Storing and finding files. The content is saved first, then its row: a crash between leaves bytes nobody points to,
which the sweep removes, never a row without its bytes."""

import errno
import hashlib
import os
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.urls import reverse

from citydesk.kernel.actors import Actor
from citydesk.kernel.errors import CitydeskError, NotFound, marked
from citydesk.kernel.files.inspection import Inspected, inspect, safe_name
from citydesk.kernel.models import StoredFile
from citydesk.kernel.outbox import defer

FOLDER = "content"
ORPHAN_AGE = timedelta(hours=24)
_WITH_WORDS = ("pdf", "text", "office")
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)


class NoRoom(CitydeskError):
    """The place where files are kept is full: nothing was kept, and what goes without the file may go on."""

    code = "no_room"
    status = 503


def store_upload(
    uploaded: Any,
    *,
    purpose: str,
    actor: Actor,
    now: datetime,
    name: str = "",
    allowed: tuple[str, ...] = ("image", "pdf"),
    max_bytes: int | None = None,
) -> StoredFile:
    """Check, clean and keep what somebody sent: a Django `UploadedFile` or bytes with a `name`.

    `purpose` names the `FileGuard`. Raises `Invalid` and `NoRoom` (field "file") with words for the sender. Joins the
    running transaction; the bytes are written before the row.
    """
    limit = max_bytes or settings.UPLOAD_MAX_BYTES
    if isinstance(uploaded, bytes):
        content = uploaded
    else:
        name = name or uploaded.name or ""
        content = uploaded.read(limit + 1)
    return _keep(inspect(content, name, allowed=allowed, max_bytes=limit), purpose, actor, now, is_ours=False)


def store_made(
    content: bytes, *, name: str, content_type: str, purpose: str, actor: Actor, now: datetime
) -> StoredFile:
    """Keep a file the house made itself (a PDF, an export): not inspected, not scanned."""
    stem, _dot, extension = name.rpartition(".")
    made = Inspected(content, content_type, "made", safe_name(f"{stem or extension}.x", extension or "bin"))
    return _keep(made, purpose, actor, now, is_ours=True)


def _keep(found: Inspected, purpose: str, actor: Actor, now: datetime, *, is_ours: bool) -> StoredFile:
    digest = hashlib.sha256(found.content).hexdigest()
    _write(path_of(digest), found.content)
    if found.thumbnail:
        _write(thumbnail_path_of(digest), found.thumbnail)
    is_scanned_later = bool(getattr(settings, "CLAMD_ADDRESS", "")) and not is_ours
    with transaction.atomic():
        stored = StoredFile.objects.create(
            token=secrets.token_urlsafe(32),
            purpose=purpose,
            sha256=digest,
            size=len(found.content),
            content_type=found.content_type,
            kind=found.kind,
            original_name=found.name,
            width=found.width,
            height=found.height,
            has_thumbnail=bool(found.thumbnail),
            scan_state="waiting" if is_scanned_later else "not_scanned",
            created_at=now,
            created_by_kind=actor.kind,
            created_by_id=actor.id,
        )
        if is_scanned_later:
            defer("kernel.scan_file", queue="files", file_id=stored.pk)
        if not is_ours and found.kind in _WITH_WORDS:
            defer("kernel.index_words", queue="files", file_id=stored.pk)
    return stored


def path_of(digest: str) -> str:
    """Where content lies in the storage. The name is its hash, so it is random to a guesser and never a path given."""
    return f"{FOLDER}/{digest[:2]}/{digest}"


def thumbnail_path_of(digest: str) -> str:
    return f"{path_of(digest)}.thumb"


def _write(path: str, content: bytes) -> None:
    """Keep bytes under the name that their hash gives. Raises `NoRoom`."""
    if default_storage.exists(path):
        if default_storage.size(path) == len(content):
            return
        default_storage.delete(path)  # half a file: its writer was killed, or had no room
    try:
        written = default_storage.save(path, ContentFile(content))
        _to_disk(written)
    except OSError as error:
        if default_storage.exists(path) and default_storage.size(path) != len(content):
            default_storage.delete(path)
        if error.errno in _NO_ROOM:
            words = marked("Files cannot be kept just now: there is no room for them.")
            raise NoRoom(words, field="file", hint=marked("Go on without the file, or try again later.")) from error
        raise
    if written != path:  # another process was quicker with the same bytes
        default_storage.delete(written)


def _to_disk(path: str) -> None:
    """Wait until the bytes are on the disk: the row that points to them survives a power cut, and so must they."""
    try:
        full = default_storage.path(path)
    except NotImplementedError:  # a storage elsewhere sees to it itself
        return
    for one in (full, os.path.dirname(full)):
        held = os.open(one, os.O_RDONLY)
        try:
            os.fsync(held)
        finally:
            os.close(held)


def content_of(file_id: int) -> bytes:
    """The bytes of a file. Raises `NotFound`. The caller has authorised."""
    return _read(file_id, path_of)


def thumbnail_of(file_id: int) -> bytes:
    """The small JPEG of a picture. Raises `NotFound`."""
    return _read(file_id, thumbnail_path_of)


def _read(file_id: int, path: Any) -> bytes:
    digest = StoredFile.objects.filter(pk=file_id).values_list("sha256", flat=True).first()
    if digest is None or not default_storage.exists(path(digest)):
        raise NotFound(marked("There is no such file."))
    with default_storage.open(path(digest)) as file:
        return bytes(file.read())


@dataclass(frozen=True)
class FileLink:
    """A file as a page shows it."""

    id: int
    name: str
    kind: str
    content_type: str
    size: int
    url: str
    thumbnail_url: str
    width: int | None
    height: int | None
    created_at: datetime
    scan_state: str


def links_to(file_ids: Iterable[int]) -> list[FileLink]:
    """The files as links, in the order asked; one statement. The page's own rights decide who sees them."""
    rows = {row.pk: row for row in StoredFile.objects.filter(pk__in=list(file_ids))}
    return [link_to(rows[one]) for one in file_ids if one in rows]


def link_to(row: StoredFile) -> FileLink:
    """One stored file as a link."""
    url = reverse("kernel:file", args=[row.token])
    return FileLink(
        id=row.pk,
        name=row.original_name,
        kind=row.kind,
        content_type=row.content_type,
        size=row.size,
        url=url,
        thumbnail_url=f"{url}?small=1" if row.has_thumbnail else "",
        width=row.width,
        height=row.height,
        created_at=row.created_at,
        scan_state=row.scan_state,
    )


def sweep_orphans(*, now: datetime) -> int:
    """Remove stored bytes no row points to and that are older than a day. Returns how many were removed."""
    removed = 0
    try:
        folders, _files = default_storage.listdir(FOLDER)
    except FileNotFoundError:
        return 0
    for folder in folders:
        _folders, names = default_storage.listdir(f"{FOLDER}/{folder}")
        known = set(
            StoredFile.objects.filter(sha256__in={name[:64] for name in names}).values_list("sha256", flat=True)
        )
        for name in names:
            path = f"{FOLDER}/{folder}/{name}"
            if name[:64] not in known and default_storage.get_modified_time(path) < now - ORPHAN_AGE:
                default_storage.delete(path)
                removed += 1
    return removed

"""Notes and attachments of another system's requests, as rows of a sheet tell them. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any

from citydesk.contact.service_requests.choices import NoteKind
from citydesk.kernel.errors import Invalid
from citydesk.kernel.imports.columns import Mapped, fold, identifier_of, moment_of, plain, text_of, value_of, yes_or_no

NOTE_FIELDS = ("request", "id", "written_at", "who", "text", "kind")
NOTE_NEEDED = ("request", "written_at", "text")
NOTE_WORDS = {"kinds": tuple(NoteKind)}
FILE_FIELDS = ("request", "file", "name", "added_at", "who", "caption", "is_photo")
FILE_NEEDED = ("request", "file")
# What exports usually call notes that residents could read; a mapping's [kinds] says it better.
_PUBLIC = frozenset({"public", "p", "external", "1", "true", "yes"})
_INTERNAL = frozenset({"", "internal", "private", "i", "0", "false", "no"})


@dataclass(frozen=True)
class ImportedNote:
    """A note: the old number of its request, its own if it has one, when, who, what, for whom."""

    request: str
    id: str
    written_at: datetime
    who: str
    text: str
    kind: str


@dataclass(frozen=True)
class ImportedFile:
    """A line of a manifest: the old number of the request, the path below the folder, and what is known of it.

    `is_photo` None: its content decides.
    """

    request: str
    path: str
    name: str
    added_at: datetime | None
    who: str
    caption: str
    is_photo: bool | None


def read_note(mapping: Mapped, row: Mapping[str, Any]) -> ImportedNote:
    """One note. Raises `Invalid` with the field and the reason."""
    request, text = identifier_of(mapping, row, "request")[:80], text_of(mapping, row, "text")
    if not request:
        raise Invalid("It says no request.", field="request")
    if not text:
        raise Invalid("There are no words.", field="text")
    written = moment_of(mapping, row, "written_at")
    if written is None:
        raise Invalid("There is no time.", field="written_at")
    return ImportedNote(
        request=request,
        id=identifier_of(mapping, row, "id")[:80],
        written_at=written,
        who=text_of(mapping, row, "who")[:120],
        text=text,
        kind=note_kind(mapping, plain(value_of(mapping, row, "kind"))),
    )


def note_kind(mapping: Mapped, said: str) -> str:
    """Internal unless the row says public: what was written for colleagues must not become public by an import."""
    known = mapping.words.get("kinds", {}).get(fold(said))
    if known:
        return known
    if fold(said) in _INTERNAL:
        return NoteKind.INTERNAL
    if fold(said) in _PUBLIC:
        return NoteKind.PUBLIC
    raise Invalid(f"{said[:40]!r} is neither internal nor public: name it in the mapping's [kinds].", field="kind")


def read_file(mapping: Mapped, row: Mapping[str, Any]) -> ImportedFile:
    """One line of a manifest. Raises `Invalid`, also for a path that leads out of the folder."""
    request = identifier_of(mapping, row, "request")[:80]
    if not request:
        raise Invalid("It says no request.", field="request")
    path = safe_path(identifier_of(mapping, row, "file"))
    return ImportedFile(
        request=request,
        path=path,
        name=text_of(mapping, row, "name")[:150] or PurePosixPath(path).name,
        added_at=moment_of(mapping, row, "added_at"),
        who=text_of(mapping, row, "who")[:120],
        caption=text_of(mapping, row, "caption")[:200],
        is_photo=yes_or_no(mapping, row, "is_photo"),
    )


def safe_path(said: str) -> str:
    """A path below the folder, with slashes. Raises `Invalid` for an empty one and for one that leads out."""
    path = said.replace("\\", "/").strip()
    parts = PurePosixPath(path).parts
    if not parts:
        raise Invalid("It names no file.", field="file")
    if path.startswith("/") or ":" in parts[0] or ".." in parts:
        raise Invalid(f"{said[:80]!r} leads out of the folder.", field="file")
    return str(PurePosixPath(*parts))

"""Where the parts of a backup go: as they are, or sealed for the keys of those who may open them.

A backup as it is (format 1) has the folders `database`, `base` and `files`, and a manifest that says everything.
A sealed one (format 2) has one sealed file for each part and one for that manifest's content; in the clear stay the
moment, the version, where the log goes on, and length and SHA-256 of each sealed file: what it takes to list backups,
to remove old ones, and to see without a key whether a copy is whole.
"""

import io
import json
import shutil
import tarfile
import tempfile
import time
from pathlib import Path
from typing import Any

from config.backups import base, keys, parts, sealing

PLAIN, SEALED = 1, 2
CONTENTS, DATABASE, BASE, FILES = "contents.json.age", "database.dump.age", "base.tar.age", "files.tar.age"
ABANDONED_SECONDS = 86400
# What of a base may be known without a key: which piece of the log it begins with decides when that may go.
OPEN_OF_BASE = ("first_log", "ended_at", "archive")


class Plain:
    """Everything as it is, in a folder that only its owner reads."""

    format = PLAIN

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def base(self) -> dict[str, Any]:
        return base.take(self.folder / "base")

    def dump(self, snapshot: str) -> None:
        parts.dump(self.folder / "database", snapshot)

    def files(self, step: Any) -> dict[str, str]:
        return parts.copy_files(self.folder / "files", step)

    def finish(self, facts: dict[str, Any]) -> dict[str, Any]:
        """Write the manifest; it comes last, so that a backup without one is known to be half."""
        manifest = {"format": self.format, **facts, "database_files": parts.file_hashes(self.folder / "database")}
        (self.folder / "manifest.json").write_text(json.dumps(manifest, indent=1, sort_keys=True))
        return manifest


class Sealed:
    """Every part sealed as it comes. Only the base lies in the clear meanwhile, beside the database's own files."""

    format = SEALED

    def __init__(self, folder: Path, recipients: list[str]) -> None:
        self.folder, self.recipients = folder, recipients
        self.keys = keys.public_keys(recipients)
        self.sealed: dict[str, dict[str, Any]] = {}

    def base(self) -> dict[str, Any]:
        """Take it in a scratch folder, where PostgreSQL verifies it; then seal it and take the scratch away."""
        with scratch("sealing-") as place:
            found = base.take(place / "base")
            self.sealed[BASE] = sealing.seal_folder(place / "base", self.folder / BASE, self.keys)
        return found

    def dump(self, snapshot: str) -> None:
        with parts.dumped(snapshot) as stream:
            self.sealed[DATABASE] = sealing.seal_stream(stream, self.folder / DATABASE, self.keys)

    def files(self, step: Any) -> dict[str, str]:
        """The stored files, read from the storage into a sealed tar; name -> SHA-256."""
        from django.core.files.storage import default_storage

        marks: dict[str, str] = {}
        facts: dict[str, Any] = {}
        with sealing.sealed(self.folder / FILES, self.keys, facts) as out, tarfile.open(fileobj=out, mode="w|") as tar:
            for name in parts.stored_names():
                entry = tarfile.TarInfo(name)
                entry.size, entry.mode = default_storage.size(name), 0o600
                with default_storage.open(name) as source:
                    read = sealing.Hashed(source)
                    tar.addfile(entry, read)
                    sealing.forget(tar)
                marks[name] = read.digest.hexdigest()
                step.advance(1)
        self.sealed[FILES] = facts
        return marks

    def finish(self, facts: dict[str, Any]) -> dict[str, Any]:
        """Seal what a plain backup's manifest would say, leave in the clear what needs no key; returns the whole."""
        whole = {"format": self.format, **facts, "database_files": {}}
        text = json.dumps(whole, sort_keys=True).encode()
        self.sealed[CONTENTS] = sealing.seal_stream(io.BytesIO(text), self.folder / CONTENTS, self.keys)
        known = facts["base"] and {name: facts["base"][name] for name in OPEN_OF_BASE}
        manifest = {
            "format": self.format,
            "made_at": facts["made_at"],
            "citydesk": facts["citydesk"],
            "base": known,
            "recipients": self.recipients,
            "sealed": self.sealed,
        }
        (self.folder / "manifest.json").write_text(json.dumps(manifest, indent=1, sort_keys=True))
        return whole


def writer_for(folder: Path) -> Plain | Sealed:
    """Sealed where this host has public keys of those who may open its backups."""
    recipients = keys.recipients()
    return Sealed(folder, recipients) if recipients else Plain(folder)


class scratch:  # noqa: N801 - used as a block, like a function
    """A folder of ours alone below the installation's own, gone afterwards; so are those that a killed run left."""

    def __init__(self, prefix: str, below: Path | None = None) -> None:
        from django.conf import settings

        self.prefix, self.below = prefix, below or Path(settings.VAR_DIR)

    def __enter__(self) -> Path:
        self.below.mkdir(parents=True, exist_ok=True)
        for left in self.below.glob(f"{self.prefix}*"):
            if time.time() - left.stat().st_mtime > ABANDONED_SECONDS:
                shutil.rmtree(left, ignore_errors=True)
        self.place = Path(tempfile.mkdtemp(prefix=self.prefix, dir=self.below))
        return self.place

    def __exit__(self, *_error: object) -> None:
        shutil.rmtree(self.place, ignore_errors=True)

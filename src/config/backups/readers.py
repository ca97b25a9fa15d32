"""A backup as `restore` reads it: looked through, and a sealed one opened into a folder like a plain one's."""

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from citydesk.kernel.errors import Invalid
from config.backups import parts, sealing, writers


def checked_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a backup whose files are whole; no key is needed. Raises `Invalid` naming what is not."""
    path = folder / "manifest.json"
    if not path.exists():
        raise Invalid(f"{folder} has no manifest.json: it is no backup, or one that was not finished.")
    manifest: dict[str, Any] = json.loads(path.read_text())
    if manifest.get("format") not in (writers.PLAIN, writers.SEALED):
        raise Invalid(f"This backup has format {manifest.get('format')}; this version reads 1 and 2.")
    wrong = wrong_sealed(folder, manifest) if is_sealed(manifest) else wrong_plain(folder, manifest)
    if wrong:
        raise Invalid(f"The backup is damaged: {wrong[0]}" + (f" and {len(wrong) - 1} more" if wrong[1:] else ""))
    return manifest


def is_sealed(manifest: dict[str, Any]) -> bool:
    return manifest["format"] == writers.SEALED


def wrong_sealed(folder: Path, manifest: dict[str, Any]) -> list[str]:
    """Sealed files that are not as they were written."""
    known = {name: one["sha256"] for name, one in manifest["sealed"].items()}
    return sorted(
        name for name, mark in known.items() if not (folder / name).is_file() or parts.sha256_of(folder / name) != mark
    )


def wrong_plain(folder: Path, manifest: dict[str, Any]) -> list[str]:
    """Files of a plain backup that are not as they were written, missing, or nobody's."""
    wrong = []
    for part, known in (("database", manifest["database_files"]), ("files", manifest["stored_files"])):
        have = parts.file_hashes(folder / part)
        wrong += sorted(f"{part}/{name}" for name in {*known, *have} if known.get(name) != have.get(name))
    return wrong


def whole_manifest(folder: Path, manifest: dict[str, Any], identities: list[Any]) -> dict[str, Any]:
    """All that a checked backup says of itself, of a sealed one what is sealed too. Raises `Invalid`."""
    if not is_sealed(manifest):
        return manifest
    if not identities:
        raise Invalid(
            f"{folder} is sealed: only who has the identity of one of its keys can read it. Name its file with "
            f"--identity. It was sealed for {', '.join(manifest['recipients'])}."
        )
    text = io.BytesIO()
    with sealing.opened(folder / writers.CONTENTS, identities) as found:
        while piece := found.read(1 << 16):
            text.write(piece)
    return dict(json.loads(text.getvalue()))


@contextmanager
def readable(
    folder: Path, manifest: dict[str, Any], identities: list[Any], below: Path | None = None
) -> Iterator[Path]:
    """A folder with `database` and `files`; what was opened for it is gone afterwards."""
    if not is_sealed(manifest):
        yield folder
        return
    with writers.scratch("opened-", below) as place:
        sealing.open_file(folder / writers.DATABASE, identities, place / "database")
        lay_files(folder, manifest, identities, place / "files")
        yield place


def lay_files(folder: Path, manifest: dict[str, Any], identities: list[Any], target: Path) -> None:
    """Open the residents' files of a sealed backup. Raises `Invalid` when one is not as its manifest says."""
    sealing.open_folder(folder / writers.FILES, identities, target)
    have, known = parts.file_hashes(target), manifest["stored_files"]
    wrong = sorted(name for name in {*known, *have} if known.get(name) != have.get(name))
    if wrong:
        raise Invalid(f"The backup is damaged: files/{wrong[0]}" + (f" and {len(wrong) - 1} more" if wrong[1:] else ""))


def lay_base(folder: Path, manifest: dict[str, Any], identities: list[Any], target: Path) -> None:
    """Put the base of a backup into a new folder, and let PostgreSQL verify a sealed one, which could not be before."""
    if not is_sealed(manifest):
        import shutil

        shutil.copytree(folder / "base", target, symlinks=True)
        return
    sealing.open_folder(folder / writers.BASE, identities, target)
    parts.verify_base(target)

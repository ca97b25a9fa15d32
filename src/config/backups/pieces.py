"""The archive of the database's log: a piece is kept sealed or as it is, found again, and handed out for a restore.

The database server runs this file itself, as `archive_command`, with nothing but Python's own library and age:

    python -I pieces.py %p FOLDER %f PUBLIC-KEY...

A sealed piece is named NAME.MARK.age. The mark is the beginning of the SHA-256 of what it holds: a server that
crashed between keeping a piece and noting it hands the same one in again, and that must not look like another.
"""

import hashlib
import os
import re
import sys
from pathlib import Path

import pyrage

MARK = 16
# A segment, or the note that a base backup leaves beside it; sealed or not, whole or not.
NUMBERED = re.compile(r"^[0-9A-F]{8}(?P<number>[0-9A-F]{16})(?![0-9A-F])")
SEALED = re.compile(rf"\.[0-9a-f]{{{MARK}}}\.age$")


def mark_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:MARK]


def find(folder: Path, name: str) -> Path | None:
    """Where a piece lies in the archive, sealed or as it is; None when it is not there."""
    if (folder / name).is_file():
        return folder / name
    return next((place for place in sorted(folder.glob(f"{name}.{'?' * MARK}.age")) if SEALED.search(place.name)), None)


def is_sealed(place: Path) -> bool:
    return bool(SEALED.search(place.name))


def has_sealed(folder: Path) -> bool:
    """Whether some of an archive can be read with a key only."""
    return folder.is_dir() and any(is_sealed(place) for place in folder.iterdir())


def newest(folder: Path) -> Path | None:
    """The piece that was kept last; None when there is none, or the archive is another host's."""
    if not folder.is_dir():
        return None
    whole = [place for place in folder.iterdir() if NUMBERED.match(place.name) and place.suffix != ".part"]
    return max(whole, key=lambda place: place.stat().st_mtime, default=None)


def keep(source: Path, folder: Path, name: str, recipients: list[str]) -> Path:
    """Seal a finished piece into the archive, whole or not at all; the same one twice is the same one once.

    Raises `FileExistsError` when another piece of that name is there, `pyrage.RecipientError` for what is no key.
    """
    mark = mark_of(source)
    target = folder / f"{name}.{mark}.age"
    there = find(folder, name)
    if there:
        if there == target or (not is_sealed(there) and mark_of(there) == mark):
            return there
        raise FileExistsError(f"{there} is another piece of that name")
    keys = [pyrage.x25519.Recipient.from_str(one) for one in recipients]
    part = target.with_name(f"{target.name}.part")
    with (
        source.open("rb") as plain,
        os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o640), "wb") as out,
    ):
        pyrage.encrypt_io(plain, out, keys)
        out.flush()
        os.fsync(out.fileno())
    part.chmod(0o640)
    part.rename(target)
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)  # the name itself must not be lost with the power
    finally:
        os.close(handle)
    return target


def main(words: list[str]) -> int:
    """What the server runs. Exit code 1, with words for its log, when the piece is not kept: it tries again."""
    source, folder, name, *recipients = words
    try:
        keep(Path(source), Path(folder), name, recipients)
    except (OSError, pyrage.RecipientError, pyrage.EncryptError, ValueError) as error:
        sys.stderr.write(f"The log's piece {name} was not kept: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

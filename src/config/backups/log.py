"""The archive of the log as a restored server asks for it: copied by itself, or opened for it piece by piece.

A sealed piece is opened in this process, which alone knows the identity: the server asks by one pipe for a piece's name
and hears by another whether it lies ready. The identity never reaches a disk, an environment or a command line.
"""

import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from config.backups import pieces, sealing
from config.launcher.identity import Identity

ASKS, ANSWERS, READY = "asks", "answers", "piece"
# In postgresql.conf a percent sign of the shell's would be doubled; `read` and `echo` need none.
COPY = 'cp "{archive}/%f" "%p"'
ASK = (
    'echo "%f" > "{place}/asks" && read -r answer < "{place}/answers" '
    '&& test "$answer" = yes && mv "{place}/piece" "%p"'
)


@dataclass(frozen=True)
class Log:
    """An archive of the log and, where it is sealed, what opens it."""

    archive: Path
    identities: list[Any] = field(default_factory=list)

    def check(self) -> None:
        """Raise `Invalid` when pieces are sealed and nothing is there to open them."""
        from citydesk.kernel.errors import Invalid

        if not self.identities and pieces.has_sealed(self.archive):
            raise Invalid(f"The log in {self.archive} is sealed. Name the file that opens it with --identity.")

    def command(self, place: Path) -> str:
        """What the restored server runs to get a piece; `place` is a folder that it and we can enter."""
        return ASK.format(place=place) if self.identities else COPY.format(archive=self.archive)

    @contextmanager
    def served(self, place: Path, identity: Identity) -> Iterator[list[str]]:
        """Answer the server while the block runs; what could not be opened, in words."""
        faults: list[str] = []
        if not self.identities:
            yield faults
            return
        for name in (ASKS, ANSWERS):
            os.mkfifo(place / name, 0o600)
            lend(place / name, identity)
        # Open for both ways: neither we nor the server wait for the other only to open a pipe.
        asks, answers = (os.fdopen(os.open(place / name, os.O_RDWR), "r+b", buffering=0) for name in (ASKS, ANSWERS))
        thread = threading.Thread(target=self.answer, args=(place, identity, asks, answers, faults), daemon=True)
        thread.start()
        try:
            yield faults
        finally:
            asks.write(b"\n")
            thread.join()
            for pipe in (asks, answers):
                pipe.close()
            for name in (ASKS, ANSWERS, READY):
                (place / name).unlink(missing_ok=True)

    def answer(self, place: Path, identity: Identity, asks: Any, answers: Any, faults: list[str]) -> None:
        """Until an empty name comes: open the piece that is asked for, say whether it lies ready."""
        while name := read_line(asks):
            try:
                is_there = self.lay(name, place / READY, identity)
            except Exception as error:
                faults.append(str(error))
                is_there = False
            answers.write(b"yes\n" if is_there else b"no\n")

    def lay(self, name: str, target: Path, identity: Identity) -> bool:
        """Put a piece where the server takes it; False when the archive has it not. Raises `Invalid`."""
        found = pieces.find(self.archive, Path(name).name)
        if not found:
            return False
        target.unlink(missing_ok=True)
        if pieces.is_sealed(found):
            sealing.open_file(found, self.identities, target)
        else:
            shutil.copyfile(found, target)
        target.chmod(0o600)
        lend(target, identity)
        return True


def read_line(pipe: Any) -> str:
    """A line of an unbuffered pipe, without its end."""
    said = b""
    while not said.endswith(b"\n"):
        said += pipe.read(1)
    return said.decode().strip()


def lend(place: Path, identity: Identity) -> None:
    if identity.name:
        os.chown(place, identity.uid, identity.gid)

"""Files and folders sealed for public keys and opened with an identity: age's format, streamed, in constant memory.

What is written goes through a pipe to a thread that seals it, so that neither a dump nor an archive of files has to
lie on the disk as it is.
"""

import hashlib
import os
import tarfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import pyrage

from citydesk.kernel.errors import Invalid

SUFFIX = ".age"


@dataclass
class Hashed:
    """A file that is written or read through; its length and SHA-256 so far."""

    inner: Any

    def __post_init__(self) -> None:
        self.digest, self.bytes = hashlib.sha256(), 0

    def write(self, data: bytes) -> int:
        self._note(data)
        return int(self.inner.write(data))

    def read(self, size: int = -1) -> bytes:
        data: bytes = self.inner.read(size)
        self._note(data)
        return data

    def flush(self) -> None:
        self.inner.flush()

    def _note(self, data: bytes) -> None:
        self.digest.update(data)
        self.bytes += len(data)

    def facts(self) -> dict[str, Any]:
        return {"bytes": self.bytes, "sha256": self.digest.hexdigest()}


class _Runner(threading.Thread):
    """A thread whose error is not lost."""

    def __init__(self, act: Callable[[], None]) -> None:
        super().__init__(daemon=True)
        self.act = act
        self.error: Exception | None = None

    def run(self) -> None:
        try:
            self.act()
        except Exception as error:
            self.error = error


def seal_stream(source: Any, target: Path, keys: list[Any]) -> dict[str, Any]:
    """Seal what can be read into a new file that is on the disk when this returns; its length and SHA-256."""
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        out = Hashed(file)
        pyrage.encrypt_io(source, out, keys)
        file.flush()
        os.fsync(file.fileno())
    return out.facts()


@contextmanager
def sealed(target: Path, keys: list[Any], facts: dict[str, Any]) -> Iterator[IO[bytes]]:
    """Something to write to, sealed into a new file as it comes; `facts` holds length and SHA-256 afterwards."""
    read_end, write_end = os.pipe()
    with os.fdopen(read_end, "rb") as source, os.fdopen(write_end, "wb") as given:

        def work() -> None:
            try:
                facts.update(seal_stream(source, target, keys))
            finally:
                source.close()  # a writer that is still there hears of it

        runner = _Runner(work)
        runner.start()
        try:
            yield given
        except BrokenPipeError:
            pass  # told below, in the words of what broke
        finally:
            with suppress(BrokenPipeError):
                given.close()
            runner.join()
        if runner.error:
            raise runner.error


@contextmanager
def opened(place: Path, identities: list[Any]) -> Iterator[IO[bytes]]:
    """What a sealed file holds, to be read. Raises `Invalid` for another's key and for a file that was changed.

    What was read counts only when the block has ended: the end of a file that was cut off is seen there.
    """
    read_end, write_end = os.pipe()
    with os.fdopen(read_end, "rb") as found, os.fdopen(write_end, "wb") as out:

        def work() -> None:
            try:
                with place.open("rb") as source:
                    pyrage.decrypt_io(source, out, identities)
            finally:
                out.close()

        runner = _Runner(work)
        runner.start()
        try:
            yield found
            while found.read(1 << 16):  # a reader that had enough still wants to know whether the rest is whole
                pass
        except (tarfile.TarError, EOFError, ValueError, OSError):
            if not told(runner, found):
                raise
        finally:
            told(runner, found)
    if runner.error:
        raise in_words(runner.error, place)


def told(runner: _Runner, found: IO[bytes]) -> bool:
    """End the reading; whether what opened the file failed itself."""
    found.close()
    runner.join()
    return runner.error is not None and not isinstance(runner.error, BrokenPipeError)


def in_words(error: Exception, place: Path) -> Exception:
    """age's complaint as ours."""
    if isinstance(error, BrokenPipeError):
        return error
    if isinstance(error, pyrage.DecryptError) and "matching keys" in str(error):
        return Invalid(f"This identity does not open {place.name}: it was sealed for another key.")
    if isinstance(error, pyrage.DecryptError | OSError):
        return Invalid(f"{place.name} is damaged: it does not open to its end.")
    return error


def open_file(place: Path, identities: list[Any], target: Path) -> None:
    """Write what a sealed file holds to a new file of ours alone. Raises `Invalid`."""
    import shutil

    with opened(place, identities) as found, target.open("xb") as out:
        target.chmod(0o600)
        shutil.copyfileobj(found, out, 1 << 20)


def seal_folder(folder: Path, target: Path, keys: list[Any]) -> dict[str, Any]:
    """Seal a folder as one tar; its length and SHA-256."""
    facts: dict[str, Any] = {}
    with sealed(target, keys, facts) as out, tarfile.open(fileobj=out, mode="w|") as tar:
        for place in sorted(folder.rglob("*")):
            tar.add(place, arcname=str(place.relative_to(folder)), recursive=False)
            forget(tar)
    return facts


def forget(tar: tarfile.TarFile) -> None:
    """Let a stream not remember what went through it: it would grow with a million files."""
    tar.members = []  # type: ignore[attr-defined]  # a list of the class's own, which its stubs leave out


def open_folder(place: Path, identities: list[Any], folder: Path) -> None:
    """Unpack a sealed tar into a folder; nothing in it may lead out of there. Raises `Invalid`."""
    folder.mkdir(parents=True, exist_ok=True)
    with opened(place, identities) as found, tarfile.open(fileobj=found, mode="r|") as tar:
        for entry in tar:
            tar.extract(entry, folder, filter="tar")
            forget(tar)

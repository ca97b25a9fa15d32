"""The virus scanner: clamd over TCP or a Unix socket, by its INSTREAM command. Where none is set, files say so."""

import socket
import struct
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.core.files.storage import default_storage

from citydesk.kernel.files.store import path_of
from citydesk.kernel.models import StoredFile

_CHUNK = 64 * 1024
# A large archive takes a scanner a while; it works in a lane of its own (`config.cli.work`), where only files wait.
CONNECT_SECONDS, ANSWER_SECONDS = 3.0, 30.0


class ScannerDown(Exception):
    """The scanner did not answer; the job tries again and the file stays in quarantine."""


@dataclass(frozen=True)
class Verdict:
    is_clean: bool
    words: str


def scan(content: bytes, address: str) -> Verdict:
    """Ask clamd at "host:port" or "/path/to/socket". Raises `ScannerDown`."""
    family: socket.AddressFamily = socket.AF_UNIX if address.startswith("/") else socket.AF_INET
    host, _colon, port = address.rpartition(":")
    target = address if family == socket.AF_UNIX else (host, int(port))
    try:
        with socket.socket(family, socket.SOCK_STREAM) as talk:
            talk.settimeout(CONNECT_SECONDS)
            talk.connect(target)
            talk.settimeout(ANSWER_SECONDS)
            talk.sendall(b"zINSTREAM\0")
            for at in range(0, len(content), _CHUNK):
                piece = content[at : at + _CHUNK]
                talk.sendall(struct.pack("!L", len(piece)) + piece)
            talk.sendall(struct.pack("!L", 0))
            answer = talk.recv(4096).decode("utf-8", "replace").strip("\0\n ")
    except OSError as error:
        raise ScannerDown(str(error)) from error
    if answer.endswith("OK"):
        return Verdict(True, "")
    if answer.endswith("FOUND"):
        return Verdict(False, answer.removeprefix("stream:").removesuffix("FOUND").strip())
    raise ScannerDown(answer)


def scan_file(*, file_id: int, now: datetime) -> str:
    """Scan a waiting file and keep the verdict: clean or infected. Returns the state. Raises `ScannerDown`."""
    row = StoredFile.objects.filter(pk=file_id, scan_state="waiting").first()
    if row is None:
        return "done before"
    with default_storage.open(path_of(row.sha256)) as file:
        verdict = scan(bytes(file.read()), settings.CLAMD_ADDRESS)
    row.scan_state = "clean" if verdict.is_clean else "infected"
    row.scan_result = verdict.words[:120]
    row.save(update_fields=["scan_state", "scan_result"])
    return row.scan_state

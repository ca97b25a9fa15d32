"""Keys of backups, in age's format: the city's host holds public ones, which only seal; the identity opens.

An identity is read from a file that nobody else can read, or from standard input, and is kept in memory alone.
"""

import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

SETTING = "CITYDESK_BACKUP_RECIPIENTS"
SECRET = "AGE-SECRET-KEY-"  # noqa: S105 - how such a key begins
GO_BETWEEN = "-"


def recipients() -> list[str]:
    """The public keys that this host's backups are sealed for; none means that they are not sealed."""
    return os.environ.get(SETTING, "").split()


def fault_of(text: str) -> str:
    """Why a text is no public key, in words that do not repeat a secret one; empty when it is one."""
    import pyrage

    if text.upper().startswith(SECRET):
        return "That is the identity, which opens backups: it must not lie on this host. Give its public key, age1..."
    try:
        pyrage.x25519.Recipient.from_str(text)
    except pyrage.RecipientError:
        return f"{text[:70]} is no public key of age: one begins with age1. Make a pair with: citydesk backup-key FILE"
    return ""


def public_keys(texts: list[str]) -> list[Any]:
    """The keys to seal for. Raises `Invalid` for a text that is none."""
    import pyrage

    from citydesk.kernel.errors import Invalid

    for text in texts:
        if fault := fault_of(text):
            raise Invalid(fault)
    return [pyrage.x25519.Recipient.from_str(text) for text in texts]


def identities(place: str) -> list[Any]:
    """The keys in an identity file; `-` reads standard input. An empty place has none.

    Raises `Invalid` when the file is not there, others can read it, or it holds no identity.
    """
    import pyrage

    from citydesk.kernel.errors import Invalid

    if not place:
        return []
    text = sys.stdin.read() if place == GO_BETWEEN else closed_text(Path(place))
    lines = [line.strip() for line in text.splitlines()]
    try:
        found = [pyrage.x25519.Identity.from_str(line) for line in lines if line and not line.startswith("#")]
    except pyrage.IdentityError:
        raise Invalid(f"{place} holds no identity of age: a line of it does not begin with {SECRET}.") from None
    if not found:
        raise Invalid(f"{place} holds no identity.")
    return found


def closed_text(place: Path) -> str:
    """A file that its owner alone can read. Raises `Invalid`."""
    from citydesk.kernel.errors import Invalid

    if not place.is_file():
        raise Invalid(f"{place} is not there.")
    mode = place.stat().st_mode & 0o777
    if mode & 0o077:
        raise Invalid(f"Others can read {place} (mode {mode:04o}), and it opens every backup. Run: chmod 600 {place}")
    return place.read_text()


def make(place: Path) -> str:
    """Write a new identity to a new file for its owner's eyes alone; the public key. Raises `Invalid`."""
    import pyrage

    from citydesk.kernel.errors import Invalid

    identity = pyrage.x25519.Identity.generate()
    public = str(identity.to_public())
    try:
        handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise Invalid(f"{place} is there already. A key that backups are sealed for is never overwritten.") from None
    except OSError as error:
        raise Invalid(f"{place} cannot be written: {error.strerror}.") from None
    with os.fdopen(handle, "w") as out:
        out.write(f"# created: {datetime.now(UTC).isoformat(timespec='seconds')}\n# public key: {public}\n{identity}\n")
    return public

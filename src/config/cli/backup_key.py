"""`citydesk backup-key NEWFILE`: a key pair for sealed backups, in age's format, for a city that has none.

The file holds the identity, which opens every backup that is sealed for its public key. It belongs on another machine
than the one that makes the backups, and a second time on paper or in a safe: without it no backup can be read.
`age-keygen` makes the same kind of file. Exit codes: 0 made, 3 the file is there already or cannot be written.
"""

import argparse
from pathlib import Path
from typing import Any


def register(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="a new file; it is closed to everybody else")
    parser.set_defaults(run=run)


def run(given: argparse.Namespace, console: Any) -> int:
    """Make the pair; only its public half is printed."""
    from config.backups import keys

    public = keys.make(given.file)
    console.report(
        {"file": str(given.file), "public_key": public},
        f"The public key is\n  {public}\n"
        f"{given.file} opens every backup that is sealed for it. Keep it OFF the host that makes the backups: move it\n"
        "to another machine or a stick in a safe, keep a second copy elsewhere, and remove it here if this is that\n"
        "host. Whoever has it reads everything; when it is lost, no sealed backup can ever be read again.\n"
        f"On the host: sudo citydesk install --backup-recipient {public}",
    )
    return 0

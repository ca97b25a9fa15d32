"""`citydesk verify-audit`: read the whole chain of the history again, and say where it does not hold.

Write the head down outside the database now and then, and give it back with `--head ID:DIGEST`: a chain that somebody
cut off, or computed anew, holds in itself and cannot be told from a whole one without it. Exit codes: 0 it holds, 1 it
does not (the first bad entry is named), 3 the head is none, 4 the database cannot be reached.
"""

import argparse
import re
from dataclasses import asdict
from typing import Any

HEAD = re.compile(r"^(\d+):([0-9a-f]{64})$")


def register(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--head", default="", help="a head written down earlier, as ID:DIGEST")
    parser.set_defaults(run=run)


def run(given: argparse.Namespace, console: Any) -> int:
    """Verify the chain; report its head."""
    from citydesk.kernel.errors import Invalid
    from config.cli.main import set_up_django

    said = HEAD.match(given.head)
    if given.head and not said:
        raise Invalid(f"{given.head} is no head. Write it as this command prints it: ID:DIGEST.")
    set_up_django()
    from citydesk.kernel.sealer import verify_audit

    found = verify_audit(head_id=int(said[1]), head=said[2]) if said else verify_audit()
    if found.bad_id is not None:
        words = f"Entry {found.bad_id}: {found.reason}. {found.sealed} entries before it hold."
    else:
        words = f"{found.sealed} entries hold. Head: {found.head_id}:{found.head}"
    console.report(asdict(found), words)
    return 0 if found.bad_id is None else 1

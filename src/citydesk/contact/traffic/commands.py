"""`citydesk import contacts FILE --format queue_log|connect|intervals|cdr`: what a telephone switch wrote down.

Exit codes: 0 every row is here, 1 some rows were bad and the others are here, 3 the file was refused.
"""

import getpass
from argparse import Namespace
from dataclasses import asdict
from pathlib import Path
from typing import Any

from citydesk.contact.traffic.choices import SourceFormat
from citydesk.contact.traffic.services import import_contacts
from citydesk.kernel.actors import Actor, ActorKind
from citydesk.kernel.clock import utc_now
from citydesk.kernel.command_line import Console, verbs_of
from citydesk.kernel.imports.telling import add_usual, columns_given, exit_of, words_of


def register(subparsers: Any) -> None:
    """Add `import contacts`."""
    words = "import what a telephone switch wrote down: calls, agents' states, counts; again adds nothing"
    kinds = verbs_of(subparsers, "import", "bring data over from another system's export")
    verb = kinds.add_parser("contacts", help=words, description=words[0].upper() + words[1:] + ".")
    verb.add_argument("file", type=Path)
    verb.add_argument("--format", required=True, choices=[one.value for one in SourceFormat])
    verb.add_argument("--source", default="", help="short name of the switch (default: the file's name)")
    verb.add_argument("--queue", default="", help="code of the queue, where the file names none")
    verb.add_argument("--minutes", type=int, default=0, help="length of an interval, where the file does not say it")
    verb.add_argument(
        "--column",
        action="append",
        default=[],
        metavar="OURS=THEIRS",
        help="name of a column of a file of intervals: since, offered, queue, answered ...",
    )
    add_usual(verb)
    verb.set_defaults(run=run_import)


def run_import(given: Namespace, console: Console) -> int:
    """Import contacts and say what became of them."""
    with console.progress(f"Importing {given.file.name}") as step:
        result = import_contacts(
            file=given.file,
            format=given.format,
            source=given.source,
            queue=given.queue,
            minutes=given.minutes,
            columns=columns_given(given.column),
            is_dry=given.dry_run,
            actor=Actor(ActorKind.SYSTEM, None, f"Import by {getpass.getuser()}"),
            now=utc_now(),
            advance=step.advance,
        )
    console.report({"file": given.file.name, **asdict(result)}, words_of(result, "contacts"))
    return exit_of(result)

"""`citydesk import customers FILE`: people and organizations from another system's export.

Exit codes: 0 every row is here, 1 some rows were bad and the others are here, 3 the file was refused.
"""

import getpass
from argparse import Namespace
from dataclasses import asdict
from pathlib import Path
from typing import Any

from citydesk.city.customers.services.importing import COLUMNS, ImportResult, import_customers
from citydesk.kernel.actors import Actor, ActorKind
from citydesk.kernel.clock import utc_now
from citydesk.kernel.command_line import Console, Exit, verbs_of
from citydesk.kernel.errors import Invalid

_TOLD = 20


def register(subparsers: Any) -> None:
    """Add `import customers`."""
    words = "import customers from a CSV file; again adds nothing"
    kinds = verbs_of(subparsers, "import", "bring data over from another system's export")
    verb = kinds.add_parser("customers", help=words, description=words[0].upper() + words[1:] + ".")
    verb.add_argument("file", type=Path)
    verb.add_argument("--source", required=True, help="short name of the other system; with the id it knows a row")
    verb.add_argument(
        "--column",
        action="append",
        default=[],
        metavar="OURS=THEIRS",
        help=f"name of a column in the file; ours are {', '.join(COLUMNS)}",
    )
    verb.add_argument("--dry-run", action="store_true", help="read and check everything, write nothing")
    verb.set_defaults(run=run_import)


def run_import(given: Namespace, console: Console) -> int:
    """Import a file and say what became of its rows."""
    columns = dict(one.split("=", 1) for one in given.column if "=" in one)
    unknown = sorted(set(columns) - set(COLUMNS)) or [one for one in given.column if "=" not in one]
    if unknown:
        raise Invalid(f"There is no column {unknown[0]} of ours. Ours are {', '.join(COLUMNS)}.", field="column")
    with console.progress(f"Importing {given.file.name}") as step:
        result = import_customers(
            file=given.file,
            source=given.source,
            columns=columns,
            is_dry=given.dry_run,
            actor=Actor(ActorKind.SYSTEM, None, f"Import by {getpass.getuser()}"),
            now=utc_now(),
            advance=step.advance,
        )
    console.report({"file": given.file.name, "source": given.source, **asdict(result)}, _words(result, given))
    return Exit.PROBLEMS if result.bad_rows else Exit.OK


def _words(result: ImportResult, given: Namespace) -> str:
    verb = "would be added" if given.dry_run else "added"
    lines = [
        f"{given.source}: {result.read:,} rows read, {result.added:,} {verb}, {result.known:,} here before "
        f"({result.differing:,} of them with other content, left as they are), {len(result.bad_rows):,} bad."
    ]
    for one in result.bad_rows[:_TOLD]:
        lines.append(f"  line {one.line}: {one.reason} ({one.field or 'row'}, {one.external_id})")
    if len(result.bad_rows) > _TOLD:
        lines.append(f"  and {len(result.bad_rows) - _TOLD:,} more; --json lists all.")
    return "\n".join(lines)

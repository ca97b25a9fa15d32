"""`citydesk import time FILE`: what another clock wrote down.

Exit codes: 0 every row is here, 1 some rows were bad and the others are here, 3 the file was refused.
"""

from argparse import Namespace
from dataclasses import asdict
from typing import Any

from citydesk.kernel.clock import utc_now
from citydesk.kernel.command_line import Console, verbs_of
from citydesk.kernel.imports.sheets import count_rows
from citydesk.kernel.imports.telling import add_sheet, add_verb, columns_given, exit_of, starter, words_of
from citydesk.management.timekeeping.rules.imported import FIELDS
from citydesk.management.timekeeping.services.importing import import_time


def register(subparsers: Any) -> None:
    """Add `import time`."""
    kinds = verbs_of(subparsers, "import", "bring data over from another system's export")
    verb = add_verb(kinds, "time", "import time entries of another clock from a CSV or XLSX file; again adds nothing")
    add_sheet(verb, FIELDS, source="short name of the other clock (default: the file's name)", zone=True)
    verb.set_defaults(run=run_import)


def run_import(given: Namespace, console: Console) -> int:
    """Import time and say what became of the rows."""
    with console.progress(f"Importing {given.file.name}", count_rows(given.file)) as step:
        result = import_time(
            file=given.file,
            source=given.source or ("" if given.mapping else given.file.stem),
            columns=columns_given(given.column),
            mapping=given.mapping,
            zone=given.zone,
            is_dry=given.dry_run,
            actor=starter(),
            now=utc_now(),
            advance=step.advance,
        )
    console.report({"file": given.file.name, **asdict(result)}, words_of(result, "time"))
    return exit_of(result)

"""`citydesk import customers FILE`: people and organizations from another system's export.

Exit codes: 0 every row is here, 1 some rows were bad and the others are here, 3 the file was refused.
"""

from argparse import Namespace
from dataclasses import asdict
from typing import Any

from citydesk.city.customers.services.importing import COLUMNS, import_customers
from citydesk.kernel.clock import utc_now
from citydesk.kernel.command_line import Console, verbs_of
from citydesk.kernel.imports.sheets import count_rows
from citydesk.kernel.imports.telling import add_sheet, add_verb, columns_given, exit_of, starter, words_of


def register(subparsers: Any) -> None:
    """Add `import customers`."""
    words = "import customers from a CSV or XLSX file; again adds nothing"
    kinds = verbs_of(subparsers, "import", "bring data over from another system's export")
    verb = add_verb(kinds, "customers", words)
    add_sheet(verb, COLUMNS, source="short name of the other system; with the id it knows a row")
    verb.set_defaults(run=run_import)


def run_import(given: Namespace, console: Console) -> int:
    """Import a file and say what became of its rows."""
    with console.progress(f"Importing {given.file.name}", count_rows(given.file)) as step:
        result = import_customers(
            file=given.file,
            source=given.source,
            columns=columns_given(given.column),
            mapping=given.mapping,
            is_dry=given.dry_run,
            actor=starter(),
            now=utc_now(),
            advance=step.advance,
        )
    more = f"{result.differing:,} of those here before differ now and were left as they are" if result.differing else ""
    console.report({"file": given.file.name, **asdict(result)}, words_of(result, "customers", more))
    return exit_of(result)

"""`citydesk import offices FILE`: the transfer directory of the old system.

Exit codes: 0 every office is here, 1 some rows were bad or in conflict and the others are here, 3 the file was refused.
"""

from argparse import Namespace
from dataclasses import asdict
from typing import Any

from citydesk.city.staff.rules.imported_offices import OFFICE_FIELDS
from citydesk.city.staff.services.importing import import_offices
from citydesk.kernel.clock import utc_now
from citydesk.kernel.command_line import Console, verbs_of
from citydesk.kernel.imports.telling import add_sheet, add_verb, columns_given, exit_of, starter, words_of


def register(subparsers: Any) -> None:
    """Add `import offices`."""
    words = "import offices of the transfer directory from a CSV or XLSX file; again adds nothing"
    kinds = verbs_of(subparsers, "import", "bring data over from another system's export")
    verb = add_verb(kinds, "offices", words)
    add_sheet(verb, OFFICE_FIELDS, source="short name of the other system (default: the file's name)")
    verb.add_argument("--language", default="", help="language of names and subjects (default: the city's first)")
    verb.set_defaults(run=run_import)


def run_import(given: Namespace, console: Console) -> int:
    """Import offices and say what became of them."""
    with console.progress(f"Importing {given.file.name}") as step:
        result = import_offices(
            file=given.file,
            source=given.source or ("" if given.mapping else given.file.stem),
            columns=columns_given(given.column),
            mapping=given.mapping,
            language=given.language,
            is_dry=given.dry_run,
            actor=starter(),
            now=utc_now(),
            advance=step.advance,
        )
    console.report({"file": given.file.name, **asdict(result)}, words_of(result, "offices"))
    return exit_of(result)

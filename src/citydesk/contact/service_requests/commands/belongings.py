"""What belongs to imported requests: their notes and their files."""

from argparse import Namespace
from dataclasses import asdict
from pathlib import Path
from typing import Any

from citydesk.contact.service_requests.rules.imported_notes import FILE_FIELDS, NOTE_FIELDS
from citydesk.contact.service_requests.services import importing
from citydesk.kernel.clock import utc_now
from citydesk.kernel.command_line import Console
from citydesk.kernel.imports.telling import add_sheet, add_verb, columns_given, exit_of, starter, words_of

_SOURCE = "the source under which the requests were imported"


def register(kinds: Any) -> None:
    """Add `import notes` and `import attachments`."""
    words = "import notes of imported requests from a CSV or XLSX file; nobody is told, again adds nothing"
    verb = add_verb(kinds, "notes", words)
    add_sheet(verb, NOTE_FIELDS, source=_SOURCE, zone=True)
    verb.set_defaults(run=run_notes)
    words = "attach files to imported requests by a manifest; photos wait for review, again adds nothing"
    verb = add_verb(kinds, "attachments", words)
    add_sheet(verb, FILE_FIELDS, source=_SOURCE, zone=True)
    verb.add_argument("--folder", type=Path, required=True, help="where the manifest's files lie")
    verb.set_defaults(run=run_attachments)


def _given(given: Namespace) -> dict[str, Any]:
    return {
        "file": given.file,
        "mapping": given.mapping,
        "columns": columns_given(given.column),
        "source": given.source,
        "zone": given.zone,
        "is_dry": given.dry_run,
        "actor": starter(),
        "now": utc_now(),
    }


def run_notes(given: Namespace, console: Console) -> int:
    """Import notes and say what became of the rows."""
    with console.progress(f"Importing {given.file.name}", importing.count_rows(file=given.file)) as step:
        result = importing.import_notes(**_given(given), advance=step.advance)
    console.report({"file": given.file.name, **asdict(result)}, words_of(result, "notes"))
    return exit_of(result)


def run_attachments(given: Namespace, console: Console) -> int:
    """Attach files and say what became of the rows."""
    with console.progress(f"Importing {given.file.name}", importing.count_rows(file=given.file)) as step:
        result = importing.import_attachments(**_given(given), folder=given.folder, advance=step.advance)
    console.report({"file": given.file.name, **asdict(result)}, words_of(result, "attachments"))
    return exit_of(result)

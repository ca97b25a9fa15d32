"""`citydesk import requests FILE`: requests from another system's export.

Exit codes: 0 every row is here, 1 some rows were bad and the others are here (with --dry-run: would be), 3 refused and
nothing was written (an unreadable file, no fitting mapping, or a bad row with --strict).
"""

import getpass
from argparse import Namespace
from dataclasses import asdict
from pathlib import Path
from typing import Any

from citydesk.contact.service_requests.services import importing
from citydesk.kernel.actors import Actor, ActorKind
from citydesk.kernel.clock import utc_now
from citydesk.kernel.command_line import Console, Exit, verbs_of

_TOLD = 20


def register(subparsers: Any) -> None:
    """Add `import requests`."""
    kinds = verbs_of(subparsers, "import", "bring data over from another system's export")
    words = "import service requests from a CSV or XLSX file; again adds nothing"
    verb = kinds.add_parser("requests", help=words, description=words[0].upper() + words[1:] + ".")
    verb.add_argument("file", type=Path)
    verb.add_argument("--mapping", default="", help="a shipped mapping's name or a TOML file (default: by the headers)")
    verb.add_argument("--zone", default="", help="time zone of the file's clock times, e.g. America/New_York")
    verb.add_argument("--epsg", type=int, help="grid of its x and y, e.g. 2263 (New York Long Island, feet)")
    verb.add_argument("--create-codes", action="store_true", help="make codes that the catalog does not have")
    verb.add_argument("--dry-run", action="store_true", help="read and check everything, write nothing")
    verb.add_argument("--strict", action="store_true", help="refuse the whole file when a row is bad")
    verb.set_defaults(run=run_import)


def run_import(given: Namespace, console: Console) -> int:
    """Import a file and say what became of its rows."""
    place = {"zone": given.zone, "epsg": given.epsg}
    if given.mapping:
        mapping = importing.load_mapping(which=given.mapping, **place)
    else:
        mapping = importing.choose_mapping(file=given.file, **place)
    passes = 2 if given.strict and not given.dry_run else 1
    with console.progress(f"Importing {given.file.name}", importing.count_rows(file=given.file) * passes) as step:
        result = importing.import_requests(
            file=given.file,
            mapping=mapping,
            actor=Actor(ActorKind.SYSTEM, None, f"Import by {getpass.getuser()}"),
            now=utc_now(),
            create_codes=given.create_codes,
            is_dry=given.dry_run,
            is_strict=given.strict,
            advance=step.advance,
        )
    data = {"file": given.file.name, "mapping": mapping.name, "source": mapping.source, **asdict(result)}
    console.report(data, _words(result, mapping.name))
    if result.is_refused:
        return Exit.REFUSED
    return Exit.PROBLEMS if result.bad else Exit.OK


def _words(result: importing.ImportResult, name: str) -> str:
    verb = "would be added" if result.is_dry else "added"
    lines = [
        f"{name}: {result.read:,} rows read, {result.added:,} {verb}, {result.known:,} here before, {result.bad:,} bad."
    ]
    if result.is_refused:
        lines = [f"{name}: refused, nothing was written. {result.bad:,} of {result.read:,} rows are bad."]
    if result.created_codes:
        lines.append(f"Codes made: {', '.join(sorted(set(result.created_codes)))}.")
    if result.unknown_codes:
        unknown = ", ".join(f"{code} ({count:,})" for code, count in sorted(result.unknown_codes.items()))
        lines.append(f"Unknown codes: {unknown}. Map them in the mapping's [codes], or give --create-codes.")
    lines += [
        f"  line {one.line}: {one.reason} ({one.field or 'row'}, {one.external_id})" for one in result.bad_rows[:_TOLD]
    ]
    if result.bad > _TOLD:
        lines.append(f"  and {result.bad - _TOLD:,} more; --json lists the first 1,000.")
    return "\n".join(lines)

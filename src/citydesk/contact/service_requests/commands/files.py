"""Requests from a file, and whether all of them are here."""

from argparse import Namespace
from dataclasses import asdict
from pathlib import Path
from typing import Any

from citydesk.contact.service_requests.rules.importing import ImportMapping
from citydesk.contact.service_requests.services import importing
from citydesk.kernel.clock import utc_now
from citydesk.kernel.command_line import Console, Exit
from citydesk.kernel.imports.telling import add_usual, add_verb, exit_of, starter, words_of

_TOLD = 40


def register(kinds: Any) -> None:
    """Add `import requests` and `import compare`."""
    words = "import service requests from a CSV or XLSX file; again adds nothing"
    verb = _with_mapping(kinds, "requests", words)
    verb.add_argument("--create-codes", action="store_true", help="make codes that the catalog does not have")
    add_usual(verb)
    verb.add_argument("--strict", action="store_true", help="refuse the whole file when a row is bad")
    verb.set_defaults(run=run_import)
    words = "compare a file with what came from it: counts by year, code and status"
    verb = _with_mapping(kinds, "compare", words)
    verb.set_defaults(run=run_compare)


def _with_mapping(kinds: Any, name: str, words: str) -> Any:
    verb = add_verb(kinds, name, words)
    verb.add_argument("file", type=Path)
    verb.add_argument("--mapping", default="", help="a shipped mapping's name or a TOML file (default: by the headers)")
    verb.add_argument("--zone", default="", help="time zone of the file's clock times, e.g. America/New_York")
    verb.add_argument("--epsg", type=int, help="grid of its x and y, e.g. 2263 (New York Long Island, feet)")
    return verb


def _mapping(given: Namespace) -> ImportMapping:
    place = {"zone": given.zone, "epsg": given.epsg}
    if given.mapping:
        return importing.load_mapping(which=given.mapping, **place)
    return importing.choose_mapping(file=given.file, **place)


def run_import(given: Namespace, console: Console) -> int:
    """Import a file and say what became of its rows."""
    mapping = _mapping(given)
    passes = 2 if given.strict and not given.dry_run else 1
    with console.progress(f"Importing {given.file.name}", importing.count_rows(file=given.file) * passes) as step:
        result = importing.import_requests(
            file=given.file,
            mapping=mapping,
            actor=starter(),
            now=utc_now(),
            create_codes=given.create_codes,
            is_dry=given.dry_run,
            is_strict=given.strict,
            advance=step.advance,
        )
    data = {"file": given.file.name, "mapping": mapping.name, "source": mapping.source, **asdict(result)}
    console.report(data, words_of(result, mapping.name, codes_of(result)))
    return exit_of(result)


def codes_of(result: importing.ImportResult) -> str:
    """Codes that were made, and those that nobody knows."""
    lines = []
    if result.created_codes:
        lines.append(f"Codes made: {', '.join(sorted(set(result.created_codes)))}.")
    if result.unknown_codes:
        unknown = ", ".join(f"{code} ({count:,})" for code, count in sorted(result.unknown_codes.items()))
        lines.append(f"Unknown codes: {unknown}. Map them in the mapping's [codes], or give --create-codes.")
    return "\n".join(lines)


def run_compare(given: Namespace, console: Console) -> int:
    """Compare and name what differs."""
    mapping = _mapping(given)
    with console.progress(f"Comparing {given.file.name}", importing.count_rows(file=given.file)) as step:
        found = importing.compare_requests(file=given.file, mapping=mapping, now=utc_now(), advance=step.advance)
    data = {"file": given.file.name, "source": mapping.source, **asdict(found)}
    console.report({**data, "differing": [asdict(one) for one in found.differing]}, _compared(found, mapping.source))
    return Exit.PROBLEMS if found.differing or found.missing_count or found.surplus else Exit.OK


def _compared(found: importing.Comparison, source: str) -> str:
    lines = [
        f"{source}: {found.in_file:,} requests in the file, {found.here:,} here. "
        f"{found.bad:,} rows cannot be read, {found.twice:,} stand twice."
    ]
    years = sorted({one.year for one in found.lines})
    for year in years:
        of_year = [one for one in found.lines if one.year == year]
        there, here = sum(one.in_file for one in of_year), sum(one.here for one in of_year)
        lines.append(f"  {year}: {there:,} in the file, {here:,} here{'' if there == here else '  <- differs'}")
    for one in found.differing[:_TOLD]:
        lines.append(f"  differs: {one.year} {one.code} {one.status}: {one.in_file:,} in the file, {one.here:,} here")
    if len(found.differing) > _TOLD:
        lines.append(f"  and {len(found.differing) - _TOLD:,} more; --json lists all.")
    if found.missing_count:
        named = ", ".join(found.missing[:20])
        lines.append(
            f"  {found.missing_count:,} of the file are not here: {named}{' ...' if found.missing_count > 20 else ''}"
        )
    if found.surplus:
        lines.append(f"  {found.surplus:,} are here and not in the file.")
    if not (found.differing or found.missing_count or found.surplus):
        lines.append("  Both sides are the same.")
    return "\n".join(lines)

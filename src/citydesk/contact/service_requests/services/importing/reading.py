"""Requests in a CSV or XLSX file, one at a time, and the mapping they are read by."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from citydesk.city.profile import queries as profile
from citydesk.contact.service_requests.rules import foreign_open311, importing
from citydesk.contact.service_requests.rules.importing import ImportedRow, ImportMapping
from citydesk.kernel.errors import CitydeskError, Invalid
from citydesk.kernel.imports.columns import BadRow, text_of
from citydesk.kernel.imports.sheets import TOO_LONG, headers_of, read_toml, titled
from citydesk.kernel.imports.sheets import count_rows as _count_rows

SHIPPED = Path(__file__).resolve().parents[2] / "mappings"


def shipped_mappings() -> dict[str, Path]:
    """The mappings that come with the house, by name."""
    return {path.stem: path for path in sorted(SHIPPED.glob("*.toml"))}


def load_mapping(*, which: str, zone: str = "", epsg: int | None = None) -> ImportMapping:
    """A shipped mapping by name, or a TOML file. Raises `Invalid`."""
    path = shipped_mappings().get(which) or Path(which)
    if not path.is_file():
        names = ", ".join(shipped_mappings())
        raise Invalid(f"There is no mapping {which}. Shipped are: {names}.", field="mapping")
    return importing.read_mapping(read_toml(path), zone=zone, epsg=epsg)


def open311_mapping(*, file: Path | None, source: str, zone: str) -> ImportMapping:
    """The mapping of an Open311 endpoint: the contract's, with what a TOML file says otherwise. Raises `Invalid`."""
    body = read_toml(file) if file else {}
    usual = "" if "zone" in body else str(profile.local_zone())
    return foreign_open311.open311_mapping(body, source=source, zone=zone or usual)


def choose_mapping(*, file: Path, zone: str = "", epsg: int | None = None) -> ImportMapping:
    """The shipped mapping that knows the file's headers. Raises `Invalid` when none does."""
    headers = headers_of(file)
    for name in shipped_mappings():
        mapping = load_mapping(which=name, zone=zone, epsg=epsg)
        if importing.detects(mapping, headers):
            return mapping
    raise Invalid("No shipped mapping knows these columns. Write one and name it with --mapping.", field="mapping")


def count_rows(*, file: Path) -> int:
    """How many rows the file has, for a progress bar."""
    return _count_rows(file)


def read_rows(file: Path, mapping: ImportMapping) -> Iterator[tuple[int, ImportedRow | BadRow]]:
    """Each row with its line: as a request, or as what is wrong with it. Blank rows are passed over."""
    headers, rows = titled(file)
    known = importing.require_columns(mapping, headers)
    for line, row, is_whole in rows:
        if is_whole:
            yield line, read_one(known, row, line)
        else:
            yield line, BadRow(line, text_of(known, row, "external_id")[:80], "", TOO_LONG)


def read_one(mapping: ImportMapping, row: dict[str, Any], line: int) -> ImportedRow | BadRow:
    """One row as a request, or as what is wrong with it."""
    try:
        return importing.read_row(mapping, row)
    except CitydeskError as error:
        return BadRow(line, text_of(mapping, row, "external_id")[:80], error.field or "", str(error.message))

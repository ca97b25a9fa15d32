"""Rows of a CSV or XLSX file, one at a time, and the mapping they are read by."""

import csv
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from citydesk.contact.service_requests.rules import importing
from citydesk.contact.service_requests.rules.importing import ImportedRow, ImportMapping
from citydesk.kernel.errors import CitydeskError, Invalid

SHIPPED = Path(__file__).resolve().parents[2] / "mappings"
_SHEETS = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods")
csv.field_size_limit(1 << 20)


@dataclass(frozen=True)
class BadRow:
    """A row that cannot be taken: its line in the file (the header is 1), its identifier, the field and why."""

    line: int
    external_id: str
    field: str
    reason: str


def shipped_mappings() -> dict[str, Path]:
    """The mappings that come with the house, by name."""
    return {path.stem: path for path in sorted(SHIPPED.glob("*.toml"))}


def load_mapping(*, which: str, zone: str = "", epsg: int | None = None) -> ImportMapping:
    """A shipped mapping by name, or a TOML file. Raises `Invalid`."""
    path = shipped_mappings().get(which) or Path(which)
    try:
        body = tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    except (OSError, UnicodeDecodeError) as error:
        names = ", ".join(shipped_mappings())
        raise Invalid(f"There is no mapping {which}. Shipped are: {names}.", field="mapping") from error
    except tomllib.TOMLDecodeError as error:
        raise Invalid(f"{path.name}: {error}", field="mapping") from error
    return importing.read_mapping(body, zone=zone, epsg=epsg)


def choose_mapping(*, file: Path, zone: str = "", epsg: int | None = None) -> ImportMapping:
    """The shipped mapping that knows the file's headers. Raises `Invalid` when none does."""
    headers = headers_of(file)
    for name in shipped_mappings():
        mapping = load_mapping(which=name, zone=zone, epsg=epsg)
        if importing.detects(mapping, headers):
            return mapping
    raise Invalid("No shipped mapping knows these columns. Write one and name it with --mapping.", field="mapping")


def headers_of(file: Path) -> list[str]:
    """The first row."""
    return next(_lists(file), (0, []))[1]


def count_rows(*, file: Path) -> int:
    """How many rows the file has, for a progress bar; quick and not exact where cells hold line breaks."""
    if file.suffix.lower() in _SHEETS:
        return sum(1 for _one in _lists(file)) - 1
    with file.open("rb") as opened:
        return max(sum(block.count(b"\n") for block in iter(lambda: opened.read(1 << 20), b"")) - 1, 0)


def read_rows(file: Path, mapping: ImportMapping) -> Iterator[tuple[int, ImportedRow | BadRow]]:
    """Each row with its line: as a request, or as what is wrong with it. Blank rows are passed over."""
    lists = _lists(file)
    _line, headers = next(lists, (0, []))
    known = importing.require_columns(mapping, headers)
    for line, cells in lists:
        if not any(cell not in (None, "") for cell in cells):
            continue
        row = dict(zip(headers, cells, strict=False))
        yield line, _read(known, row, line, len(cells) - len(headers))


def _read(mapping: ImportMapping, row: dict[str, Any], line: int, surplus: int) -> ImportedRow | BadRow:
    try:
        if surplus > 0:
            raise Invalid("It has more cells than the header.", field="")
        return importing.read_row(mapping, row)
    except CitydeskError as error:
        return BadRow(line, importing.text_of(mapping, row, "external_id")[:80], error.field, str(error.message))


def _lists(file: Path) -> Iterator[tuple[int, list[Any]]]:
    """Rows as lists with their line number. Raises `Invalid` for a file that is neither text nor a sheet."""
    if file.suffix.lower() in _SHEETS:
        yield from _sheet(file)
    else:
        yield from _text(file)


def _text(file: Path) -> Iterator[tuple[int, list[Any]]]:
    try:
        with file.open(encoding=_encoding(file), newline="") as opened:
            head = opened.readline()
            opened.seek(0)
            delimiter = max(",;\t|", key=head.count)
            reader = csv.reader(opened, delimiter=delimiter)
            for place, cells in enumerate(reader):
                yield reader.line_num, [one.strip() for one in cells] if place == 0 else cells
    except (OSError, csv.Error, UnicodeDecodeError) as error:
        raise Invalid(f"{file.name} cannot be read: {error}", field="file") from error


def _encoding(file: Path) -> str:
    """UTF-8, with or without its mark; else what older Windows programs write."""
    with file.open("rb") as opened:
        try:
            opened.read(1 << 20).decode("utf-8")
        except UnicodeDecodeError as error:
            # A letter cut in two at the end of the sample is no sign of another encoding.
            if error.start < (1 << 20) - 4:
                return "cp1252"
    return "utf-8-sig"


def _sheet(file: Path) -> Iterator[tuple[int, list[Any]]]:
    import python_calamine

    try:
        book = python_calamine.CalamineWorkbook.from_path(str(file))
        rows = book.get_sheet_by_index(0).iter_rows()
    except (python_calamine.CalamineError, OSError) as error:
        raise Invalid(f"{file.name} cannot be read: {error}", field="file") from error
    for place, cells in enumerate(rows, start=1):
        yield place, [str(one).strip() for one in cells] if place == 1 else cells

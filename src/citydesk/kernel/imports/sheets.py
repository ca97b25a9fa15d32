"""Rows of a CSV or a spreadsheet, one at a time; mappings from TOML files; what a file is known by."""

import csv
import hashlib
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from citydesk.kernel.errors import Invalid
from citydesk.kernel.imports.columns import BadRow, Columns, Mapped, identifier_of, read_columns, require_columns

SHEETS = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods")
csv.field_size_limit(1 << 20)
TOO_LONG = "It has more cells than the header."
Row = dict[str, Any]


def load_columns(
    *,
    mapping: Path | None,
    fields: Iterable[str],
    words: Mapping[str, Iterable[str]] | None = None,
    source: str = "",
    zone: str = "",
    usual_zone: str = "UTC",
    given: Mapping[str, str] | None = None,
) -> Mapped:
    """The mapping in a TOML file, or the one the words of the command line make. Raises `Invalid`."""
    body: dict[str, Any] = read_toml(mapping) if mapping is not None else {}
    return read_columns(body, fields=fields, words=words, source=source, zone=zone, usual_zone=usual_zone, given=given)


def read_toml(path: Path) -> dict[str, Any]:
    """A TOML file. Raises `Invalid` with its name and the line."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    except (OSError, UnicodeDecodeError) as error:
        raise Invalid(f"The mapping {path.name} cannot be read.", field="mapping") from error
    except tomllib.TOMLDecodeError as error:
        raise Invalid(f"{path.name}: {error}", field="mapping") from error


def rows_by(
    file: Path, mapping: Columns, *, needed: Iterable[str], said: Iterable[str] = (), identifier: str = ""
) -> Iterator[tuple[int, Row | BadRow]]:
    """Each row that is not blank, by their headers, with its line; a row longer than the header as a bad one.

    Raises `Invalid` when the file cannot be read or lacks a needed column.
    """
    headers, rows = titled(file)
    require_columns(mapping, headers, needed, said)
    for line, row, is_whole in rows:
        if is_whole:
            yield line, row
        else:
            known = identifier_of(mapping, row, identifier)[:80] if identifier else ""
            yield line, BadRow(line, known, "", TOO_LONG)


def titled(file: Path) -> tuple[list[str], Iterator[tuple[int, Row, bool]]]:
    """The headers, and each row that is not blank by them with its line; False where it has cells beyond the header."""
    lists = rows_of(file)
    _line, headers = next(lists, (0, []))
    return headers, _titled(headers, lists)


def _titled(headers: list[str], lists: Iterator[tuple[int, list[Any]]]) -> Iterator[tuple[int, Row, bool]]:
    width = len(headers)
    for line, cells in lists:
        if any(cell not in (None, "") for cell in cells):
            is_whole = len(cells) <= width or not any(cell not in (None, "") for cell in cells[width:])
            yield line, dict(zip(headers, cells, strict=False)), is_whole


def headers_of(file: Path) -> list[str]:
    """The first row."""
    return next(rows_of(file), (0, []))[1]


def count_rows(file: Path) -> int:
    """How many rows the file has, for a progress bar; quick and not exact where cells hold line breaks."""
    if file.suffix.lower() in SHEETS:
        return sum(1 for _one in rows_of(file)) - 1
    try:
        with file.open("rb") as opened:
            return max(sum(block.count(b"\n") for block in iter(lambda: opened.read(1 << 20), b"")) - 1, 0)
    except OSError as error:
        raise Invalid(f"The file {file.name} cannot be read.", field="file") from error


def digest_of(file: Path) -> str:
    """SHA-256 of a file's bytes, so that an auditor can tell which file it was. Empty for a folder."""
    if not file.is_file():
        return ""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def rows_of(file: Path) -> Iterator[tuple[int, list[Any]]]:
    """Rows as lists with their line number. Raises `Invalid` for a file that is neither text nor a sheet."""
    if file.suffix.lower() in SHEETS:
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
        raise Invalid(f"The file {file.name} cannot be read: {error}", field="file") from error


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
        raise Invalid(f"The file {file.name} cannot be read: {error}", field="file") from error
    for place, cells in enumerate(rows, start=1):
        yield place, [str(one).strip() for one in cells] if place == 1 else cells

"""Customers from another system's CSV: a row is known by its source and identifier, so again adds nothing."""

import csv
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from citydesk.city.customers.choices import PointKind
from citydesk.city.customers.services.create import create_customer
from citydesk.city.customers.services.points import NewPoint
from citydesk.kernel.actors import Actor
from citydesk.kernel.errors import CitydeskError, Invalid
from citydesk.kernel.idempotency import OtherBody, once

# Our columns; a file names others with `columns`, ours = theirs. Only the identifier must be there.
COLUMNS = ("id", "given_name", "family_name", "organization_name", "language", "phone", "email", "address")
SCOPE = "customers.import"
POINTS = {"phone": PointKind.PHONE, "email": PointKind.EMAIL, "address": PointKind.POSTAL}


@dataclass(frozen=True)
class BadRow:
    """A row that cannot be taken: its line in the file (the header is 1), its identifier, the field and why."""

    line: int
    external_id: str
    field: str
    reason: str


@dataclass
class ImportResult:
    """What became of a file's rows: added, here before, here before with other content (left as they are), bad."""

    read: int = 0
    added: int = 0
    known: int = 0
    differing: int = 0
    bad_rows: list[BadRow] = field(default_factory=list)


class _Dry(Exception):
    """Takes the trial of a row back."""


def import_customers(
    *,
    file: Path,
    source: str,
    columns: Mapping[str, str],
    is_dry: bool,
    actor: Actor,
    now: datetime,
    advance: Callable[[int], object] = lambda by: None,
) -> ImportResult:
    """Import a CSV; each row is a transaction of its own, so an import that broke off goes on when started again.

    Raises `Invalid` for a file that cannot be read or has no identifier column.
    """
    result = ImportResult()
    for line, row in _rows(file, columns):
        result.read += 1
        try:
            _take(row, source, result, is_dry=is_dry, actor=actor, now=now)
        except CitydeskError as error:
            first = getattr(error, "errors", [error])[0]
            result.bad_rows.append(BadRow(line, row["id"], first.field or "", str(first.message)))
        advance(1)
    return result


def _take(row: dict[str, str], source: str, result: ImportResult, *, is_dry: bool, actor: Actor, now: datetime) -> None:
    """Add one customer unless this source brought it before."""
    if not row["id"]:
        raise Invalid(_("The row has no identifier."), field="id")
    made: list[int] = []

    def make() -> dict[str, int]:
        points = [NewPoint(kind=kind, value=row[name]) for name, kind in POINTS.items() if row[name]]
        customer = create_customer(
            given_name=row["given_name"],
            family_name=row["family_name"],
            organization_name=row["organization_name"],
            language=row["language"] or "en",
            points=points,
            actor=actor,
            now=now,
        )
        made.append(customer.id)
        return {"id": customer.id}

    try:
        with transaction.atomic():
            once(scope=SCOPE, key=f"{source}:{row['id']}", given=row, now=now, act=make)
            if is_dry:
                raise _Dry
    except _Dry:
        pass
    except OtherBody:
        result.differing += 1
    result.added += len(made)
    result.known += not made


def _rows(file: Path, columns: Mapping[str, str]) -> Iterator[tuple[int, dict[str, str]]]:
    """Each row that is not blank, under our names, with its line."""
    reader = csv.reader(_text(file).splitlines(keepends=True), dialect=_dialect(file))
    headers = [cell.strip() for cell in next(reader, [])]
    places = {ours: headers.index(columns.get(ours, ours)) for ours in COLUMNS if columns.get(ours, ours) in headers}
    wrong = sorted(theirs for theirs in columns.values() if theirs not in headers)
    if wrong or "id" not in places:
        missing = ", ".join(wrong) or columns.get("id", "id")
        raise Invalid(_("The file has no column {names}.").format(names=missing), field="columns")
    for cells in reader:
        if any(cell.strip() for cell in cells):
            row = {ours: cells[place].strip() if place < len(cells) else "" for ours, place in places.items()}
            yield reader.line_num, {ours: row.get(ours, "") for ours in COLUMNS}


def _text(file: Path) -> str:
    try:
        content = file.read_bytes()
    except OSError as error:
        raise Invalid(_("The file {name} cannot be read.").format(name=file.name), field="file") from error
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _dialect(file: Path) -> type[csv.Dialect]:
    """Comma, semicolon, tab or bar, by the first line."""
    first = _text(file).partition("\n")[0]
    best = max(",;\t|", key=first.count)
    return type("Dialect", (csv.excel,), {"delimiter": best})

"""Customers from another system's sheet: a row is known by its source and identifier, so again adds nothing."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.apps import apps
from django.utils.translation import gettext as _

from citydesk.city.customers.choices import OBJECT_TYPE, PointKind
from citydesk.city.customers.models import Customer
from citydesk.city.customers.services.create import create_customer
from citydesk.city.customers.services.points import NewPoint
from citydesk.kernel.actors import Actor
from citydesk.kernel.destruction import Eraser, unreferenced
from citydesk.kernel.errors import CitydeskError, Invalid
from citydesk.kernel.imports.columns import BadRow, Mapped, identifier_of, text_of
from citydesk.kernel.imports.runs import New, Running, Tally, digest, running, trial
from citydesk.kernel.imports.sheets import Row, load_columns, rows_by
from citydesk.kernel.imports.undo import Used, touched_since

# Our columns; a file names others in a mapping, ours = theirs. Only the identifier must be there.
COLUMNS = ("id", "given_name", "family_name", "organization_name", "language", "phone", "email", "address")
KIND = "customers"
POINTS = {"phone": PointKind.PHONE, "email": PointKind.EMAIL, "address": PointKind.POSTAL}


@dataclass
class ImportResult(Tally):
    """What became of a file's rows; `differing` are those here before with other content, left as they are."""

    differing: int = 0


def import_customers(
    *,
    file: Path,
    source: str = "",
    columns: Mapping[str, str],
    mapping: Path | None = None,
    is_dry: bool,
    actor: Actor,
    now: datetime,
    advance: Callable[[int], object] = lambda by: None,
) -> ImportResult:
    """Import a CSV or XLSX; each row is a transaction of its own, so an import that broke off goes on when started
    again.

    Raises `Invalid` for a file that cannot be read or has no identifier column.
    """
    read = load_columns(mapping=mapping, fields=COLUMNS, source=source, given=columns)
    result = ImportResult()
    rows = rows_by(file, read, needed=("id",), said=columns, identifier="id")
    options = {"mapping": read.name}
    record: dict[str, Any] = {"kind": KIND, "source": read.source, "file": file, "options": options}
    with running(**record, actor=actor, now=now, is_dry=is_dry, tally=result) as run:
        for line, row in rows:
            result.read += 1
            _take(line, row, read, run, result, actor, now)
            advance(1)
    return result


def _take(
    line: int, row: Row | BadRow, read: Mapped, run: Running, result: ImportResult, actor: Actor, now: datetime
) -> None:
    """Add one customer unless this source brought it before."""
    if isinstance(row, BadRow):
        run.refuse(row)
        return
    given = {name: text_of(read, row, name) for name in COLUMNS}
    given["id"] = identifier_of(read, row, "id")
    try:
        if not given["id"]:
            raise Invalid(_("The row has no identifier."), field="id")
        known = run.known([given["id"]]).get(given["id"])
        if known is not None:
            result.known += 1
            result.differing += known.digest != digest(given)
            return
        with trial(run.is_dry):
            made = _make(given, actor, now)
            run.remember([New(given["id"], OBJECT_TYPE, made, digest(given))])
        result.added += 1
    except CitydeskError as error:
        first = getattr(error, "errors", [error])[0]
        run.refuse(BadRow(line, given["id"], first.field or "", str(first.message)))


def _make(given: Mapping[str, str], actor: Actor, now: datetime) -> int:
    points = [NewPoint(kind=kind, value=given[name]) for name, kind in POINTS.items() if given[name]]
    return create_customer(
        given_name=given["given_name"],
        family_name=given["family_name"],
        organization_name=given["organization_name"],
        language=given["language"] or "en",
        points=points,
        actor=actor,
        now=now,
    ).id


def used_customers(*, run: Any, items: Sequence[Any]) -> list[Used]:
    """Customers of a run that something happened to since: changed here, merged, or named by a contact or request."""
    ids = {one.object_id: one.external_id for one in items}
    rows = Customer.objects.filter(pk__in=ids)
    numbers = dict(rows.values_list("pk", "number"))
    touched = touched_since(OBJECT_TYPE, list(ids), run.started_at)
    mine = {model for model in _own_models() if model is not Customer}
    free = set(unreferenced(rows.filter(merged_into=None), apart_from=mine).values_list("pk", flat=True))
    found = []
    for key, number in numbers.items():
        if key in touched:
            found.append(Used(ids[key], number, f"changed here ({touched[key]})"))
        elif key not in free:
            found.append(Used(ids[key], number, "named by a contact, a request or another record"))
    return found


def take_back_customers(*, run: Any, items: Sequence[Any], eraser: Eraser, actor: Actor, now: datetime) -> int:
    """Remove the customers of a run. Their history keeps that they came and went; it holds no name."""
    keys = list(Customer.objects.filter(pk__in=[one.object_id for one in items]).values_list("pk", flat=True))
    eraser.record(Customer, keys)
    return len(keys)


def _own_models() -> list[Any]:
    return list(apps.get_app_config(Customer._meta.app_label).get_models())

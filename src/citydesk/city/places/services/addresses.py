"""Load the city's address points: 200,000 rows in seconds, by COPY into a side table and one merge."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction

from citydesk.city.places import rules
from citydesk.city.places.choices import Layer
from citydesk.city.places.models import Street
from citydesk.city.places.services.loading import LoadReport, count_points, record_load, turn_token
from citydesk.city.places.services.streets import StreetRow, street_of
from citydesk.kernel.actors import Actor
from citydesk.kernel.errors import Invalid

_COLUMNS = (
    "source_id",
    "line",
    "key",
    "number",
    "number_suffix",
    "street_id",
    "unit",
    "zip",
    "lat",
    "lon",
    "cell",
    "source",
    "as_of",
    "is_sample",
)
_COMPARED = tuple(column for column in _COLUMNS if column not in {"source_id", "source", "as_of"})


@dataclass(frozen=True)
class AddressRow:
    """One address point of the city's list. `source_id` is the city's own id of it; the line may be in any spelling.

    Coordinates are WGS84 degrees; project others with `rules.project_to_wgs84` before.
    """

    source_id: str
    line: str
    lat: float
    lon: float
    zip: str = ""
    unit: str = ""
    source: str = ""
    as_of: date | None = None
    is_sample: bool = False


def load_addresses(
    *, rows: Iterable[AddressRow], actor: Actor, now: datetime, source: str = "", retire_missing: bool = True
) -> LoadReport:
    """Bring the address points to the given list, in one transaction; points no longer listed are kept, inactive.

    New streets are made on the way. Raises `Invalid` for a row without a house number, street, id or with bad
    coordinates, and for an id that comes twice; then nothing was changed.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        parsed = [_parsed(row) for row in rows]
        _refuse_twice(parsed)
        streets = _streets_for(parsed)
        cursor.execute(
            "CREATE TEMPORARY TABLE places_incoming ON COMMIT DROP AS"
            " SELECT source_id, line, key, number, number_suffix, street_id, unit, zip, lat, lon, cell, source,"
            " as_of, is_sample FROM places_address LIMIT 0"
        )
        with cursor.copy("COPY places_incoming FROM STDIN") as copy:
            for values in parsed:
                copy.write_row([streets[values[5]] if at == 5 else value for at, value in enumerate(values)])
        report = _merge(cursor, len(parsed), retire_missing=retire_missing)
        cursor.execute("DROP TABLE places_incoming")
        if report.touched:
            count_points()
            turn_token(Layer.STREETS, now)
            record_load("addresses", report, source=source, actor=actor, now=now)
    return report


def _parsed(row: AddressRow) -> tuple[Any, ...]:
    """The row's columns in the order of `_COLUMNS`, with the street's key in place of its id."""
    line = rules.parse_line(f"{row.line} {row.unit}" if row.unit else row.line)
    if not row.source_id.strip():
        raise Invalid(f"{row.line!r} has no id.", field="source_id")
    if line.number is None or not line.street:
        raise Invalid(f"{row.line!r} is not a house number and a street.", field="line")
    lat, lon = rules.check_point(row.lat, row.lon)
    unit = line.unit if not row.unit or line.unit else rules.fold(row.unit)
    shown = row.line.strip() if not row.line.isupper() and not row.unit else rules.display_line(line.line)
    return (
        row.source_id.strip()[:60],
        shown[:160],
        line.key[:160],
        line.number,
        line.number_suffix[:12],
        line.street[:120],
        unit[:40],
        (row.zip or line.zip)[:10],
        f"{lat:.6f}",
        f"{lon:.6f}",
        rules.cell_of(lat, lon),
        row.source,
        row.as_of,
        row.is_sample,
    )


def _refuse_twice(parsed: list[tuple[Any, ...]]) -> None:
    seen: set[str] = set()
    for values in parsed:
        if values[0] in seen:
            raise Invalid(f"The address id {values[0]} comes twice.", field="source_id")
        seen.add(values[0])


def _streets_for(parsed: list[tuple[Any, ...]]) -> dict[str, int]:
    """{street key: id}, making the streets that are new."""
    samples = {values[5]: values[13] for values in parsed}
    known = dict(Street.objects.filter(key__in=samples).values_list("key", "id"))
    new = [street_of(StreetRow(key, is_sample=is_sample)) for key, is_sample in samples.items() if key not in known]
    for key, street in zip([key for key in samples if key not in known], new, strict=True):
        street.key = key  # the address line's own reading stands, so that both always match
    made = Street.objects.bulk_create(new, batch_size=2000)
    return {**known, **{street.key: street.id for street in made}}


def _merge(cursor: Any, total: int, *, retire_missing: bool) -> LoadReport:
    differs = " OR ".join(f"a.{column} IS DISTINCT FROM i.{column}" for column in _COMPARED)
    sets = ", ".join(f"{column} = i.{column}" for column in _COLUMNS if column != "source_id")
    columns = ", ".join(_COLUMNS)
    cursor.execute(
        f"UPDATE places_address a SET {sets}, is_active = true FROM places_incoming i"  # noqa: S608 - fixed names
        f" WHERE a.source_id = i.source_id AND (NOT a.is_active OR {differs})"
    )
    changed = cursor.rowcount
    cursor.execute(
        f"INSERT INTO places_address ({columns}, is_active) SELECT {columns}, true FROM places_incoming i"  # noqa: S608
        " WHERE NOT EXISTS (SELECT 1 FROM places_address a WHERE a.source_id = i.source_id)"
    )
    added = cursor.rowcount
    retired = 0
    if retire_missing:
        cursor.execute(
            "UPDATE places_address a SET is_active = false WHERE a.is_active"
            " AND NOT EXISTS (SELECT 1 FROM places_incoming i WHERE i.source_id = a.source_id)"
        )
        retired = cursor.rowcount
    # By a function of the table's owner: the program's own role may not, and PostgreSQL would only shrug.
    cursor.execute("SELECT citydesk_analyze('places_address')")
    return LoadReport(added, changed, retired, total - added - changed)

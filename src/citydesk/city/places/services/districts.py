"""Load districts. A border that changes is closed the day the new one begins; last year's requests keep theirs."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from shapely import is_valid_reason, make_valid, set_precision
from shapely.errors import ShapelyError
from shapely.geometry import mapping, shape

from citydesk.city.places.choices import Layer
from citydesk.city.places.models import District
from citydesk.city.places.services.loading import LoadReport, record_load, turn_token
from citydesk.kernel.actors import Actor
from citydesk.kernel.errors import Invalid

_PRECISION = 0.000001


@dataclass(frozen=True)
class DistrictRow:
    """One district from a day on. `geometry` is a GeoJSON Polygon or MultiPolygon in WGS84, longitude first."""

    kind: str
    code: str
    name: str
    geometry: dict[str, Any]
    valid_from: date | None = None
    valid_to: date | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    source: str = ""
    as_of: date | None = None
    is_sample: bool = False


def load_districts(
    *,
    rows: Iterable[DistrictRow],
    on: date,
    actor: Actor,
    now: datetime,
    source: str = "",
    retire_missing: bool = True,
    is_all: bool = False,
) -> LoadReport:
    """Bring the districts to the given list, in one transaction.

    A row whose border or name differs from the one in force closes it on `valid_from` (on the day `on` without one)
    and opens a new one. Kinds that the list names are complete: their districts not listed end on `on`; with `is_all`
    those of every other kind too. Raises `Invalid` for a geometry that is no polygon or not in degrees.
    """
    with transaction.atomic():
        wanted = [(row, clean_geometry(row.geometry, row.name)) for row in rows]
        kinds = {row.kind for row, _ in wanted}
        current = {
            (one.kind, one.code): one
            for one in District.objects.select_for_update().filter(valid__endswith__isnull=True)
            if is_all or one.kind in kinds
        }
        counts = {"added": 0, "changed": 0, "unchanged": 0}
        for row, geometry in wanted:
            counts[_bring(row, geometry, current.pop((row.kind, row.code), None), on)] += 1
        retired = [one for one in current.values() if retire_missing]
        for one in retired:
            _close(one, on)
        report = LoadReport(counts["added"], counts["changed"], len(retired), counts["unchanged"])
        if report.touched:
            turn_token(Layer.DISTRICTS, now)
            record_load("districts", report, source=source, actor=actor, now=now)
    return report


def clean_geometry(geometry: dict[str, Any], name: str) -> dict[str, Any]:
    """The polygon with six decimals and repaired borders, as GeoJSON. `Invalid` if it is none."""
    try:
        area = shape(geometry)
    except (ShapelyError, ValueError, TypeError, KeyError, AttributeError, IndexError) as error:
        raise Invalid(f"The border of {name} is not GeoJSON: {error}.", field="geometry") from error
    if area.geom_type not in {"Polygon", "MultiPolygon"} or area.is_empty:
        raise Invalid(f"The border of {name} is a {area.geom_type} and not a polygon.", field="geometry")
    west, south, east, north = area.bounds
    if west < -180 or east > 180 or south < -90 or north > 90:
        raise Invalid(f"The border of {name} is not in degrees of longitude and latitude.", field="geometry")
    if not area.is_valid:
        reason = is_valid_reason(area)
        area = make_valid(area)
        parts = [one for one in getattr(area, "geoms", [area]) if one.geom_type in {"Polygon", "MultiPolygon"}]
        if not parts:
            raise Invalid(f"The border of {name} cannot be repaired: {reason}.", field="geometry")
        area = parts[0] if len(parts) == 1 else type(area)(parts)
    made: dict[str, Any] = mapping(set_precision(area, _PRECISION))
    return {"type": made["type"], "coordinates": _lists(made["coordinates"])}


def _lists(value: Any) -> Any:
    return [_lists(one) for one in value] if isinstance(value, list | tuple) else value


def _bring(row: DistrictRow, geometry: dict[str, Any], known: District | None, on: date) -> str:
    if known and known.geometry == geometry and known.name == row.name:
        if known.facts == row.facts and known.source == row.source:
            return "unchanged"
        known.facts, known.source, known.as_of = row.facts, row.source, row.as_of
        known.save(update_fields=["facts", "source", "as_of"])
        return "changed"
    begins = row.valid_from
    if known:
        begins = row.valid_from if row.valid_from and row.valid_from > (known.valid.lower or date.min) else on
        if not _close(known, begins):
            District.objects.filter(id=known.id).delete()
            begins = known.valid.lower
    District.objects.create(
        kind=row.kind,
        code=row.code,
        name=row.name,
        valid=DateRange(begins, row.valid_to),
        geometry=geometry,
        facts=row.facts,
        source=row.source,
        as_of=row.as_of,
        is_sample=row.is_sample,
    )
    return "changed" if known else "added"


def _close(district: District, on: date) -> bool:
    """End a border the day before `on`. False if it only began that day, so that nothing of it would be left."""
    begins = district.valid.lower
    if begins is not None and begins >= on:
        return False
    district.valid = DateRange(begins, on)
    district.save(update_fields=["valid"])
    return True

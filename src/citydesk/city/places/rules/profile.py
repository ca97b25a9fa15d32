"""What the city profile says of places: reading and checking. Formats: profiles/README.md.

Shapes and rows are heavy, so an entry keeps their codes, count and digest; the rows go to the tables as bulk.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from citydesk.city.places.rules.lines import normalize_street, parse_line
from citydesk.city.places.rules.sample_land import read_land
from citydesk.city.places.rules.spheres import check_point
from citydesk.city.profile.rules import Fields, Item, Reading
from citydesk.kernel.errors import Invalid

CITY_LIMITS = "city_limits"
_POLYGONS = ("Polygon", "MultiPolygon")
_LINES = ("LineString", "MultiLineString")
_ADDRESS_COLUMNS = {"id", "number", "street", "unit", "zip", "lat", "lon"}
# A file of the wrong kind is wrong in every row; more lines than this help nobody.
_MOST_PROBLEMS = 30


@dataclass(frozen=True)
class Shape:
    """One district as a file has it: code, names by language, GeoJSON geometry."""

    code: str
    names: dict[str, str]
    geometry: dict[str, Any]


@dataclass(frozen=True)
class StreetLines:
    """One street as a file has it: its name, other names, its lines of [lon, lat]."""

    name: str
    aliases: tuple[str, ...]
    lines: tuple[Any, ...]
    is_sample: bool = False


@dataclass(frozen=True)
class AddressPoint:
    """One row of addresses.csv."""

    id: str
    line: str
    unit: str
    zip: str
    lat: float
    lon: float
    is_sample: bool = False


def parse_districts(reading: Reading) -> list[Item]:
    """`[district_kind.<code>]` with its shapes, and `[city_limits]`."""
    items = [_district_kind(reading, entry) for entry in reading.tables("district_kind")]
    limits = reading.table(CITY_LIMITS, CITY_LIMITS)
    if limits is not None:
        items.append(_city_limits(reading, limits))
    return items


def parse_streets(reading: Reading) -> list[Item]:
    """`streets.geojson`: lines with `name` and optional `aliases`; several lines of one name are one street.

    A city that has not brought its land may have sample streets (`sample_land.toml`).
    """
    by_name: dict[str, StreetLines] = {}
    files = reading.matching(".geojson")
    for file in files:
        for line, feature in reading.geojson(file):
            found = _street(reading, file, line, feature)
            if found is None:
                continue
            known = by_name.get(normalize_street(found.name))
            merged = StreetLines(
                known.name if known else found.name,
                tuple(dict.fromkeys((*(known.aliases if known else ()), *found.aliases))),
                (*(known.lines if known else ()), *found.lines),
            )
            by_name[normalize_street(found.name)] = merged
    drawn = [one for land in read_land(reading, has_own=bool(files)) for one in land.streets]
    rows = [*by_name.values(), *(StreetLines(one.name, (), (one.line,), is_sample=True) for one in drawn)]
    digested = ([row.name, row.aliases, row.lines] for row in rows)
    return [_bulk_item("streets", reading, files, rows, digested)] if rows else []


def parse_addresses(reading: Reading) -> list[Item]:
    """`addresses.csv`: the city's own address points; without it those of its sample streets."""
    files = reading.matching(".csv")
    rows: list[AddressPoint] = []
    seen: dict[str, int] = {}
    problems = 0
    for file in files:
        for line, row in reading.rows(file):
            reason = _address_problem(row, seen)
            if reason:
                problems += 1
                if problems <= _MOST_PROBLEMS:
                    reading.problem(file, line, reason)
                continue
            seen[row["id"]] = line
            lat, lon = check_point(row["lat"], row["lon"])
            rows.append(AddressPoint(row["id"], f"{row['number']} {row['street']}", row["unit"], row["zip"], lat, lon))
    if problems > _MOST_PROBLEMS:
        reading.problem(files[0], 1, f"{problems} rows do not hold; the first {_MOST_PROBLEMS} are listed")
    for land in read_land(reading, has_own=bool(files)):
        rows += [AddressPoint(*one, is_sample=True) for one in land.houses()]
    digested = ([row.id, row.line, row.unit, row.zip, row.lat, row.lon] for row in rows)
    return [_bulk_item("addresses", reading, files, rows, digested)] if rows else []


def _bulk_item(code: str, reading: Reading, files: list[str], rows: list[Any], digested: Iterable[Any]) -> Item:
    body: dict[str, Any] = {"count": len(rows), "digest": _digest(digested)}
    if not files:
        body["provenance"] = {"*": {"sample": True}}
    return Item(code, body, next(iter([*files, *reading.matching()]), ""), bulk=rows)


def _digest(rows: Iterable[Any]) -> str:
    total = sha256()
    for row in rows:
        total.update(json.dumps(row, ensure_ascii=False).encode())
    return total.hexdigest()[:16]


def _district_kind(reading: Reading, entry: Fields) -> Item:
    file = entry.text("file")
    properties = entry.text("code_property"), entry.text("name_property")
    shapes = _shapes(reading, entry, file, *properties)
    body = {
        "name": entry.translated("name"),
        "is_shown": entry.optional.boolean("is_shown", True),
        "order": entry.optional.whole("order", 100),
        "codes": {shape.code: shape.names for shape in shapes},
        "digest": _digest([shape.code, shape.geometry] for shape in shapes),
    }
    return entry.item(body, bulk=shapes)


def _shapes(reading: Reading, entry: Fields, file: str, code_property: str, name_property: str) -> list[Shape]:
    if not file or not reading.has_file(file):
        if file:
            entry.problem(f"names {file}, which is not in the profile", "file")
        return []
    shapes: dict[str, Shape] = {}
    for line, feature in reading.geojson(file):
        found = _shape(reading, feature, code_property, name_property)
        if isinstance(found, str):
            reading.problem(file, line, found)
        elif found.code in shapes:
            reading.problem(file, line, f"the district {found.code} comes twice")
        else:
            shapes[found.code] = found
    if not shapes:
        entry.problem(f"finds no districts in {file}", "file")
    return list(shapes.values())


def _shape(reading: Reading, feature: dict[str, Any], code_property: str, name_property: str) -> Shape | str:
    """The shape, or what is wrong with it."""
    properties, geometry = feature.get("properties") or {}, feature.get("geometry") or {}
    code, name = str(properties.get(code_property, "")).strip(), str(properties.get(name_property, "")).strip()
    if not code:
        return f"the feature has no {code_property}"
    if geometry.get("type") not in _POLYGONS or not geometry.get("coordinates"):
        return f"the district {code} is no Polygon and no MultiPolygon"
    if not _are_degrees(geometry["coordinates"]):
        return f"the district {code} is not in degrees of longitude and latitude (WGS 84)"
    names = {
        language: str(properties.get(f"{name_property}_{language}") or name or code) for language in reading.languages
    }
    return Shape(code, names, geometry)


def _are_degrees(coordinates: Any) -> bool:
    """Whether the first point of nested coordinates can be a longitude and a latitude."""
    while isinstance(coordinates, list) and coordinates and isinstance(coordinates[0], list):
        coordinates = coordinates[0]
    try:
        check_point(coordinates[1], coordinates[0])
    except (Invalid, TypeError, IndexError, KeyError):
        return False
    return True


def _city_limits(reading: Reading, entry: Fields) -> Item:
    from_kind, file = entry.optional.text("from_kind"), entry.optional.text("file")
    shapes: list[Shape] = []
    if from_kind:
        entry.refer("from_kind", "districts", from_kind)
    elif file:
        shapes = _shapes(reading, entry, file, entry.text("code_property"), entry.text("name_property"))
    else:
        entry.problem("needs from_kind or file")
    body = {"from_kind": from_kind, "digest": _digest([shape.code, shape.geometry] for shape in shapes)}
    return entry.item(body, bulk=shapes)


def _street(reading: Reading, file: str, line: int, feature: dict[str, Any]) -> StreetLines | None:
    properties, geometry = feature.get("properties") or {}, feature.get("geometry") or {}
    name = str(properties.get("name", "")).strip()
    aliases = properties.get("aliases") or []
    lines = geometry.get("coordinates") if geometry.get("type") in _LINES else None
    lines = [lines] if geometry.get("type") == "LineString" else lines
    if not name:
        reading.problem(file, line, "the street has no name")
    elif not isinstance(aliases, list):
        reading.problem(file, line, f"write the aliases of {name} as a list")
    elif not lines or not all(len(one) > 1 for one in lines) or not _are_degrees(lines):
        reading.problem(file, line, f"{name} is no LineString in degrees of longitude and latitude")
    else:
        return StreetLines(name, tuple(str(one) for one in aliases), tuple(lines))
    return None


def _address_problem(row: dict[str, str], seen: dict[str, int]) -> str:
    missing = _ADDRESS_COLUMNS - set(row)
    if missing:
        return f"the header has no {', '.join(sorted(missing))}"
    if not row["id"]:
        return "the row has no id"
    if row["id"] in seen:
        return f"the id {row['id']} comes twice, first on line {seen[row['id']]}"
    parsed = parse_line(f"{row['number']} {row['street']}")
    if parsed.number is None or not parsed.name:
        return f"{row['number']} {row['street']} is no house number and street"
    try:
        check_point(row["lat"], row["lon"])
    except Invalid as error:
        return str(error.message)
    return ""

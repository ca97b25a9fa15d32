"""Places for tests, made through the services: a street grid of an invented town around (35.05, -85.30)."""

from datetime import UTC, date, datetime
from typing import Any

from citydesk.city.places import queries, services
from citydesk.city.places.models import Address
from citydesk.city.places.rules import ResolvedPlace
from citydesk.kernel.actors import SYSTEM

NOW = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)
LAT, LON = 35.05, -85.30


def square(west: float, south: float, east: float, north: float) -> dict[str, Any]:
    """A GeoJSON rectangle."""
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def make_address(line: str = "1200 Oak St", *, lat: float = LAT, lon: float = LON, zip: str = "37400") -> int:
    """One address point; returns its id. Others stay."""
    source_id = f"{line}|{zip}"
    row = services.AddressRow(source_id=source_id, line=line, lat=lat, lon=lon, zip=zip, is_sample=True)
    services.load_addresses(rows=[row], actor=SYSTEM, now=NOW, retire_missing=False)
    return Address.objects.values_list("id", flat=True).get(source_id=source_id)


def make_districts(on: date = date(2026, 1, 1)) -> None:
    """A city of two council districts, west "1" and east "2" of (35.05, -85.30), and trash days over both."""
    rows = [
        services.DistrictRow("city", "riverton", "Riverton", square(-85.40, 34.98, -85.20, 35.12)),
        services.DistrictRow("council", "1", "District 1", square(-85.40, 34.98, -85.30, 35.12)),
        services.DistrictRow("council", "2", "District 2", square(-85.30, 34.98, -85.20, 35.12)),
        services.DistrictRow("trash", "monday", "Monday", square(-85.40, 34.98, -85.20, 35.12)),
    ]
    services.load_districts(rows=rows, on=on, actor=SYSTEM, now=NOW)


def make_grid() -> None:
    """Streets Oak, Elm (east-west) and 1st, 2nd, 3rd (north-south), houses 100 to 398 on each."""
    rows = []
    for at, name in enumerate(("N Oak St", "Elm Ave", "Magnolia Blvd")):
        for number in range(100, 400, 6):
            lon = LON - 0.01 + (number - 100) * 0.00005
            rows.append(services.AddressRow(f"{name}-{number}", f"{number} {name}", LAT + at * 0.003, lon, "37400"))
    for at, name in enumerate(("1st St", "2nd St", "3rd St")):
        for number in range(100, 400, 6):
            lat = LAT - 0.002 + (number - 100) * 0.00004
            rows.append(services.AddressRow(f"{name}-{number}", f"{number} {name}", lat, LON - 0.008 + at * 0.005))
    services.load_addresses(rows=rows, actor=SYSTEM, now=NOW)


def make_place(line: str = "1200 Oak St", **more: Any) -> ResolvedPlace:
    """A resolved address point."""
    return queries.resolve(address_id=make_address(line, **more))

"""What is near a point: address points by cells, then by distance."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, radians
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from citydesk.city.places import rules
from citydesk.city.places.choices import Layer
from citydesk.city.places.models import Address
from citydesk.kernel.errors import NotFound
from citydesk.kernel.statements import run

_NEAR = """
SELECT a.id, a.line, a.number, a.street_id, s.name, a.zip, a.lat, a.lon
FROM places_address a JOIN places_street s ON s.id = a.street_id
WHERE a.is_active AND a.cell = ANY(%s::bigint[])
ORDER BY (a.lat::float8 - %s) ^ 2 + ((a.lon::float8 - %s) * %s) ^ 2, a.line
LIMIT %s
"""
# PostgreSQL orders on a plane, which is right but for millimeters; so many more than asked for are measured on the
# sphere.
_SPARE = 8


@dataclass(frozen=True)
class NearAddress:
    """An address point and its distance in meters."""

    address_id: int
    line: str
    number: int | None
    street_id: int
    street: str
    zip: str
    lat: float
    lon: float
    distance_m: float


# The same with the map's token, which is there even where no address is near.
_AROUND = f"""
SELECT (SELECT token FROM places_maptoken WHERE layer = '{Layer.DISTRICTS}'), near.*
FROM (SELECT) AS one LEFT JOIN LATERAL ({_NEAR}) AS near ON true
"""  # noqa: S608 - the house's own words, values apart


def around(lat: float, lon: float, radius_m: float, limit: int = 10) -> tuple[UUID | None, list[NearAddress]]:
    """(the token of the map of districts, `addresses_near`) in one statement."""
    rows = run(_AROUND, _asked(lat, lon, radius_m, limit))
    return rows[0][0], _near([row[1:] for row in rows if row[1] is not None], lat, lon, radius_m, limit)


def addresses_near(lat: float, lon: float, radius_m: float = 150, limit: int = 10) -> list[NearAddress]:
    """Active address points within `radius_m` meters, the nearest first."""
    return _near(run(_NEAR, _asked(lat, lon, radius_m, limit)), lat, lon, radius_m, limit)


def _asked(lat: float, lon: float, radius_m: float, limit: int) -> tuple[Any, ...]:
    return (list(rules.cell_keys(lat, lon, radius_m)), lat, lon, cos(radians(lat)), limit + _SPARE)


def _near(rows: Sequence[Any], lat: float, lon: float, radius_m: float, limit: int) -> list[NearAddress]:
    near = [
        NearAddress(key, line, number, street_id, street, zip_, float(y), float(x), rules.distance_m(lat, lon, y, x))
        for key, line, number, street_id, street, zip_, y, x in rows
    ]
    found = sorted((one for one in near if one.distance_m <= radius_m), key=lambda one: (one.distance_m, one.line))
    return found[:limit]


def address_line(address_id: int) -> str:
    """The line of an address point. Raises `NotFound` for one the city does not have."""
    line = Address.objects.filter(id=address_id).values_list("line", flat=True).first()
    if line is None:
        raise NotFound(_("The city has no such address point."))
    return line

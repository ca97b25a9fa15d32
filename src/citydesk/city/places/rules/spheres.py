"""Points on the earth in WGS84 degrees: checking, distance, projecting in from a survey grid."""

from decimal import Decimal
from functools import lru_cache
from math import asin, cos, isfinite, radians, sin, sqrt
from typing import Any

from citydesk.kernel.errors import Invalid, marked

Coordinate = float | Decimal

# Mean radius of the earth (IUGG R1), meters. Over a city the sphere is within 0.3 % of the ellipsoid.
EARTH_RADIUS_M = 6_371_008.8
FEET_PER_METER = 3.28084
# Degrees around the area a coordinate system is made for.
_AWAY = 2.0


def check_point(lat: Any, lon: Any) -> tuple[float, float]:
    """A latitude and a longitude in degrees as floats of six decimals (0.1 m). `Invalid` if they are none."""
    try:
        north, east = float(lat), float(lon)
    except (TypeError, ValueError, OverflowError) as error:
        raise Invalid(marked("A coordinate is not a number."), field="lat") from error
    if not (isfinite(north) and isfinite(east)):
        raise Invalid(marked("A coordinate is not a number."), field="lat")
    if not -90 <= north <= 90:
        raise Invalid(marked("The latitude must be between -90 and 90 degrees."), field="lat")
    if not -180 <= east <= 180:
        raise Invalid(marked("The longitude must be between -180 and 180 degrees."), field="lon")
    return round(north, 6) + 0.0, round(east, 6) + 0.0


def distance_m(lat_a: Coordinate, lon_a: Coordinate, lat_b: Coordinate, lon_b: Coordinate) -> float:
    """Meters between two points along the sphere (haversine)."""
    phi_a, phi_b = radians(float(lat_a)), radians(float(lat_b))
    half_lat = (phi_b - phi_a) / 2
    half_lon = radians(float(lon_b) - float(lon_a)) / 2
    chord = sin(half_lat) ** 2 + cos(phi_a) * cos(phi_b) * sin(half_lon) ** 2
    return 2 * EARTH_RADIUS_M * asin(min(1.0, sqrt(chord)))


def distance_text(meters: float, units: str) -> str:
    """A distance in the city's units, rounded as one says it: "200 ft", "0.4 mi", "60 m", "1.2 km"."""
    if units == "imperial":
        feet = meters * FEET_PER_METER
        return f"{max(10, round(feet, -1)):.0f} ft" if feet < 1000 else f"{feet / 5280:.1f} mi"
    return f"{max(5, round(meters / 5) * 5):.0f} m" if meters < 1000 else f"{meters / 1000:.1f} km"


def public_point(lat: Coordinate, lon: Coordinate) -> tuple[float, float]:
    """The point rounded to three decimals (about 100 m), for places shown no finer than their block."""
    return round(float(lat), 3), round(float(lon), 3)


@lru_cache(maxsize=16)
def _transformer(epsg: int) -> Any:
    from pyproj import CRS, Transformer  # heavy, and needed by imports only
    from pyproj.exceptions import CRSError

    try:
        return Transformer.from_crs(CRS.from_epsg(epsg), CRS.from_epsg(4326), always_xy=True)
    except CRSError as error:
        known = marked("EPSG:%(epsg)s is not a known coordinate system.")
        raise Invalid(known, field="epsg", values={"epsg": epsg}) from error


def project_to_wgs84(x: Coordinate, y: Coordinate, epsg: int) -> tuple[float, float]:
    """(lat, lon) of a point given in another system, such as State Plane feet: `(x, y, 2263)` is New York's.

    `x` is easting (or longitude), `y` northing (or latitude), in the unit of the system. `Invalid` if the system is
    unknown or the point lies far from where the system is used (then it is likely the wrong zone or unit).
    """
    transformer = _transformer(int(epsg))
    lon, lat = transformer.transform(float(x), float(y))
    area = transformer.source_crs.area_of_use
    # A point degrees away from where the system is used was written in another one: the wrong zone, or no feet.
    is_near = area is None or (
        area.south - _AWAY <= lat <= area.north + _AWAY and area.west - _AWAY <= lon <= area.east + _AWAY
    )
    if not (isfinite(lat) and isfinite(lon) and is_near):
        raise Invalid(
            marked("(%(x)s, %(y)s) is not a point of EPSG:%(epsg)s."), field="x", values={"x": x, "y": y, "epsg": epsg}
        )
    return check_point(lat, lon)

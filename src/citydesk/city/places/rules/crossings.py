"""Texts that name no house: two streets that cross, a stretch between two, a pair of coordinates."""

import re
from collections.abc import Sequence
from math import cos, radians

from shapely import shortest_line
from shapely.geometry import MultiLineString, MultiPoint

from citydesk.city.places.rules.lines import fold
from citydesk.city.places.rules.spheres import check_point, distance_m
from citydesk.kernel.errors import Invalid

_LEAD = re.compile(
    r"^(?:(?:THE )?(?:CORNER|INTERSECTION|CROSSING) (?:OF|AT) "
    r"|(?:LA )?(?:ESQUINA|INTERSECCION|CRUCE) (?:DE |DEL |ENTRE )?)"
)
_JOIN = re.compile(r"\s*(?:&|@|\bAND\b|\bAT\b|\bY\b|\bCON\b|\bCROSS(?:ES|ING)\b|(?<![0-9])/(?![0-9]))\s*")
_BETWEEN = re.compile(r"^(.+?) (?:BETWEEN|BTWN|ENTRE) (.+?) (?:AND|&|Y) (.+)$")
_POINT = re.compile(r"^\(?\s*([+-]?\d{1,2}\.\d{1,})\s*°?\s*[,; ]\s*([+-]?\d{1,3}\.\d{1,})\s*°?\s*\)?$")


def parse_crossing(text: str) -> tuple[str, str] | None:
    """The two street texts of "Oak & Elm", "corner of Oak and Elm", "esquina de Oak y Elm"; else None."""
    folded = fold(text)
    lead = _LEAD.match(folded)
    rest = folded[lead.end() :] if lead else folded
    parts = [part.strip(" ,") for part in _JOIN.split(rest)]
    if len(parts) != 2 or not all(parts) or re.match(r"^\d+[A-Z]? ", parts[0]):
        return None
    return parts[0], parts[1]


def parse_between(text: str) -> tuple[str, str, str] | None:
    """The three street texts of "Oak between 3rd and 4th" or "Oak entre 3rd y 4th"; else None."""
    found = _BETWEEN.match(fold(text))
    return (found[1], found[2], found[3]) if found else None


def parse_point(text: str) -> tuple[float, float] | None:
    """(lat, lon) of a text such as "36.154, -95.9928", as map programs copy it; else None."""
    found = _POINT.match(text.strip()[:60])
    if not found:
        return None
    try:
        return check_point(found[1], found[2])
    except Invalid:
        return None


def meeting_point(
    first: Sequence[tuple[float, float]], second: Sequence[tuple[float, float]]
) -> tuple[float, float, float] | None:
    """(lat, lon, gap in meters) halfway between the two nearest points of two streets, each a list of (lat, lon).

    For cities without street geometry: the crossing is about there. None if either street has no points.
    """
    if not first or not second:
        return None
    # Degrees of longitude are shorter than those of latitude; nearest must mean nearest on the ground.
    shrink = max(cos(radians(first[0][0])), 0.01)
    one, other = (MultiPoint([(lon * shrink, lat) for lat, lon in points]) for points in (first, second))
    (x_a, lat_a), (x_b, lat_b) = shortest_line(one, other).coords
    lon_a, lon_b = x_a / shrink, x_b / shrink
    gap = distance_m(lat_a, lon_a, lat_b, lon_b)
    return round((lat_a + lat_b) / 2, 6), round((lon_a + lon_b) / 2, 6), gap


def lines_meet(
    first: Sequence[Sequence[Sequence[float]]], second: Sequence[Sequence[Sequence[float]]], within_m: float
) -> list[tuple[float, float, float]]:
    """(lat, lon, gap in meters) of each place where two streets' center lines cross, or nearly touch.

    Lines are lists of [lon, lat]. A gap of up to `within_m` meters is a crossing drawn badly, one place then.
    """
    one, other = MultiLineString(first), MultiLineString(second)
    shared = one.intersection(other)
    parts = list(getattr(shared, "geoms", [shared])) if not shared.is_empty else []
    if parts:
        points = {(round(part.centroid.y, 6), round(part.centroid.x, 6)) for part in parts}
        return [(lat, lon, 0.0) for lat, lon in sorted(points)]
    (lon_a, lat_a), (lon_b, lat_b) = shortest_line(one, other).coords
    gap = distance_m(lat_a, lon_a, lat_b, lon_b)
    middle = (round((lat_a + lat_b) / 2, 6), round((lon_a + lon_b) / 2, 6), gap)
    return [middle] if gap <= within_m else []

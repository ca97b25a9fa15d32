"""The trade of places: how an address is written, where a point lies, how near two points are. Pure functions."""

from citydesk.city.places.rules.cells import CELLS_MOST, cell_keys, cell_of
from citydesk.city.places.rules.crossings import lines_meet, meeting_point, parse_between, parse_crossing, parse_point
from citydesk.city.places.rules.found import AddressHit, OutsideCity, ResolvedPlace
from citydesk.city.places.rules.lines import (
    AddressLine,
    block_in,
    block_label,
    display_line,
    fold,
    normalize_line,
    normalize_street,
    parse_line,
    street_candidates,
)
from citydesk.city.places.rules.spheres import (
    Coordinate,
    check_point,
    distance_m,
    distance_text,
    project_to_wgs84,
    public_point,
)

__all__ = [
    "CELLS_MOST",
    "AddressHit",
    "AddressLine",
    "Coordinate",
    "OutsideCity",
    "ResolvedPlace",
    "block_in",
    "block_label",
    "cell_keys",
    "cell_of",
    "check_point",
    "display_line",
    "distance_m",
    "distance_text",
    "fold",
    "lines_meet",
    "meeting_point",
    "normalize_line",
    "normalize_street",
    "parse_between",
    "parse_crossing",
    "parse_line",
    "parse_point",
    "project_to_wgs84",
    "public_point",
    "street_candidates",
]

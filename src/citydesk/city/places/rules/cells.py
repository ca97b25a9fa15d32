"""Nearness by rounded cells: a point belongs to one cell, a circle touches a few. A btree on the cell finds them.

Cells are 0.002 degrees wide and high (222 m north to south; 180 m east to west at 36 degrees north). A GiST index would
double the cost of an insert; a whole number in a btree does not.
"""

from math import asin, cos, degrees, floor, radians, sin

from citydesk.city.places.rules.spheres import EARTH_RADIUS_M, Coordinate

_PER_DEGREE = 500
_COLUMNS = 360 * _PER_DEGREE
_ROWS = 180 * _PER_DEGREE
# More cells than this are no longer a list of keys but a scan; about 8 km around a point.
CELLS_MOST = 8_000


def _row(lat: float) -> int:
    return min(max(floor((lat + 90) * _PER_DEGREE), 0), _ROWS - 1)


def _column(lon: float) -> int:
    return floor((lon + 180) * _PER_DEGREE) % _COLUMNS


def cell_of(lat: Coordinate, lon: Coordinate) -> int:
    """The cell of a point in degrees, to be stored beside it in a bigint column with a btree index."""
    return _row(float(lat)) * _COLUMNS + _column(float(lon))


def cell_keys(lat: Coordinate, lon: Coordinate, radius_m: float) -> list[int]:
    """Every cell that the circle of `radius_m` meters around the point may touch, ascending.

    Rows in these cells are candidates; decide with `distance_m`. `ValueError` for a negative radius or one that
    would need more than `CELLS_MOST` cells.
    """
    north, east = float(lat), float(lon)
    if radius_m < 0:
        raise ValueError("A radius cannot be negative.")
    # A millimeter of margin swallows the rounding of the trigonometry below.
    angle = (radius_m + 0.001) / EARTH_RADIUS_M
    high = degrees(angle)
    rows = range(_row(north - high), _row(north + high) + 1)
    reach = sin(angle) / cos(radians(north)) if abs(north) + high < 90 else 2.0
    if reach >= 1:
        columns: list[int] = list(range(_COLUMNS)) if len(rows) * _COLUMNS <= CELLS_MOST else []
    else:
        wide = degrees(asin(reach))
        first = floor((east - wide + 180) * _PER_DEGREE)
        last = floor((east + wide + 180) * _PER_DEGREE)
        columns = [column % _COLUMNS for column in range(first, last + 1)]
    if not columns or len(rows) * len(columns) > CELLS_MOST:
        raise ValueError(f"A radius of {radius_m} m here needs more than {CELLS_MOST} cells.")
    return sorted({row * _COLUMNS + column for row in rows for column in columns})

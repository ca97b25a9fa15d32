"""Sample streets and addresses, drawn as a plain grid: for looking around before a city has brought its own land.

A block is one hundred house numbers long, as in most of the country; numbers grow to the north and to the east, even
ones on the right hand of who walks with them. Nothing here is a street of the city.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from citydesk.city.profile.rules import Fields, Reading

LATITUDE_M = 111_320.0
SET_BACK_M = 14.0
# Streets go on beyond the last crossing by so much of a block.
OVER = 0.3
# House numbers of a block, and the one that every third block lacks.
_LOTS = (7, 14, 23, 36, 41, 58, 69, 82)
_MOST_STREETS = 40


@dataclass(frozen=True)
class SampleStreet:
    """A street of the grid: its name and its line of [lon, lat]."""

    name: str
    line: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Land:
    """A grid: streets to the east from south to north, streets to the north from west to east, one corner."""

    code: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    south: float
    west: float
    block_m: float
    zip: str

    @property
    def streets(self) -> list[SampleStreet]:
        """Every street with its line, those to the east first."""
        east, north = len(self.columns) - 1, len(self.rows) - 1
        found = [SampleStreet(name, (self._at(-OVER, y), self._at(east + OVER, y))) for y, name in enumerate(self.rows)]
        return found + [
            SampleStreet(name, (self._at(x, -OVER), self._at(x, north + OVER))) for x, name in enumerate(self.columns)
        ]

    def houses(self) -> Iterator[tuple[str, str, str, str, float, float]]:
        """Every house as id, number and street, unit, zip, latitude, longitude."""
        for is_east, names in ((True, self.rows), (False, self.columns)):
            blocks = len(self.columns if is_east else self.rows) - 1
            for place, name in enumerate(names):
                for block in range(blocks):
                    for lot in _LOTS[: 7 if (block + place) % 3 == 0 else None]:
                        number = 100 * (block + 1) + lot
                        aside = SET_BACK_M / self.block_m * (1 if lot % 2 else -1)
                        along = block + lot / 100
                        x, y = (along, place + aside) if is_east else (place - aside, along)
                        lon, lat = self._at(x, y)
                        side = "e" if is_east else "n"
                        yield f"{self.code}-{side}{place}-{number}", f"{number} {name}", "", self.zip, lat, lon

    def _at(self, x: float, y: float) -> tuple[float, float]:
        """Longitude and latitude of a point in blocks from the corner, to about a decimeter."""
        longitude_m = LATITUDE_M * math.cos(math.radians(self.south))
        return (
            round(self.west + x * self.block_m / longitude_m, 6),
            round(self.south + y * self.block_m / LATITUDE_M, 6),
        )


def read_land(reading: Reading, *, has_own: bool) -> list[Land]:
    """`[grid.<code>]`. A problem where the city has brought its own land, or an entry is not marked as a sample."""
    found = []
    for entry in reading.tables("grid"):
        if has_own:
            entry.problem("is not needed any more: the city has land of its own")
        found.append(_land(entry))
    return found


def _land(entry: Fields) -> Land:
    if entry.raw.get("sample") is not True:
        entry.problem("is true only: nobody's real streets belong here", "sample")
    rows, columns = entry.words("to_east"), entry.words("to_north")
    for key, names in (("to_east", rows), ("to_north", columns)):
        if not 2 <= len(names) <= _MOST_STREETS:
            entry.problem(f"needs 2 to {_MOST_STREETS} streets", key)
    corner = [float(one) for one in entry.numbers("corner", 2)] or [0.0, 0.0]
    block_m = entry.optional.whole("block_m", 220, at_least=80, at_most=1000) or 220
    zip_code = entry.optional.text("zip")
    entry.finish()
    return Land(entry.key, tuple(rows), tuple(columns), corner[0], corner[1], float(block_m), zip_code)

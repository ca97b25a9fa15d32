"""Draw the demo city: streets, address points and districts of Riverton, always the same from one seed.

    python tools/make_riverton.py            writes into profiles/riverton
    python tools/make_riverton.py --check    says whether the committed files are what this draws

Everything is invented. The city stands on a bent grid east of a river, with older streets on the west bank; a block is
about 240 m and one hundred house numbers long. Numbers grow to the north and to the east, away from the river on the
west bank; even numbers stand on the right hand of who walks with the numbers.
"""

import argparse
import csv
import io
import json
import math
import random
import sys
from pathlib import Path

SEED = 311
FOLDER = Path(__file__).resolve().parents[1] / "profiles/riverton"
CENTER = (35.600, -84.950)  # latitude, longitude of the middle of the grid
MIDDLE = (8.4, 11.8)  # the same point in blocks
BLOCK_M = 240.0
LATITUDE_M = 111_320.0
LONGITUDE_M = LATITUDE_M * math.cos(math.radians(CENTER[0]))
SET_BACK_M = 14.0

# From south to north; the street lies on the line y = its place in the list.
ROWS = """Quarry Rd|Mill Race Ln|Foundry St|Cooper St|Bridge St|Mason St|Wheelwright Ln|Laurel St|Hawthorn St|Walnut St
Chestnut St|Oak St|Sycamore St|E Kestrel Ave|Larkspur Dr|Orchard St|Goldfinch Ln|Prospect Ave|Dogwood Dr|Bluebird Ln
Summit Ave|Heron Ln|Vineyard Rd|Northgate Dr""".replace("\n", "|").split("|")
# From west to east; the street lies on the line x = its place in the list.
COLUMNS = """Harbor Blvd|Old Ferry Rd|Water St|N Tannery Rd|Church St|Academy St|Depot St|Weaver St|Lantern St
Juniper Ave|Cedar Ave|Elm St|Maple Ave|Birch Ave|Poplar Ave|Magnolia Ave|Willow Ave|Granite St|Spring St|Hickory Ave
Ridge Rd|Chapel Rd|Overlook Dr|Pinnacle Dr""".replace("\n", "|").split("|")
WEST_ROWS = {
    9: "W 10th St", 10: "W 11th St", 11: "W 12th St", 12: "W 13th St", 13: "W Kestrel Ave", 14: "W 14th St",
    15: "W 15th St", 16: "W 16th St",
}  # fmt: skip
WEST_COLUMNS = {-3: "Gristmill Rd", -5: "Landing Rd", -7: "Pasture Ln"}
COURTS = {
    (3, 5): "Copper Ct", (6, 9): "Anvil Ct", (9, 4): "Thimble Ct", (10, 18): "Meadowlark Ct", (13, 7): "Linden Ct",
    (14, 13): "Aspen Ct", (15, 20): "Fox Run Ct", (17, 3): "Flint Ct", (18, 11): "Wren Ct", (19, 16): "Sorrel Ct",
    (21, 8): "Harvest Ct", (22, 19): "Lookout Ct",
}  # fmt: skip
# Blocks without houses: parks, the rail yard, the hospital.
EMPTY = {(x, y) for x in (7, 8) for y in (15, 16)} | {(2, 1), (3, 1), (19, 5), (20, 5), (12, 20), (13, 20)}
# Addresses that stand in the pictures, the handbook and the examples.
KNOWN = """118 W 14th St|201 Larkspur Dr|1204 Harbor Blvd|1160 Harbor Blvd|2160 Maple Ave
707 Maple Ave|1772 E Kestrel Ave|1957 Foundry St|1601 Maple Ave|172 N Tannery Rd|768 Quarry Rd
410 N Tannery Rd|618 Old Ferry Rd|518 Old Ferry Rd|1918 Larkspur Dr|2022 Chestnut St|2007 Bridge St
160 Chestnut St|1360 Harbor Blvd|2260 Mill Race Ln|1810 Old Ferry Rd|857 Harbor Blvd
2107 Harbor Blvd|1951 Foundry St|1468 Harbor Blvd|1768 Old Ferry Rd|1422 Foundry St|560 Maple Ave
1704 Chestnut St|2007 Foundry St|1518 E Kestrel Ave|1854 Larkspur Dr|1622 Maple Ave
1118 Old Ferry Rd|660 Mill Race Ln|2172 Larkspur Dr|954 Maple Ave|2410 Quarry Rd|768 E Kestrel Ave
1518 N Tannery Rd|1822 N Tannery Rd|1772 Maple Ave|868 Mill Race Ln|872 Mill Race Ln|2072 Quarry Rd
1710 Larkspur Dr|1372 N Tannery Rd|960 E Kestrel Ave|1200 Oak St|1210 Oak St|1218 Oak St|1130 Oak St
1100 Elm St|1240 Elm St|1400 Elm St|200 Bridge St|14 Linden Ct|22 Linden Ct""".replace("\n", "|").split("|")

Point = tuple[float, float]  # in blocks: x to the east, y to the north


def bent(x: float, y: float) -> Point:
    """The grid as surveyors left it: streets bend by up to a fifth of a block."""
    return (
        x + 0.16 * math.sin(0.41 * y + 0.3) + 0.05 * math.sin(1.3 * y + x),
        y + 0.14 * math.sin(0.33 * x + 1.1) + 0.05 * math.sin(1.1 * x - y),
    )


def on_earth(point: Point) -> Point:
    """Longitude and latitude of a point given in blocks, to about a decimeter."""
    x, y = point
    return (
        round(CENTER[1] + (x - MIDDLE[0]) * BLOCK_M / LONGITUDE_M, 6),
        round(CENTER[0] + (y - MIDDLE[1]) * BLOCK_M / LATITUDE_M, 6),
    )


class Street:
    """A line of points in blocks. `numbers_from` and `step` turn house numbers into places along it."""

    def __init__(self, name: str, points: list[Point], *, numbers_from: int, blocks: list[tuple[int, int] | None]):
        self.name = name
        self.points = points
        self.numbers_from = numbers_from
        self.blocks = blocks  # the grid block south or west of each hundred, for parks

    def place(self, number: int) -> Point:
        """Where a house number stands: along the line and set back from it."""
        along = (number - self.numbers_from) / 100 * (len(self.points) - 1) / len(self.blocks)
        index = min(int(along), len(self.points) - 2)
        (x0, y0), (x1, y1) = self.points[index], self.points[index + 1]
        part = along - index
        length = math.hypot(x1 - x0, y1 - y0)
        side = SET_BACK_M / BLOCK_M * (1 if number % 2 else -1)
        return (
            x0 + (x1 - x0) * part - (y1 - y0) / length * side,
            y0 + (y1 - y0) * part + (x1 - x0) / length * side,
        )


def straight(start: Point, end: Point, parts: int) -> list[Point]:
    """A bent line between two grid points, with two vertices a block."""
    steps = [place / (parts * 2) for place in range(parts * 2 + 1)]
    return [bent(start[0] + (end[0] - start[0]) * at, start[1] + (end[1] - start[1]) * at) for at in steps]


def streets() -> list[Street]:
    """Every street, in a stable order."""
    found = []
    for y, name in enumerate(ROWS):
        found.append(Street(name, straight((0, y), (24, y), 24), numbers_from=100, blocks=[(x, y) for x in range(24)]))
    for x, name in enumerate(COLUMNS):
        found.append(Street(name, straight((x, 0), (x, 24), 24), numbers_from=100, blocks=[(x, y) for y in range(24)]))
    for y, name in WEST_ROWS.items():
        found.append(Street(name, straight((-1.4, y), (-7, y), 6), numbers_from=100, blocks=[None] * 6))
    for x, name in WEST_COLUMNS.items():
        found.append(Street(name, straight((x, 9), (x, 16), 7), numbers_from=1000, blocks=[None] * 7))
    for (x, y), name in COURTS.items():
        found.append(Street(name, straight((x + 0.5, y), (x + 0.5, y + 0.6), 1), numbers_from=0, blocks=[None]))
    found.append(Street("Bridge St", straight((0, 4), (-2.2, 4), 2), numbers_from=-1, blocks=[]))
    return found


def numbers_of(street: Street, chance: random.Random) -> list[int]:
    """House numbers of a street: both sides, not every lot built on, none in parks."""
    if not street.blocks:
        return []
    numbers: set[int] = set()
    is_court = street.numbers_from == 0
    for place, block in enumerate(street.blocks):
        if block in EMPTY:
            continue
        first = street.numbers_from + place * 100
        count = 7 if is_court else chance.choice((3, 4, 5, 5, 6, 6, 7))
        lots = range(4, 60 if is_court else 96, 2)
        numbers.update(first + lot + chance.choice((0, 1)) for lot in chance.sample(lots, count))
    known = [line.split(" ", 1) for line in KNOWN]
    numbers.update(int(number) for number, name in known if name == street.name)
    return sorted(numbers)


def zip_of(point: Point) -> str:
    x, y = point
    if x < -1:
        return "37493"
    return "37492" if y < 7.5 else "37490" if y < 15.5 else "37491"


def address_rows() -> list[list[str]]:
    """Rows of addresses.csv: one point a house, several units in the few apartment houses."""
    chance = random.Random(SEED)  # noqa: S311 - a drawing, not a secret
    rows: list[list[str]] = []
    for street in streets():
        for number in numbers_of(street, chance):
            point = street.place(number)
            longitude, latitude = on_earth(point)
            units = [""]
            if chance.random() < 0.012:
                units = [f"APT {unit}" for unit in range(1, chance.choice((4, 6, 8)) + 1)]
            for unit in units:
                identity = f"R{len(rows) + 1:05d}"
                rows.append([identity, str(number), street.name, unit, zip_of(point), str(latitude), str(longitude)])
    return rows


def ring(corners: list[Point]) -> list[Point]:
    """A closed ring over the bent grid: a vertex every half block, so that borders follow the streets."""
    points: list[Point] = []
    for (x0, y0), (x1, y1) in zip(corners, corners[1:] + corners[:1], strict=True):
        parts = max(1, round(max(abs(x1 - x0), abs(y1 - y0)) * 2))
        points += [bent(x0 + (x1 - x0) * at / parts, y0 + (y1 - y0) * at / parts) for at in range(parts)]
    return [on_earth(point) for point in [*points, points[0]]]


def box(west: float, south: float, east: float, north: float) -> list[Point]:
    return [(west, south), (east, south), (east, north), (west, north)]


WEST, SHORE, EAST, SOUTH, NORTH = -7.8, -1.0, 24.6, -0.7, 24.2
COUNCIL: dict[str, list[Point]] = {
    "1": box(SHORE, 7, 8, 16),
    "2": [(16, 7), (EAST, 7), (EAST, 16), (17, 16), (17, 12), (16, 12)],
    "3": box(8, 16, 17, NORTH),
    "4": [(8, 7), (16, 7), (16, 12), (17, 12), (17, 16), (8, 16)],
    "5": box(SHORE, 16, 8, NORTH),
    "6": box(7, SOUTH, 16, 7),
    "7": box(SHORE, SOUTH, 7, 7),
    "8": box(WEST, SOUTH, SHORE, NORTH),
    "9": [(16, SOUTH), (EAST, SOUTH), (EAST, 7), (16, 7)],
}
# District 9 also holds the hills in the north-east.
HILLS = box(17, 16, EAST, NORTH)
FORESTRY: dict[str, list[Point]] = {
    "N-1": box(SHORE, 9, 8, NORTH),
    "N-2": box(8, 9, EAST, NORTH),
    "S-1": box(SHORE, SOUTH, 8, 9),
    "S-2": box(8, SOUTH, EAST, 9),
    "W-1": box(WEST, SOUTH, SHORE, NORTH),
}
COLLECTION: dict[str, list[Point]] = {
    "mon": box(WEST, SOUTH, 3, 12),
    "tue": box(WEST, 12, 3, NORTH),
    "wed": box(3, SOUTH, 12, 12),
    "thu": box(3, 12, 12, NORTH),
    "fri": box(12, SOUTH, EAST, NORTH),
}
DAYS = {
    "mon": ("Monday", "Lunes"), "tue": ("Tuesday", "Martes"), "wed": ("Wednesday", "Miércoles"),
    "thu": ("Thursday", "Jueves"), "fri": ("Friday", "Viernes"),
}  # fmt: skip


def feature(code: str, name: str, name_es: str, rings: list[list[Point]]) -> dict:
    shape = {"type": "Polygon", "coordinates": [rings[0]]}
    if len(rings) > 1:
        shape = {"type": "MultiPolygon", "coordinates": [[one] for one in rings]}
    properties = {"code": code, "name": name, "name_es": name_es, "sample": True}
    return {"type": "Feature", "properties": properties, "geometry": shape}


def district_files() -> dict[str, list[dict]]:
    parts = {code: [corners, HILLS] if code == "9" else [corners] for code, corners in COUNCIL.items()}
    council = [
        feature(code, f"District {code}", f"Distrito {code}", [ring(corners) for corners in several])
        for code, several in parts.items()
    ]
    forestry = [feature(code, f"Zone {code}", f"Zona {code}", [ring(c)]) for code, c in FORESTRY.items()]
    collection = [feature(code, *DAYS[code], [ring(corners)]) for code, corners in COLLECTION.items()]
    return {"council": council, "forestry": forestry, "collection": collection}


def street_features() -> list[dict]:
    return [
        {
            "type": "Feature",
            "properties": {"name": street.name, "sample": True},
            "geometry": {"type": "LineString", "coordinates": [on_earth(point) for point in street.points]},
        }
        for street in streets()
    ]


def collection_text(features: list[dict]) -> str:
    """GeoJSON with one feature a line, so that a change shows as the line it is."""
    lines = ",\n".join(json.dumps(one, ensure_ascii=False, separators=(",", ":")) for one in features)
    return f'{{"type":"FeatureCollection","features":[\n{lines}\n]}}\n'


def files() -> dict[str, str]:
    """Every file this draws: name -> text."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["id", "number", "street", "unit", "zip", "lat", "lon"])
    writer.writerows(address_rows())
    districts = {f"districts/{kind}.geojson": collection_text(found) for kind, found in district_files().items()}
    return {"addresses.csv": out.getvalue(), "streets.geojson": collection_text(street_features()), **districts}


def main() -> int:
    parser = argparse.ArgumentParser(description="Draw the streets, addresses and districts of the demo city.")
    parser.add_argument("--check", action="store_true", help="only compare with the committed files")
    given = parser.parse_args()
    differ = 0
    for name, text in files().items():
        path = FOLDER / name
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        differ += 1
        if given.check:
            print(f"{name} is not what this draws")
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        print(f"wrote {name}: {len(text):,} characters")
    return 1 if given.check and differ else 0


if __name__ == "__main__":
    sys.exit(main())

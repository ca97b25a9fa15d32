"""Which districts a point lies in, and whether it lies in the city at all."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from shapely import STRtree, prepare
from shapely.geometry import Point, shape

from citydesk.city.places.choices import DistrictKind, Layer
from citydesk.city.places.models import District
from citydesk.city.places.queries.keeping import Kept
from citydesk.city.places.rules.found import OutsideCity


@dataclass(frozen=True)
class _Area:
    kind: str
    code: str
    name: str
    starts: date | None
    ends: date | None
    geometry: Any
    names: dict[str, str]

    def holds_on(self, on: date | None) -> bool:
        """Whether the border is valid that day; without a day, whether it has no end yet."""
        if on is None:
            return self.ends is None
        return (self.starts is None or self.starts <= on) and (self.ends is None or on < self.ends)


@dataclass(frozen=True)
class _Atlas:
    areas: list[_Area]
    tree: STRtree

    def at(self, lat: float, lon: float, on: date | None) -> list[_Area]:
        found = self.tree.query(Point(lon, lat), predicate="intersects")
        return [area for area in (self.areas[at] for at in sorted(found)) if area.holds_on(on)]

    def borders(self, on: date | None) -> list[_Area]:
        """The areas that say where the city ends: its own polygon, else its council districts together."""
        for kind in (DistrictKind.CITY, DistrictKind.COUNCIL):
            areas = [area for area in self.areas if area.kind == kind and area.holds_on(on)]
            if areas:
                return areas
        return []


def _build() -> _Atlas:
    areas = []
    for row in District.objects.order_by("kind", "code", "valid"):
        geometry = shape(row.geometry)
        prepare(geometry)
        areas.append(
            _Area(row.kind, row.code, row.name, row.valid.lower, row.valid.upper, geometry, row.facts.get("names", {}))
        )
    return _Atlas(areas, STRtree([area.geometry for area in areas]))


_atlas: Kept[_Atlas] = Kept(Layer.DISTRICTS, _build)


def place_in_city(lat: float, lon: float, on: date | None = None) -> tuple[bool | None, dict[str, str]]:
    """`require_in_city` and `districts_at` in one look at the map."""
    return _placed(_atlas.get(), lat, lon, on)


def place_on_map(
    token: UUID | None, lat: float, lon: float, on: date | None = None
) -> tuple[bool | None, dict[str, str]]:
    """The same for who has read the map's token."""
    return _placed(_atlas.of(token), lat, lon, on)


def _placed(atlas: _Atlas, lat: float, lon: float, on: date | None) -> tuple[bool | None, dict[str, str]]:
    here = atlas.at(lat, lon, on)
    return _require_inside(atlas, here, lat, lon, on), _districts(here)


def districts_at(lat: float, lon: float, on: date | None = None) -> dict[str, str]:
    """{kind: code} of every district the point lies in on that day (today's borders without a day).

    On a shared border the first code by name counts, so that a point never has two districts of one kind.
    """
    return _districts(_atlas.get().at(lat, lon, on))


def _districts(here: list[_Area]) -> dict[str, str]:
    found: dict[str, str] = {}
    for area in here:
        if area.kind != DistrictKind.CITY:
            found.setdefault(area.kind, area.code)
    return found


def is_in_city(lat: float, lon: float, on: date | None = None) -> bool | None:
    """Whether the point lies inside the city's border; None where the profile has no border."""
    atlas = _atlas.get()
    return _is_inside(atlas, atlas.at(lat, lon, on), on)


def _is_inside(atlas: _Atlas, here: list[_Area], on: date | None) -> bool | None:
    borders = atlas.borders(on)
    if not borders:
        return None
    kinds = {area.kind for area in borders}
    return any(area.kind in kinds for area in here)


def require_in_city(lat: float, lon: float, on: date | None = None) -> bool | None:
    """As `is_in_city`, but `OutsideCity` instead of False, with the border and the distance to it in the message."""
    atlas = _atlas.get()
    return _require_inside(atlas, atlas.at(lat, lon, on), lat, lon, on)


def _require_inside(atlas: _Atlas, here: list[_Area], lat: float, lon: float, on: date | None) -> bool | None:
    inside = _is_inside(atlas, here, on)
    if inside is not False:
        return inside
    borders = atlas.borders(on)
    nearest = min(borders, key=lambda area: area.geometry.distance(Point(lon, lat)))
    if nearest.kind == DistrictKind.CITY:
        message = _("This point is outside the city limits of %(city)s.") % {"city": nearest.name}
    else:
        message = _("This point is in none of the city's districts; the nearest is %(district)s.") % {
            "district": nearest.name
        }
    raise OutsideCity(
        message,
        field="place",
        hint=_("Check the pin or the address. If it is right, the city does not serve this place."),
        border=nearest.name,
        lat=lat,
        lon=lon,
    )


def list_district_kinds(on: date | None = None) -> list[str]:
    """The kinds of district in force, without the city's own border."""
    kinds = District.objects.in_force(on).exclude(kind=DistrictKind.CITY).order_by("kind")
    return list(kinds.values_list("kind", flat=True).distinct())


def list_districts(kind: str, on: date | None = None) -> list[dict[str, Any]]:
    """`{code, name}` of the districts of a kind in force, numbers in their order."""
    rows: list[dict[str, Any]] = [
        dict(row) for row in District.objects.in_force(on).filter(kind=kind).values("code", "name")
    ]
    return sorted(rows, key=lambda row: (not row["code"].isdecimal(), row["code"].zfill(12)))


def district_label(kind: str, code: str, on: date | None = None) -> str:
    """The name of a district in the reader's language; its code where the name is not known."""
    language = (get_language() or "en").split("-")[0]
    label = ""
    for area in _atlas.get().areas:
        if (area.kind, area.code) == (kind, code) and (area.holds_on(on) or not label):
            label = area.names.get(language) or area.name
    return label or code

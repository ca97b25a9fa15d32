"""Shapes for the sketch map: the city's own polygons, simplified to what a screen can show."""

from typing import Any

from shapely.geometry import mapping

from citydesk.city.places.choices import Layer
from citydesk.city.places.models import MapToken, Street
from citydesk.city.places.queries.districts import _atlas


def district_shapes(kind: str, tolerance: float = 0.0004) -> dict[str, Any]:
    """GeoJSON FeatureCollection of a kind of district in force; `tolerance` in degrees (0.0004 is about 40 m)."""
    features = [
        {
            "type": "Feature",
            "properties": {"code": area.code, "name": area.name},
            "geometry": mapping(area.geometry.simplify(tolerance)),
        }
        for area in _atlas.get().areas
        if area.kind == kind and area.holds_on(None)
    ]
    return {"type": "FeatureCollection", "features": features}


def street_shapes() -> dict[str, Any]:
    """GeoJSON FeatureCollection of the streets whose center lines are known."""
    rows = Street.objects.filter(is_active=True, lines__isnull=False).order_by("key").values_list("name", "lines")
    features = [
        {
            "type": "Feature",
            "properties": {"name": name},
            "geometry": {"type": "MultiLineString", "coordinates": lines},
        }
        for name, lines in rows
    ]
    return {"type": "FeatureCollection", "features": features}


def shapes_version(kind: str) -> str:
    """Changes when the shapes of a kind do: for caches."""
    layer = Layer.STREETS if kind == "streets" else Layer.DISTRICTS
    token = MapToken.objects.filter(layer=layer).values_list("token", flat=True).first()
    return f"{kind}-{token}"

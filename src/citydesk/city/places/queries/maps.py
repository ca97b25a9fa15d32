"""Shapes for the sketch map: the city's own polygons, simplified to what a screen can show."""

from typing import Any

from shapely.geometry import mapping

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

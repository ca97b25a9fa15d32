"""Open reports the public may know of, near a place or the newest."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from citydesk.city.places import queries as places
from citydesk.city.places.rules import distance_m
from citydesk.city.profile import queries as profile
from citydesk.contact.service_requests.queries.public import PublicFilter, PublicRequest, list_public
from citydesk.kernel.errors import Invalid

_MOST = 30
# About 800 m: a walk of ten minutes.
_LAT, _LON = 0.0072, 0.0088
_NEAR_ZOOM, _CITY_ZOOM = 15, 12


@dataclass(frozen=True)
class NearList:
    """Rows with the markers of those that have a public point; `center` is (latitude, longitude, zoom)."""

    rows: list[PublicRequest]
    label: str
    markers: list[tuple[Any, ...]]
    center: tuple[float, float, int]


def list_near(text: str, choice: str, *, language: str) -> NearList:
    """Open reports within a walk of the place, nearest first; without a place the newest of the city.

    Raises `Invalid` when the place is not known, `OutsideCity`.
    """
    city = profile.city()
    lat, lon = city.map_center or (0.0, 0.0)
    if not (text or choice):
        rows = list_public(PublicFilter(is_open=True, limit=_MOST), language=language)
        return NearList(rows, "", _markers(rows), (lat, lon, _CITY_ZOOM))
    place = places.resolve_choice(text, choice)
    if place.lat is None or place.lon is None:
        raise Invalid(_("We do not know this place. Write a house number and a street, or a corner."), field="place")
    here = (place.lat, place.lon)
    box = (here[1] - _LON, here[0] - _LAT, here[1] + _LON, here[0] + _LAT)
    found = list_public(PublicFilter(is_open=True, bbox=box, limit=200), language=language)
    found.sort(key=lambda one: distance_m(*here, one.lat or 0.0, one.lon or 0.0))
    rows = found[:_MOST]
    return NearList(rows, place.label, _markers(rows), (*here, _NEAR_ZOOM))


def _markers(rows: list[PublicRequest]) -> list[tuple[Any, ...]]:
    return [
        (one.lat, one.lon, number, one.service_name, f"#n{number}")
        for number, one in enumerate(rows, start=1)
        if one.lat is not None and one.lon is not None
    ]

"""Reads of the places room: find a place, suggest while typing, draw a map."""

from citydesk.city.places.queries.districts import district_label, districts_at, list_district_kinds, list_districts
from citydesk.city.places.queries.hits import AddressHit, OutsideCity, ResolvedPlace
from citydesk.city.places.queries.maps import district_shapes
from citydesk.city.places.queries.near import addresses_near
from citydesk.city.places.queries.resolving import resolve
from citydesk.city.places.queries.typing import typeahead

__all__ = [
    "AddressHit",
    "OutsideCity",
    "ResolvedPlace",
    "addresses_near",
    "district_label",
    "district_shapes",
    "districts_at",
    "list_district_kinds",
    "list_districts",
    "resolve",
    "typeahead",
]

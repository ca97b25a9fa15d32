"""Reads of the places room: find a place, suggest while typing, draw a map."""

from citydesk.city.places.queries.districts import (
    district_label,
    districts_at,
    is_in_city,
    list_district_kinds,
    list_districts,
)
from citydesk.city.places.queries.maps import district_shapes, shapes_version, street_shapes
from citydesk.city.places.queries.near import NearAddress, address_line, addresses_near
from citydesk.city.places.queries.resolving import resolve, resolve_choice
from citydesk.city.places.queries.typing import typeahead
from citydesk.city.places.rules.found import AddressHit, OutsideCity, ResolvedPlace

__all__ = [
    "AddressHit",
    "NearAddress",
    "OutsideCity",
    "ResolvedPlace",
    "address_line",
    "addresses_near",
    "district_label",
    "district_shapes",
    "districts_at",
    "is_in_city",
    "list_district_kinds",
    "list_districts",
    "resolve",
    "resolve_choice",
    "shapes_version",
    "street_shapes",
    "typeahead",
]

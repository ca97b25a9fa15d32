"""Codes the places room stores, and its permission."""

from enum import StrEnum

PLACES_VIEW = "places.view"


class PlaceKind(StrEnum):
    """How a place was found. `described` has words only; the others have coordinates."""

    ADDRESS = "address"
    BLOCK = "block"
    STREET = "street"
    INTERSECTION = "intersection"
    POINT = "point"
    DESCRIBED = "described"


class DistrictKind(StrEnum):
    """Kinds the software itself knows. A profile may bring any further kind; it is a plain code."""

    CITY = "city"
    COUNCIL = "council"


class Layer(StrEnum):
    """A set of map data that processes keep in memory until its token changes."""

    DISTRICTS = "districts"
    STREETS = "streets"

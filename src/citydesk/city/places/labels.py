"""Translated names of the codes."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from citydesk.city.places.choices import PlaceKind

PLACE_KIND: dict[str, Any] = {
    PlaceKind.ADDRESS: _("Address"),
    PlaceKind.BLOCK: _("Block"),
    PlaceKind.STREET: _("Street"),
    PlaceKind.INTERSECTION: _("Crossing"),
    PlaceKind.POINT: _("Point on the map"),
    PlaceKind.DESCRIBED: _("As described"),
}

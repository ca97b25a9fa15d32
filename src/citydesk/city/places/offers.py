"""What the places room offers the house."""

from django.utils.translation import gettext_lazy as _

from citydesk.city.places.choices import PLACES_VIEW
from citydesk.city.places.rules import profile
from citydesk.kernel.registries import AuditCode, Permission, ProfileSection, registries

_SERVICES = "citydesk.city.places.services"

registries.add(
    Permission(PLACES_VIEW, _("See the city's addresses and districts")),
    AuditCode("places.loaded", _("loaded {layer}: {added} new, {changed} changed, {retired} retired"), icon="map"),
    ProfileSection(
        "districts",
        ("districts.toml", "districts/*.geojson"),
        profile.parse_districts,
        project=f"{_SERVICES}.project_districts",
    ),
    ProfileSection(
        "streets",
        ("streets.geojson", "sample_land.toml"),
        profile.parse_streets,
        project=f"{_SERVICES}.project_streets",
    ),
    ProfileSection(
        "addresses",
        ("addresses.csv", "sample_land.toml"),
        profile.parse_addresses,
        after=("streets", "districts"),
        project=f"{_SERVICES}.project_addresses",
    ),
)

"""What the places room offers the house."""

from django.utils.translation import gettext_lazy as _

from citydesk.city.places.choices import PLACES_VIEW
from citydesk.kernel.registries import AuditCode, Permission, registries

registries.add(
    Permission(PLACES_VIEW, _("See the city's addresses and districts")),
    AuditCode("places.loaded", _("loaded {layer}: {added} new, {changed} changed, {retired} retired"), icon="map"),
)

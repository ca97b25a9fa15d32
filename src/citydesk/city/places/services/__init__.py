"""Commands of the places room: load the city's streets, address points and borders."""

from citydesk.city.places.services.addresses import AddressRow, load_addresses
from citydesk.city.places.services.districts import DistrictRow, load_districts
from citydesk.city.places.services.loading import LoadReport
from citydesk.city.places.services.project import project_addresses, project_districts, project_streets
from citydesk.city.places.services.streets import StreetRow, load_streets

__all__ = [
    "AddressRow",
    "DistrictRow",
    "LoadReport",
    "StreetRow",
    "load_addresses",
    "load_districts",
    "load_streets",
    "project_addresses",
    "project_districts",
    "project_streets",
]

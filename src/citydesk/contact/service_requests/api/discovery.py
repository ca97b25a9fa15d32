"""GET /discovery: where the service is and how to get a key."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from citydesk.city.profile import queries as profile
from citydesk.contact.service_requests.api.errors import answering
from citydesk.contact.service_requests.api.render import moment, respond
from citydesk.contact.service_requests.queries import reportable as catalogs
from citydesk.kernel.clock import utc_now
from citydesk.kernel.telephone import phone_words

SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"


@answering("GET", why="Open311 service discovery is public")
def discovery(request: HttpRequest, form: str) -> HttpResponse:
    """The endpoint of this city, with its formats."""
    city = profile.city()
    changed = moment(catalogs.catalog_changed_at() or utc_now())
    reach = "; ".join(part for part in (city.name, phone_words(city.phone), city.email, city.website) if part)
    data = {
        "changeset": changed,
        "contact": reach,
        "key_service": f"Keys are given by the city on request: {city.email or phone_words(city.phone) or city.name}.",
        "endpoints": [
            {
                "specification": SPECIFICATION,
                "url": f"{settings.SITE_URL}/open311/v2",
                "changeset": changed,
                "type": "production" if settings.PRODUCTION and not city.is_sample else "test",
                "formats": ["text/xml", "application/json"],
            }
        ],
    }
    return respond("discovery", data, form)

"""What the views read from a request: parameters, the language, the jurisdiction, the holder of the key."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _

from citydesk.city.profile import queries as profile
from citydesk.city.staff import services as staff_services
from citydesk.city.staff.queries import Partner
from citydesk.kernel.clock import utc_now
from citydesk.kernel.errors import NotAllowed, NotFound
from citydesk.kernel.throttle import client_network, throttle

# Who guesses keys is slowed down; a right key never comes near this.
WRONG_KEYS = 30
# Reading is free of keys; one client reads at most this often in a minute.
READS = 1200


def parameter(request: HttpRequest, name: str) -> str:
    """A query parameter, the first that is not empty; an empty one is the same as none."""
    return next((one for one in request.GET.getlist(name) if one.strip()), "").replace("\x00", "").strip()


def require_jurisdiction(given: str) -> None:
    """Raise `NotFound` for a jurisdiction that is not this city. None given is this city."""
    if not given:
        return
    city = profile.city()
    known = {city.code, (urlsplit(settings.SITE_URL).hostname or ""), (urlsplit(city.website).hostname or "")}
    if given.strip().lower() not in {one.lower() for one in known if one}:
        raise NotFound(_("There is no such jurisdiction here."), field="jurisdiction_id")


def language_of(request: HttpRequest, said: str = "") -> str:
    """The language asked for by `locale` (`said` in a form, or in the address), else the city's first."""
    languages = profile.city().languages or ("en",)
    asked = (said or parameter(request, "locale"))[:2].lower()
    return asked if asked in languages else languages[0]


def read_allowance(request: HttpRequest) -> None:
    """Take one reading from the client's allowance. Raises `TooMany`."""
    throttle(f"open311:read:{client_network(request)}", limit=READS, per_seconds=60, now=utc_now())


def require_partner(request: HttpRequest, fields: Sequence[tuple[str, str]], scope: str) -> Partner:
    """The holder of the key in the form, the address or the Authorization header, within their allowance.

    Raises `NotAllowed` (403, never 401: so the contract) without a key that holds and may do this; `TooMany`.
    """
    now = utc_now()
    words = next((value for name, value in fields if name == "api_key" and value), "") or parameter(request, "api_key")
    words = words or request.headers.get("Authorization", "").removeprefix("Bearer ")
    partner = staff_services.admit_partner(words=words.strip(), now=now)
    if partner is None:
        throttle(f"open311:wrong:{client_network(request)}", limit=WRONG_KEYS, per_seconds=60, now=now)
        raise NotAllowed(_("The key is missing or not valid."), field="api_key")
    if not partner.may(scope):
        raise NotAllowed(_("This key may not report requests."), field="api_key")
    return partner

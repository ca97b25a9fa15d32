"""The other Citydesk from inside: `fill` loads a city and prints a key, `close NUMBER` closes a request there."""

import json
import sys

import django

django.setup()

from citydesk.kernel.clock import utc_now  # noqa: E402


def fill() -> None:
    """Codes, a place, and a key that may report by Open311."""
    from citydesk.city.places.tests.factories import make_address, make_districts
    from citydesk.contact.service_requests.tests.factories import load_city
    from citydesk.contact.service_requests.tests.open311 import make_key

    load_city(now=utc_now())
    make_districts()
    make_address("1200 Oak St")
    print(json.dumps({"key": make_key()}))


def close(number: str) -> None:
    """As a clerk does over there, with words for the public."""
    from citydesk.contact.service_requests import queries, services
    from citydesk.kernel.actors import SYSTEM_ACCESS

    request_id = queries.id_of(SYSTEM_ACCESS, number)
    words = "Filled with hot asphalt."
    services.close(request_id=request_id, reason="done", text=words, access=SYSTEM_ACCESS, now=utc_now())
    print(json.dumps({"closed": number}))


def look() -> None:
    """What arrived over there."""
    from citydesk.contact.service_requests import queries
    from citydesk.kernel.actors import SYSTEM_ACCESS

    rows = queries.requests_in_sight(SYSTEM_ACCESS).order_by("pk")
    print(json.dumps([{"number": one.number, "description": one.description, "state": one.state} for one in rows]))


if __name__ == "__main__":
    {"fill": fill, "close": close, "look": look}[sys.argv[1]](*sys.argv[2:])

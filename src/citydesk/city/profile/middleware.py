"""The city's zone around every request: times are stored in UTC and shown and typed in local time."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, tzinfo

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from citydesk.city.profile.queries import local_zone

# Asks whether the process lives, in no zone; a database that hangs must not make it look dead.
LIVE = "/healthz/live"


def city_zone(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Activate the city's zone. Without a database the health pages still answer; any other page says so itself."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path == LIVE:
            return get_response(request)
        zone: tzinfo = UTC
        with suppress(DatabaseError):
            zone = local_zone()
        with timezone.override(zone):
            return get_response(request)

    return middleware

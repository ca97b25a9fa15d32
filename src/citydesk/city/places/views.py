"""Suggestions while a place is typed, and the city's shapes for sketch maps.

What is typed travels by POST: an address is personal data as soon as it is somebody's.
"""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import condition, require_GET, require_POST

from citydesk.city.places import labels, queries
from citydesk.city.places.choices import PLACES_VIEW
from citydesk.kernel.clock import utc_now
from citydesk.kernel.errors import TooMany
from citydesk.kernel.pages import needs, public, render
from citydesk.kernel.throttle import client_network, throttle

# Suggestions one visitor may ask for: somebody who types steadily needs about two a second.
_PUBLIC_LIMIT, _PUBLIC_SECONDS = 120, 60
_MOST_PUBLIC, _MOST_STAFF = 6, 8


@needs(PLACES_VIEW)
@require_POST
def suggest(request: HttpRequest) -> HttpResponse:
    """Places for what was typed in `place`, as a list to choose from."""
    return _suggestions(request, _MOST_STAFF)


@public("addresses and streets are public; residents find theirs before they report")
@require_POST
def public_suggest(request: HttpRequest) -> HttpResponse:
    """The same for residents, with a brake."""
    try:
        throttle(
            f"places.suggest {client_network(request)}", limit=_PUBLIC_LIMIT, per_seconds=_PUBLIC_SECONDS, now=utc_now()
        )
    except TooMany as error:
        answer = HttpResponse(status=429)
        answer["Retry-After"] = str(error.facts.get("retry_after", 1))
        return answer
    return _suggestions(request, _MOST_PUBLIC)


def _etag(request: HttpRequest, kind: str) -> str:
    return f'"{queries.shapes_version(kind)}"'


@public("the city's borders are public")
@require_GET
@condition(etag_func=_etag)
def shapes(request: HttpRequest, kind: str) -> HttpResponse:
    """GeoJSON of the districts of a kind in force, or of the streets (`kind` "streets"), for sketch maps."""
    found = queries.street_shapes() if kind == "streets" else queries.district_shapes(kind)
    answer = JsonResponse(found, content_type="application/geo+json")
    answer["Cache-Control"] = "public, max-age=300"
    return answer


def _suggestions(request: HttpRequest, limit: int) -> HttpResponse:
    text = request.POST.get("place", "")[:200]
    hits = queries.typeahead(text, limit)
    items: list[dict[str, Any]] = [
        {"value": hit.choice, "title": hit.label, "side": hit.detail, "detail": "", "facts": [], "alt": ""}
        for hit in hits
    ]
    values = {"text": text, "items": items, "kinds": labels.PLACE_KIND, "is_typed": len(text.strip()) > 1}
    return render(request, "places/suggestions.jinja", values)

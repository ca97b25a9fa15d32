"""The map of open requests; the list beside it says the same without a map."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from citydesk.city.places import queries as places
from citydesk.city.profile import queries as profile
from citydesk.contact.service_requests import queries as requests
from citydesk.contact.service_requests.choices import VIEW
from citydesk.kernel.pages import access_of, needs, render


@needs(VIEW)
@require_GET
def open_map(request: HttpRequest) -> HttpResponse:
    """Open requests the reader sees, soonest due first; the first 200 are listed beside the map."""
    rows = requests.list_map(access_of(request), limit=2000)
    center = profile.city().map_center
    return render(request, "desk/map.jinja", {"rows": rows[:200], "count": len(rows), "center": center})


@needs(VIEW)
@require_GET
def points(request: HttpRequest) -> HttpResponse:
    """Open requests as points over the council districts, for the map: numbers and links, no names, no addresses."""
    rows = requests.list_map(access_of(request), limit=2000)
    found = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [row["lon"], row["lat"]]},
            "properties": {"label": row["number"], "href": reverse("service_requests:detail", args=[row["number"]])},
        }
        for row in rows
    ]
    shapes = places.district_shapes("council")
    return JsonResponse({"type": "FeatureCollection", "features": [*shapes["features"], *found]})

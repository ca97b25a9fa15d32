from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_GET

from citydesk.kernel.live import stream_url
from citydesk.kernel.pages import access_of, public


@public("gives staff a ticket to what they may hear, and others none")
@require_GET
def ticket(request: HttpRequest) -> HttpResponse:
    """`{"url": ...}` with a fresh ticket; a page asks when its stream was refused or closed."""
    response = JsonResponse({"url": stream_url(access_of(request))})
    response["Cache-Control"] = "no-store"
    return response

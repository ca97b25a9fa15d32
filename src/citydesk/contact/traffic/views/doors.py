"""The door for switches that send their records."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from citydesk.contact.traffic import services
from citydesk.contact.traffic.services.webhook import MOST_BYTES
from citydesk.kernel.clock import utc_now
from citydesk.kernel.errors import Invalid, marked
from citydesk.kernel.pages import public
from citydesk.kernel.throttle import client_network, throttle

_CALLS_A_MINUTE = 600


@public("a program calls; the signature over the body is the right")
@csrf_exempt
@require_POST
def deliveries(request: HttpRequest, source: str) -> HttpResponse:
    """Take a signed delivery of contact records: 200 with what became of them, 202 when they are kept for later."""
    now = utc_now()
    throttle(f"traffic:{client_network(request)}", limit=_CALLS_A_MINUTE, per_seconds=60, now=now)
    # Read here and not by Django, which takes half as much for a form.
    body = request.read(MOST_BYTES + 1)
    if len(body) > MOST_BYTES:
        raise Invalid(marked("A delivery has at most 4 MB."), field="body")
    done = services.receive_delivery(
        source=source,
        body=body,
        timestamp=request.headers.get("X-Citydesk-Timestamp", ""),
        signature=request.headers.get("X-Citydesk-Signature", ""),
        now=now,
    )
    told = {"added": done.added, "changed": done.changed, "known": done.known, "bad": done.bad}
    return JsonResponse({"pending": True} if done.is_pending else told, status=202 if done.is_pending else 200)

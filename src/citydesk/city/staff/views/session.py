"""How long the reader stays signed in, for the script that says so in time and goes on after another sign-in."""

from django.http import HttpRequest, JsonResponse
from django.middleware.csrf import get_token
from django.views.decorators.http import require_http_methods

from citydesk.city.staff.choices import SEEN_AT, SIGNED_IN_AT
from citydesk.city.staff.rules import remaining
from citydesk.kernel.clock import utc_now
from citydesk.kernel.pages import access_of, public


@public("tells a browser about its own session alone; without one it says so")
@require_http_methods(["GET", "POST"])
def session(request: HttpRequest) -> JsonResponse:
    """Who is signed in here, seconds left, whether working makes it longer, and the token that forms need now.

    Asked by GET it is nobody's work (the script says so by a header); POST is somebody who stays.
    """
    actor = access_of(request).actor
    told: dict[str, object] = {"who": "", "left": 0, "is_final": False, "token": ""}
    if actor.is_staff:
        started, seen = request.session.get(SIGNED_IN_AT), request.session.get(SEEN_AT)
        left = remaining(started=started, seen=seen, now=utc_now())
        told = {
            "who": str(actor.staff_id),
            "left": left.seconds,
            "is_final": left.is_final,
            "token": get_token(request),
        }
    return JsonResponse(told, headers={"Cache-Control": "no-store"})

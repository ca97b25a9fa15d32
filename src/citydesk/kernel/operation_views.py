"""What machines ask: health, figures, and a page's ticket to live news."""

import hmac

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_GET, require_safe

from citydesk.kernel.clock import utc_now
from citydesk.kernel.health import BAD, deep, plain, readiness
from citydesk.kernel.live import stream_url
from citydesk.kernel.pages import access_of, public


def _may_look(request: HttpRequest) -> bool:
    given = request.headers.get("Authorization", "")
    wanted = settings.METRICS_TOKEN
    return bool(wanted) and hmac.compare_digest(given.encode(), f"Bearer {wanted}".encode())


@public("a process asks whether this one lives; tells nothing")
@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """This process answers. Asks nothing of anything else."""
    return HttpResponse("ok\n", content_type="text/plain", headers={"Cache-Control": "no-store"})


@public("a proxy asks whether to send work; tells nothing")
@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """200 when this process can serve, 503 when not."""
    state = readiness()
    body = {"level": state.level, "words": state.words}
    return JsonResponse(body, status=503 if state.level == BAD else 200, headers={"Cache-Control": "no-store"})


@public("asks for the monitor's token")
@require_safe
def deep_health(request: HttpRequest) -> HttpResponse:
    """Every check; 503 when one is bad. Needs `Authorization: Bearer <METRICS_TOKEN>`."""
    if not _may_look(request):
        return JsonResponse({"code": "not_found"}, status=404)
    level, states = deep(utc_now())
    body = {"level": level, "checks": plain(states)}
    return JsonResponse(body, status=503 if level == BAD else 200, headers={"Cache-Control": "no-store"})


@public("asks for the monitor's token")
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus' text format. Needs `Authorization: Bearer <METRICS_TOKEN>`."""
    from citydesk.kernel.metrics import exposition

    if not _may_look(request):
        return JsonResponse({"code": "not_found"}, status=404)
    kind = "text/plain; version=0.0.4; charset=utf-8"
    return HttpResponse(exposition(utc_now()), content_type=kind, headers={"Cache-Control": "no-store"})


@public("gives staff a ticket to what they may hear, and others none")
@require_GET
def live_ticket(request: HttpRequest) -> HttpResponse:
    """`{"url": ...}` with a fresh ticket; a page asks when its stream was refused or closed, and names its feeds."""
    url = stream_url(access_of(request), request.GET.getlist("feed"))
    return JsonResponse({"url": url}, headers={"Cache-Control": "no-store"})
